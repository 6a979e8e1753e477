package import ComfyCore
internal import SystemPackage

extension RecordKind {
  /// `pruned`: a row that was forgotten or a file that was deleted.
  package static let pruned = RecordKind(
    type: "pruned", fields: ["from", "hash", "filename", "path", "size", "freed", "workflows"],
    columns: ["from", "hash", "path"])
}

extension Record {
  /// A row of the index whose file is gone.
  package static func pruned(_ location: IndexedLocation) -> Record {
    Record(
      .pruned,
      [
        ("from", .text("index")), ("filename", .text(location.relativePath.filename)),
        ("path", .text(location.path.string)),
      ])
  }

  /// A row of the manifest that no workflow uses.
  package static func pruned(_ model: ManifestModel) -> Record {
    Record(
      .pruned,
      [
        ("from", .text("manifest")), ("hash", .text(model.hash.hex)),
        ("filename", .text(model.filename)),
      ])
  }

  /// A file that was deleted.
  package static func pruned(_ item: RemovalItem) -> Record {
    let from =
      switch item.kind {
      case .file: "disk"
      case .link: "link"
      case .partial: "partial"
      }
    return Record(
      .pruned,
      [
        ("from", .text(from)), ("hash", .text(item.hash?.hex)),
        ("filename", .text(item.path.lastComponent?.string)), ("path", .text(item.path.string)),
        ("size", .integer(item.size)), ("freed", .integer(item.freed)),
        ("workflows", .texts(item.workflows)),
      ])
  }
}
