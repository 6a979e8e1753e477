package import ComfyCore
internal import SystemPackage

extension RecordKind {
  /// `model`: a model file on this machine.
  package static let model = RecordKind(
    type: "model",
    fields: [
      "hash", "sha256", "short_comfydock", "short_comfygit", "size", "filename", "relative_path",
      "root", "path", "category", "sources",
    ],
    columns: ["hash", "size", "category", "root", "relative_path"])

  /// `scan`: the summary of a scan.
  static let scan = RecordKind(
    type: "scan",
    fields: ["added", "changed", "removed", "unchanged", "moved", "hashed_bytes", "issues"],
    columns: ["added", "changed", "removed", "unchanged"])
}

extension Record {
  /// A model of the index, at one of its locations.
  package static func model(_ model: IndexedModel, at location: IndexedLocation) -> Record {
    Record(
      .model,
      [
        ("hash", .text(model.hash?.hex)), ("sha256", .text(model.sha256?.hex)),
        ("short_comfydock", .text(model.sampled.comfydock.hex)),
        ("short_comfygit", .text(model.sampled.comfygit.hex)), ("size", .integer(model.size)),
        ("filename", .text(location.relativePath.filename)),
        ("relative_path", .text(location.pathBelowRoot.string)),
        ("root", .text(location.root.path.string)), ("path", .text(location.path.string)),
        ("category", .text(location.category?.name)),
        ("sources", .texts(model.sources.map(\.url))),
      ])
  }

  /// A file that was hashed, wherever it lies.
  static func model(_ file: HashedModelFile, shown: String) -> Record {
    Record(
      .model,
      [
        ("hash", .text(file.hashes.blake3?.hex)), ("sha256", .text(file.hashes.sha256?.hex)),
        ("short_comfydock", .text(file.sampled.comfydock.hex)),
        ("short_comfygit", .text(file.sampled.comfygit.hex)),
        ("size", .integer(file.hashes.size)), ("filename", .text(file.path.lastComponent?.string)),
        ("relative_path", .text(file.location?.relativePath.string ?? shown)),
        ("root", .text(file.location?.root.path.string)), ("path", .text(file.path.string)),
        ("category", .text(file.location?.category?.name)),
      ])
  }

  /// What a scan did.
  static func scan(_ summary: ScanSummary) -> Record {
    Record(
      .scan,
      [
        ("added", .integer(summary.added)), ("changed", .integer(summary.changed)),
        ("removed", .integer(summary.removed)), ("unchanged", .integer(summary.unchanged)),
        ("moved", .integer(summary.moved)),
        ("hashed_bytes", .integer(summary.hashedBytes)),
        ("issues", .integer(summary.issues.count)),
      ])
  }
}
