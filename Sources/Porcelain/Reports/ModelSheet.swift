internal import ComfyCore
internal import Plumbing
internal import SystemPackage

extension ModelFacts {
  /// Where the first file lies, or where the manifest says that it belongs.
  var path: String? {
    (model?.locations.first?.relativePath ?? row?.relativePath)?.string
  }

  var filename: String {
    model?.locations.first?.relativePath.filename ?? row?.filename ?? ""
  }

  var category: Category? { model?.locations.first?.category ?? row?.category }

  /// Where it is, and the beginning of its hash: what tells it from others of its name.
  var place: String {
    [path, hash.map { String($0.hex.prefix(12)) }].compactMap { $0 }.joined(separator: " ")
  }

  /// What people read: one fact a line, under headings.
  ///
  /// - Parameter variants: Other files of the same model that the catalog knows.
  func lines(variants: [CatalogEntry]) -> [String] {
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
    add("category", category?.name)
    lines += section("locations", locationLines)
    lines += section("sources", sources)
    lines += section(
      "variants", variants.map { "\($0.name)  \(SourceURL.shown($0.url.cleaned))" })
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
