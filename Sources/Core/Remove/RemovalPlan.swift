package import SystemPackage

/// Files to be deleted, each named by the user or left of a download, and what is then forgotten.
package struct RemovalPlan: Sendable {
  /// In the order they were named.
  package internal(set) var items: [RemovalItem] = []
  /// Global rows of the manifest whose last file goes and that no workflow uses, in file order.
  package var models: [ManifestModel] { items.flatMap(\.models).unique }

  /// Bytes that the volume gets back when all of it is deleted.
  package var freed: Int64 { items.freed }
}

/// What was done of a ``RemovalPlan``.
package struct Removal: Sendable {
  /// Those that were deleted, in the plan's order.
  package let items: [RemovalItem]
  /// Global rows that were taken out of the manifest.
  package let models: [ManifestModel]
  /// Whether nothing of the plan was left.
  package let isWhole: Bool
  /// The change of the manifest; `nil` when no row went.
  package let recording: Recording?

  /// Bytes that the volume got back, when no other process made names for the files meanwhile.
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
    /// A symbolic link; what it leads to stays.
    case link
    /// What is left of a download that did not end.
    case partial
  }

  package internal(set) var kind: Kind
  /// Absolute.
  package internal(set) var path: FilePath
  /// Full hash of a file that the index knows by it.
  package internal(set) var hash: ModelHash?
  /// Bytes of the file or the partial; 0 for a link.
  package internal(set) var size: Int64
  /// Bytes that the volume gets back: 0 while the file keeps another name.
  package internal(set) var freed: Int64
  /// Names of the workflows that use the file, in the manifest's order.
  package internal(set) var workflows: [String] = []
  /// Global rows of the manifest that go with the file, unless another file of the plan that has
  /// them too is left.
  var models: [ManifestModel] = []

  /// What was seen when the plan was made; only this very file is deleted.
  let seen: FileStatus
}

/// Why a file is not deleted. Nothing was.
package enum RemovalError: Error, Sendable, Hashable {
  /// No file on this machine is meant by this text; the path of the one whose name is most like it.
  case unknown(String, nearest: RelativePath?)
  /// Several files are meant; their paths.
  case ambiguous(String, [FilePath])
  /// A directory is never deleted.
  case directory(FilePath)
  /// Neither its name nor the index says that it is a model.
  case notAModel(FilePath)
  /// It lies in none of these model directories.
  case outside(FilePath, roots: [FilePath])
  /// The folders above lead, through a symbolic link, to another place.
  case leadsOut(FilePath, to: FilePath)
  /// Workflows use it; whether a source is known that it could be had from again.
  case used(FilePath, workflows: [String], hasSource: Bool)
  /// A run is downloading it.
  case busy(FilePath)
  /// Another file took its place since the plan was made.
  case replaced(FilePath)
}
