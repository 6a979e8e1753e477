internal import ComfyCore
internal import Plumbing
internal import SystemPackage

extension Record {
  private static let missingKind = RecordKind(
    type: "missing",
    fields: [
      "hash", "filename", "size", "category", "relative_path", "root", "sources", "workflows",
    ],
    columns: ["hash", "size", "relative_path"])

  /// A file that the manifest records and this machine lacks.
  init(missing item: SyncItem, root: ModelRoot?) {
    self.init(
      Self.missingKind,
      [
        ("hash", .text(item.hash.hex)), ("filename", .text(item.filename)),
        ("size", item.size.map { .integer($0) }),
        ("category", item.category.map { .text($0.name) }),
        ("relative_path", item.relativePath.map { .text($0.string) }),
        ("root", root.map { .text($0.path.string) }),
        ("sources", .list(item.sources.map { .text($0) })),
        ("workflows", .list(item.workflows.map { .text($0) })),
      ])
  }
}
