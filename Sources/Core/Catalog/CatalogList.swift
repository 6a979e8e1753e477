package import SystemPackage

/// A list on this machine whose entries go into a ``Catalog``.
package struct CatalogList: Sendable, Hashable {
  /// The format of a list.
  enum Form: Sendable, Hashable {
    /// A folder of workflows, as in ComfyUI's template packages.
    case workflows
    /// A file in the form of ComfyUI-Manager's `model-list.json`.
    case modelList
    /// The facts about official templates that are part of the program.
    case shipped
  }

  /// The file or folder, absolute; `shipped` for the list inside the program.
  package let path: FilePath
  package let origin: CatalogOrigin
  let form: Form

  /// A file in the form of ComfyUI-Manager's `model-list.json`.
  init(modelList path: FilePath, origin: CatalogOrigin) {
    self.init(path: path, origin: origin, form: .modelList)
  }

  /// A folder of workflows.
  init(workflows path: FilePath) {
    self.init(path: path, origin: .templates, form: .workflows)
  }

  /// What the program itself knows about the official templates, for machines that do not have
  /// them.
  static let shipped = CatalogList(path: "shipped", origin: .templates, form: .shipped)

  private init(path: FilePath, origin: CatalogOrigin, form: Form) {
    self.path = path
    self.origin = origin
    self.form = form
  }

  /// A text that changes whenever a file of the list is written, added or removed. `nil` if the
  /// list does not exist.
  var stamp: String? {
    switch form {
    case .shipped: return TemplateFacts.date
    case .modelList:
      return FileStatus(reaching: path).flatMap { $0.isRegular ? Self.stamp([$0]) : nil }
    case .workflows:
      guard let files = try? workflowFiles() else { return nil }
      return Self.stamp(files.compactMap { FileStatus(reaching: $0) })
    }
  }

  private static func stamp(_ files: [FileStatus]) -> String {
    let newest = files.map(\.changed.sinceEpoch).max()
    let bytes = files.reduce(0) { $0 &+ $1.size }
    return "\(files.count) \(bytes) \(newest ?? 0)"
  }

  /// Reads the list. Invalid entries are left out, and URLs that name no file.
  ///
  /// - Throws: ``CatalogError``.
  func entries() throws(CatalogError) -> [CatalogEntry] {
    switch form {
    case .shipped: return TemplateFacts.entries
    case .modelList: return try ModelListReader(path: path, origin: origin).entries()
    case .workflows:
      do throws(FileError) {
        return TemplateReader.entries(of: try workflowFiles())
      } catch {
        throw .file(error)
      }
    }
  }

  /// `index.json` and its translations describe the templates; they are not templates.
  private func workflowFiles() throws(FileError) -> [FilePath] {
    try DirectoryNames.sorted(in: path)
      .filter { $0.hasSuffix(".json") && !$0.hasPrefix("index") }
      .map { path.appending($0) }
  }
}

/// Why a list could not be read.
package enum CatalogError: Error, Sendable, Hashable {
  case file(FileError)
  /// The list is not JSON.
  case json(FilePath, JSONError)
  /// The list is JSON in another format: it has no `models`.
  case form(FilePath)
}
