package import SystemPackage

/// Files to delete, each named by the user or left over from a download, and the rows that are
/// removed from the manifest with them.
package struct RemovalPlan: Sendable {
  /// In the order they were named.
  package internal(set) var items: [RemovalItem] = []
  /// Global rows of the manifest that no workflow uses and whose last file is deleted, in file
  /// order.
  package var models: [ManifestModel] { items.flatMap(\.models).unique }

  /// Bytes that the volume gets back if all of it is deleted.
  package var freed: Int64 { items.freed }
}

/// What a ``RemovalPlan`` did.
package struct Removal: Sendable {
  /// The items that were deleted, in the plan's order.
  package let items: [RemovalItem]
  /// Global rows that were removed from the manifest.
  package let models: [ManifestModel]
  /// Whether the whole plan was carried out.
  package let isWhole: Bool
  /// The change of the manifest; `nil` if no row was removed.
  package let recording: Recording?

  /// Bytes that the volume got back, provided that no other process linked the files in the
  /// meantime.
  package var freed: Int64 { items.freed }
}

extension [RemovalItem] {
  fileprivate var freed: Int64 { reduce(0) { $0.addingClamped($1.freed) } }
}

/// A file, a symbolic link or a partial download to be deleted.
package struct RemovalItem: Sendable, Hashable {
  /// What is deleted.
  package enum Kind: Sendable, Hashable {
    /// A model file.
    case file
    /// A symbolic link; its target stays.
    case link
    /// What is left of an unfinished download.
    case partial
  }

  package internal(set) var kind: Kind
  /// Absolute.
  package internal(set) var path: FilePath
  /// Full hash of the file, if the index has it.
  package internal(set) var hash: ModelHash?
  /// Bytes of the file or the partial; 0 for a link.
  package internal(set) var size: Int64
  /// Bytes that the volume gets back: 0 while the file keeps another name.
  package internal(set) var freed: Int64
  /// Names of the workflows that use the file, in the manifest's order.
  package internal(set) var workflows: [String] = []
  /// Global rows of the manifest that are removed with the file, unless another file of the plan
  /// that also has them is kept.
  var models: [ManifestModel] = []

  /// The file's status when the plan was made; only this very file is deleted.
  let seen: FileStatus
}

/// Why a file is not deleted. No file was deleted.
package enum RemovalError: Error, Sendable, Hashable {
  /// No file on this machine matches this text; the path of the file with the most similar name.
  case unknown(String, nearest: RelativePath?)
  /// The text matches several files; their paths.
  case ambiguous(String, [FilePath])
  /// A directory is never deleted.
  case directory(FilePath)
  /// Neither its name nor the index says that it is a model.
  case notAModel(FilePath)
  /// It is in none of these model directories.
  case outside(FilePath, roots: [FilePath])
  /// A symbolic link on the path leads to another place.
  case leadsOut(FilePath, to: FilePath)
  /// A symbolic link, which may have come with the project, leads out of the project's models
  /// directory to another place.
  case outsideProject(FilePath, to: FilePath)
  /// Workflows use it; `hasSource` says whether it could be downloaded again.
  case used(FilePath, workflows: [String], hasSource: Bool)
  /// A run is downloading it.
  case busy(FilePath)
  /// Another file took its place since the plan was made.
  case replaced(FilePath)
}
