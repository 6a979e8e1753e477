internal import GRDB
internal import SystemPackage

/// Opens the database of a ``ModelIndex``.
enum IndexConnection {
  static func open(
    _ path: FilePath, for access: ModelIndex.Access
  ) throws(IndexError) -> (queue: DatabaseQueue, setAside: FilePath?) { throw .readOnly(path) }
}
