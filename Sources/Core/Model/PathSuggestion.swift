/// Where a file should go, derived from the workflow and the file's URL.
package struct PathSuggestion: Sendable, Hashable {
  /// Relative to the models directory.
  package let path: RelativePath
  /// Where the file's name comes from.
  package let nameOrigin: NameOrigin

  /// Sources of a file's name, highest precedence first.
  package enum NameOrigin: Sendable, Hashable {
    case workflow, server, address
  }
}

extension ModelReference {
  /// Whether the workflow or a table of loaders tells the folder that a file of it goes to.
  package var hasFolder: Bool { PathSuggestion.folder(of: self) != nil }
}

extension PathSuggestion {
  /// Suggests a path.
  ///
  /// The folder is the reference's category. If the loader reads several categories and the
  /// workflow's `directory` is one of them, or if no category is known, it is that `directory`.
  /// Otherwise it is the last folder of the URL that has the name of one of ComfyUI's own folders.
  /// Below it comes the name that the workflow uses, including sub-folders, so that the loader
  /// finds the file; folders of the repository are never created. If the workflow writes the name
  /// without a model extension, the server's extension is added. Without a reference, the name is
  /// the server's name for the file, otherwise the last part of the URL.
  ///
  /// - Returns: `nil` if nothing names the file, so that the server must be asked, or if the
  ///   folder is unknown: no loader would find a file in any other place.
  package static func suggest(
    url: SourceURL?, reference: ModelReference? = nil, serverFilename: String? = nil
  ) -> PathSuggestion? {
    let named = serverFilename.flatMap { SafeFilename($0) }?.string
    let addressed = url?.fileName.flatMap { SafeFilename($0) }?.string
    guard let folder = reference.flatMap({ folder(of: $0) }) ?? url?.modelFolder else {
      return nil
    }
    if let reference, let name = workflowName(reference) {
      let whole = completed(name, withExtensionOf: [named, addressed])
      return joined(folder, whole).map { PathSuggestion(path: $0, nameOrigin: .workflow) }
    }
    let origin = named == nil ? NameOrigin.address : .server
    return (named ?? addressed).flatMap { joined(folder, $0) }
      .map { PathSuggestion(path: $0, nameOrigin: origin) }
  }

  // MARK: - Folder

  /// The folder that the workflow gives; `nil` if it gives none.
  static func folder(of reference: ModelReference) -> String? {
    let given = reference.directory.flatMap { directory($0) }.map { Category(folderKey: $0) }
    guard let category = reference.category else { return given?.name }
    guard let given, reference.alsoCategories.contains(given) else { return category.name }
    return given.name
  }

  /// `directory` as a path below the models directory; `nil` for one that leads out of it.
  private static func directory(_ text: String) -> String? {
    var parts = ModelReference.name(of: text).utf8.split(separator: UInt8(ascii: "/"))
      .map { String($0) ?? "" }
    if parts.count > 1, parts.first == "models" { parts.removeFirst() }
    return (try? RelativePath(parts.joined(separator: "/")))?.string
  }

  private static func joined(_ folder: String, _ name: String) -> RelativePath? {
    (try? RelativePath("\(folder)/\(name)")).flatMap { isPlain($0) ? $0 : nil }
  }

  // MARK: - Name

  /// The name as the loader looks for it, or only its last part if the name cannot be a path below
  /// a folder.
  private static func workflowName(_ reference: ModelReference) -> String? {
    if let path = try? RelativePath(reference.name), isPlain(path) { return path.string }
    return SafeFilename(reference.name)?.string
  }

  /// Whether the path has no control character, and no component that is too long for a directory
  /// entry or invalid on other systems.
  private static func isPlain(_ path: RelativePath) -> Bool {
    !path.string.unicodeScalars.contains { $0.properties.generalCategory == .control }
      && path.string.utf8.split(separator: UInt8(ascii: "/")).allSatisfy {
        $0.count <= SafeFilename.limit
      } && path.components.allSatisfy { PortableFilename.isPortable($0) }
  }

  private static func completed(_ name: String, withExtensionOf others: [String?]) -> String {
    guard ModelExtension(of: name) == nil else { return name }
    let found = others.compactMap { $0 }.compactMap { ModelExtension(of: $0) }.first
    return found.map { "\(name).\($0.rawValue)" } ?? name
  }
}

extension SourceURL {
  /// The category named by a folder of the URL; `nil` if there is none. Repositories made for
  /// ComfyUI have its folder layout.
  var modelFolder: String? {
    let folders = segments.dropLast().map { Category($0.lowercased()).name }
    return folders.last { Self.modelFolders.contains($0) }
  }

  /// The folders that ComfyUI itself creates below `models`.
  private static let modelFolders: Set<String> = [
    "audio_encoders", "checkpoints", "clip_vision", "controlnet", "diffusion_models",
    "embeddings", "gligen", "hypernetworks", "latent_upscale_models", "loras", "model_patches",
    "photomaker", "style_models", "text_encoders", "upscale_models", "vae", "vae_approx",
  ]

  /// The file name in the URL itself, decoded; `nil` if the URL has only a number or a page.
  var fileName: String? {
    let last: Substring?
    switch location {
    case .huggingFace(let file): return file.path.split(separator: "/").last.map(String.init)
    case .gitHub(let file): last = file.revisionAndPath.split(separator: "/").last
    case .civitai, .page: return nil
    case .other: last = segments.last
    }
    guard let last, let name = PercentEncoding.decoded(last), ModelExtension(of: name) != nil else {
      return nil
    }
    return name
  }
}
