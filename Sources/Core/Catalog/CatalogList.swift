package import SystemPackage

/// A list on this machine that a ``Catalog`` is filled from.
package struct CatalogList: Sendable, Hashable {
  /// How a list is written.
  enum Form: Sendable, Hashable {
    /// A folder of workflows, as ComfyUI's template packages have it.
    case workflows
    /// A file in the form of ComfyUI-Manager's `model-list.json`.
    case modelList
    /// The facts of the official templates that the program brings along.
    case shipped
  }

  /// The file or folder, absolute; `shipped` for what the program brings along.
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

  /// What the program itself knows of the official templates, for machines without them.
  static let shipped = CatalogList(path: "shipped", origin: .templates, form: .shipped)

  private init(path: FilePath, origin: CatalogOrigin, form: Form) {
    self.path = path
    self.origin = origin
    self.form = form
  }

  /// A text that differs whenever a file of the list was written, added or taken away; `nil` when
  /// the list is not there.
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

  /// Reads the list. Entries that make no sense are left out; so are addresses that name no file.
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

  /// `index.json` and its translations describe the templates and are none.
  private func workflowFiles() throws(FileError) -> [FilePath] {
    try DirectoryNames.sorted(in: path)
      .filter { $0.hasSuffix(".json") && !$0.hasPrefix("index") }
      .map { path.appending($0) }
  }
}

/// Why a list could not be read.
package enum CatalogError: Error, Sendable, Hashable {
  case file(FileError)
  /// The list is no JSON.
  case json(FilePath, JSONError)
  /// The list is JSON of another form: it has no `models`.
  case form(FilePath)
}
