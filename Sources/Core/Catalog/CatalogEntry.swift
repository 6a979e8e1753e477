/// One statement of a list: a file of this name, for this folder, can be downloaded from this URL.
package struct CatalogEntry: Sendable, Hashable {
  /// The file's name, without a folder.
  package var name: String
  /// The folder below the models directory; `nil` if the list does not say.
  package var category: Category?
  /// The URL, without secrets.
  package var url: SourceURL
  /// Bytes; `nil` if the list gives no size, or a rounded one.
  package var size: Int64?
  /// SHA-256 of the whole file, if the list declares it.
  package var sha256: SHA256Hash?
  package var origin: CatalogOrigin

  package init(
    name: String, category: Category?, url: SourceURL, size: Int64? = nil,
    sha256: SHA256Hash? = nil, origin: CatalogOrigin
  ) {
    self.name = name
    self.category = category
    self.url = url
    self.size = size
    self.sha256 = sha256
    self.origin = origin
  }
}

/// Who says where a file can be downloaded, the most trustworthy first.
package enum CatalogOrigin: String, Sendable, Hashable, CaseIterable {
  /// The workflow itself: a note or another text in it has a link to the file.
  case workflow
  /// The manifest, or another workflow of the project.
  case project
  /// The model index of this machine.
  case index
  /// ComfyUI's official templates.
  case templates
  /// ComfyUI-Manager's list.
  case manager
  /// A list that `comfy.catalog` names.
  case catalog
  /// A repository at Hugging Face that was searched.
  case huggingface
  /// Civitai, by the file's hash.
  case civitai
  /// A repository at ModelScope, by the file's hash.
  case modelscope

  /// Whether this is an answer of a hub, not of a list on this machine.
  package var isHub: Bool {
    switch self {
    case .huggingface, .civitai, .modelscope: true
    case .workflow, .project, .index, .templates, .manager, .catalog: false
    }
  }
}
