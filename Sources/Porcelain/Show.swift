internal import ArgumentParser
internal import Core
internal import Plumbing
internal import SystemPackage

/// `comfy show`: all that is known of one model.
struct Show: Command {
  static let configuration = CommandConfiguration(
    commandName: "show", abstract: "Show all that is known of one model.")

  @OptionGroup var project: ProjectOptions

  @Flag(name: .long, help: "Write one JSON object.") var json = false

  @Argument(help: "A file name, a path, or the start of a hash.", completion: .modelFile)
  var model: String

  var reportsJSON: Bool { json }

  func run(in context: Context) throws -> ExitStatus {
    let environment = try project.environment(in: context)
    let found = try environment.models(named: model)
    guard found.count == 1, let only = found.first else {
      let failure = found.isEmpty ? try unknown(environment) : ambiguous(found)
      context.report(failure, prefix: "error", json: json)
      return .remains
    }
    if json {
      context.output.write(line: Record(only).json)
    } else {
      for line in only.lines { context.output.write(line: SafeText.escaped(line)) }
    }
    return .done
  }

  private func unknown(_ environment: Environment) throws -> Failure {
    let nearest = try ModelSearch(environment.openIndex(for: .read)).nearestPath(to: model)
    return Failure(
      "model.unknown", "no model on this machine or in the manifest is '\(model)'",
      hint: nearest.map { "the most similar one is '\($0)'" }
        ?? "\(Program.name) search \(ShellText.quoted(model))")
  }

  private func ambiguous(_ found: [ModelFacts]) -> Failure {
    let names = found.map { facts in
      [facts.path, facts.hash.map { String($0.hex.prefix(12)) }].compactMap { $0 }
        .joined(separator: " ")
    }
    return Failure(
      "model.ambiguous", "'\(model)' is \(found.count) models: \(names.joined(separator: ", "))",
      hint: "name one by its path or its hash")
  }
}

extension ModelFacts {
  /// Where the first file lies, or where the manifest says that it belongs.
  var path: String? {
    (model?.locations.first?.relativePath ?? row?.relativePath)?.string
  }

  var filename: String {
    model?.locations.first?.relativePath.filename ?? row?.filename ?? ""
  }

  /// What people read: one fact a line, under headings.
  fileprivate var lines: [String] {
    var lines = [filename]
    func add(_ name: String, _ value: String?) {
      guard let value else { return }
      lines.append("  \(name)\(String(repeating: " ", count: max(1, 14 - name.count)))\(value)")
    }
    add("size", size.map { "\(Quantity.size($0)) (\($0) bytes)" })
    add("blake3", hash.map(\.hex))
    add("sha256", model?.sha256?.hex)
    add("comfydock", model?.sampled.comfydock.hex)
    add("comfygit", model?.sampled.comfygit.hex)
    add("category", (model?.locations.first?.category ?? row?.category)?.name)
    lines += section("locations", locationLines)
    lines += section("sources", sources)
    lines += section("workflows", uses.map { "\($0.workflow)  \($0.entry.criticality.rawValue)" })
    lines += section("safetensors", headerLines)
    return lines
  }

  private func section(_ name: String, _ lines: [String]) -> [String] {
    lines.isEmpty ? [] : ["\(name):"] + lines.map { "  \($0)" }
  }

  private var locationLines: [String] {
    guard let model, !model.locations.isEmpty else { return ["not on this machine"] }
    return model.locations.map { $0.isPresent ? $0.path.string : "\($0.path.string) (gone)" }
  }

  private var headerLines: [String] {
    guard let header else { return [] }
    let facts = header.facts
    let summary =
      "\(facts.dataTypes.joined(separator: " ")), \(Quantity.grouped(Int(clamping: facts.parameterCount))) "
      + "parameters in \(Quantity.count(facts.tensorCount, "tensor", "tensors"))"
    return [summary]
      + header.metadata.sorted { $0.key < $1.key }.map { key, value in
        "\(key): \(value.count > 200 ? value.prefix(200) + "..." : value[...])"
      }
  }
}

extension Record {
  static let factsKind = RecordKind(
    type: "model",
    fields: [
      "hash", "sha256", "short_comfydock", "short_comfygit", "size", "filename", "relative_path",
      "category", "locations", "sources", "workflows", "data_types", "parameter_count",
      "tensor_count", "metadata",
    ], columns: RecordKind.model.columns)

  /// All that is known of a model.
  fileprivate init(_ facts: ModelFacts) {
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
        (
          "category",
          (facts.model?.locations.first?.category ?? facts.row?.category).map { .text($0.name) }
        ),
        ("locations", .list((facts.model?.locations ?? []).map(Self.location))),
        ("sources", .list(facts.sources.map { .text($0) })),
        ("workflows", .list(facts.uses.map { .text($0.workflow) })),
        ("data_types", header.map { .list($0.dataTypes.map { .text($0) }) }),
        ("parameter_count", header.map { .integer($0.parameterCount) }),
        ("tensor_count", header.map { .integer(Int64($0.tensorCount)) }),
        ("metadata", facts.header.map(Self.metadata)),
      ])
  }

  private static func location(_ location: IndexedLocation) -> Value {
    .object([
      Field("root", .text(location.root.path.string)),
      Field("relative_path", .text(location.relativePath.string)),
      Field("present", .truth(location.isPresent)),
    ])
  }

  private static func metadata(_ header: SafetensorsHeader) -> Value {
    .object(header.metadata.sorted { $0.key < $1.key }.map { Field($0.key, .text($0.value)) })
  }
}
