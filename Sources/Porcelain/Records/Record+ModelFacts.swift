internal import ComfyCore
internal import Plumbing
internal import SystemPackage

extension Record {
  static let factsKind = RecordKind(
    type: "model",
    fields: [
      "hash", "sha256", "short_comfydock", "short_comfygit", "size", "filename", "relative_path",
      "category", "locations", "sources", "workflows", "data_types", "parameter_count",
      "tensor_count", "metadata", "variants",
    ], columns: RecordKind.model.columns)

  /// All that is known of a model.
  ///
  /// - Parameter variants: Other files of the same model that the catalog knows.
  init(_ facts: ModelFacts, variants: [CatalogEntry]) {
    let header = facts.header?.facts
    self.init(
      Self.factsKind,
      [
        ("hash", facts.hash.map { .text($0.hex) }),
        ("sha256", facts.model?.sha256.map { .text($0.hex) }),
        ("short_comfydock", facts.model.map { .text($0.sampled.comfydock.hex) }),
        ("short_comfygit", facts.model.map { .text($0.sampled.comfygit.hex) }),
        ("size", facts.size.map { .integer($0) }), ("filename", .text(facts.filename)),
        ("relative_path", facts.path.map { .text($0) }),
        ("category", facts.category.map { .text($0.name) }),
        ("locations", .list((facts.model?.locations ?? []).map(Self.location))),
        ("sources", .list(facts.sources.map { .text($0) })),
        ("workflows", .list(facts.uses.map { .text($0.workflow) })),
        ("data_types", header.map { .list($0.dataTypes.map { .text($0) }) }),
        ("parameter_count", header.map { .integer($0.parameterCount) }),
        ("tensor_count", header.map { .integer(Int64($0.tensorCount)) }),
        ("metadata", facts.header.map(Self.metadata)),
        ("variants", variants.isEmpty ? nil : .list(variants.map(Self.variant))),
      ])
  }

  private static func location(_ location: IndexedLocation) -> Value {
    .object([
      Field("root", .text(location.root.path.string)),
      Field("relative_path", .text(location.relativePath.string)),
      Field("present", .truth(location.isPresent)),
    ])
  }

  private static func variant(_ entry: CatalogEntry) -> Value {
    .object([
      Field("name", .text(entry.name)), Field("url", .text(SourceURL.shown(entry.url.cleaned))),
    ])
  }

  private static func metadata(_ header: SafetensorsHeader) -> Value {
    .object(header.metadata.sorted { $0.key < $1.key }.map { Field($0.key, .text($0.value)) })
  }
}
