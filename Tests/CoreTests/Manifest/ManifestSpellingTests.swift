import SystemPackage
import Testing

@testable import ComfyCore

/// Edits of manifests in every spelling that TOML has for them; the seed of a failing case is
/// printed.
@Suite("Manifests in every spelling")
struct ManifestSpellingTests {
  @Test(arguments: 0..<20)
  func editsSucceedAndLoseNothing(batch: Int) throws {
    for step in 0..<75 {
      let seed = UInt64(batch * 1000 + step)
      var spelling = SpelledText(seed: seed)
      var meaning = SpelledManifest.meaning(&spelling)
      let others = Int.random(in: 0...2, using: &spelling.random)
      let text = spelling.document(meaning, others: others)
      let before = try Manifest(parsing: Array(text.utf8), path: "p")
      for number in 0..<others {
        let numbers = Meaning.array([.number(1), .number(2)])
        meaning.append(.init("other\(number)", .table([.init("x", numbers)])))
      }
      #expect(
        Meaning(before.document, TOMLDocument.root).sorted == Meaning.table(meaning).sorted,
        "seed \(seed)\n\(text)")
      var after = before
      let edit = SpelledManifest.edit(&after, &spelling.random)
      do {
        let result = String(decoding: try after.rendered(), as: UTF8.self)
        let comment: Comment = "seed \(seed), \(edit)\n\(text)\n---\n\(result)"
        check(text, edit, result, comment)
        EditOracle.check(
          after, gave: try Manifest(parsing: Array(result.utf8), path: "p"), comment)
      } catch {
        Issue.record("seed \(seed), \(edit): \(error)\n\(text)")
      }
    }
  }

  private func check(
    _ before: String, _ edit: SpelledManifest.Edit, _ after: String, _ comment: Comment
  ) {
    let (old, new) = (Self.comments(in: before), Self.comments(in: after))
    let kept = Set(new)
    #expect(old.filter(kept.contains) == new, comment)
    if !edit.removes { #expect(old == new, comment) }
    let feeds = after.utf8.count { $0 == 10 }
    let returns = after.utf8.count { $0 == 13 }
    #expect(returns == 0 || returns == feeds, comment)
    #expect(after.utf8.starts(with: [0xEF]) == before.utf8.starts(with: [0xEF]), comment)
    if !before.isEmpty, before != after {
      #expect((after.utf8.last == 10) == (before.utf8.last == 10), comment)
    }
    #expect(edit.changes || before == after, comment)
  }

  /// The comments of a text, by their numbers.
  private static func comments(in text: String) -> [Substring] {
    text.split(separator: "# c").dropFirst(text.hasPrefix("# c") ? 0 : 1).map {
      $0.prefix { $0 != "." }
    }
  }
}

/// Manifests and edits of them.
enum SpelledManifest {
  static let names = ["default", "a.b", "x'y\"z"]

  struct Edit: CustomStringConvertible {
    var description: String
    /// Whether something may go, and comments with it.
    var removes = false
    var changes = true
  }

  // MARK: Manifests

  static func meaning(_ spelling: inout SpelledText) -> [Meaning.Pair] {
    var own: [Meaning.Pair] = []
    if !spelling.happens(oneIn: 3) { own.append(.init("models", .table(rows(&spelling)))) }
    if !spelling.happens(oneIn: 5) {
      var workflows: [Meaning.Pair] = []
      for number in 0..<Int.random(in: 0...3, using: &spelling.random) {
        workflows.append(.init(names[number], .table(workflow(number, &spelling))))
      }
      own.append(.init("workflows", .table(workflows)))
    }
    if spelling.happens(oneIn: 3) { own.append(.init("schema_version", .number(1))) }
    if spelling.happens() { own.reverse() }
    var tool: [Meaning.Pair] = []
    if !spelling.happens(oneIn: 6) {
      tool.append(.init(spelling.happens() ? "comfydock" : "comfygit", .table(own)))
    }
    if spelling.happens() {
      let lint = Meaning.table([.init("select", .array([.text("E")]))])
      tool.append(.init("ruff", .table([.init("line-length", .number(100)), .init("lint", lint)])))
    }
    if spelling.happens(oneIn: 3) {
      let indexes = ["a", "b"].map { Meaning.table([.init("url", .text($0))]) }
      tool.append(.init("uv", .table([.init("index", .array(indexes))])))
    }
    var root: [Meaning.Pair] = []
    if !spelling.happens(oneIn: 3) {
      let needed = Meaning.array([.text("a"), .text("b")])
      root.append(
        .init("project", .table([.init("name", .text("p")), .init("dependencies", needed)])))
    }
    if !tool.isEmpty { root.append(.init("tool", .table(tool.shuffled(using: &spelling.random)))) }
    return spelling.happens(oneIn: 3) ? root.reversed() : root
  }

  private static func rows(_ spelling: inout SpelledText) -> [Meaning.Pair] {
    (0..<Int.random(in: 0...3, using: &spelling.random)).map { number in
      var pairs: [Meaning.Pair] = [
        .init("filename", .text("m\(number)")), .init("size", .number(number)),
      ]
      if spelling.happens() {
        pairs.append(.init("sources", .array([.text("https://e/\(number)")])))
      }
      if spelling.happens(oneIn: 3) { pairs.append(.init("own", .text("r\(number)"))) }
      return .init(hash(number), .table(pairs))
    }
  }

  private static func workflow(
    _ number: Int, _ spelling: inout SpelledText
  ) -> [Meaning.Pair] {
    var pairs: [Meaning.Pair] = []
    if !spelling.happens(oneIn: 4) { pairs.append(.init("path", .text("w\(number).json"))) }
    if spelling.happens(oneIn: 3) { pairs.append(.init("note", .text("n"))) }
    if !spelling.happens(oneIn: 5) {
      let entries = (0..<Int.random(in: 0...3, using: &spelling.random)).map {
        entry($0, &spelling)
      }
      pairs.append(.init("models", .array(entries)))
    }
    if spelling.happens(oneIn: 4) {
      pairs.append(.init("extra", .table([.init("x", .text("x"))])))
    }
    return pairs
  }

  private static func entry(_ number: Int, _ spelling: inout SpelledText) -> Meaning {
    var pairs: [Meaning.Pair] = [
      .init("filename", .text("f\(number)")), .init("criticality", .text("required")),
      .init("status", .text("unresolved")),
    ]
    if spelling.happens() { pairs.insert(.init("category", .text("vae")), at: 1) }
    if spelling.happens(oneIn: 3) { pairs.append(.init("hash", .text(hash(number)))) }
    if spelling.happens() {
      let sources = (0..<Int.random(in: 0...3, using: &spelling.random)).map {
        Meaning.text("https://e/\(number)/\($0)")
      }
      pairs.append(.init("sources", .array(sources)))
    }
    if spelling.happens() { pairs.append(.init("relative_path", .text("vae/f\(number)"))) }
    let nodes = (0..<Int.random(in: 1...3, using: &spelling.random)).map { place in
      Meaning.table([
        .init("node_id", .text("\(number + 100 * place)")), .init("node_type", .text("T")),
        .init("widget_idx", .number(0)), .init("widget_value", .text("f\(number)")),
      ])
    }
    pairs.append(.init("nodes", .array(nodes)))
    pairs.removeAll { pair in
      ["criticality", "status", "category"].contains(pair.key) && spelling.happens(oneIn: 6)
    }
    if spelling.happens(oneIn: 12) { pairs.removeFirst() }
    let own = Meaning.text("o\(number)")
    pairs.append(.init("own", spelling.happens() ? own : .table([.init("deep", own)])))
    return .table(pairs)
  }

  static func hash(_ number: Int) -> String {
    String(repeating: String(number % 16, radix: 16), count: 64)
  }

  // MARK: Edits

  /// One change, as a command makes it.
  static func edit(_ manifest: inout Manifest, _ random: inout SplitMix) -> Edit {
    let name = names.randomElement(using: &random) ?? ""
    let number = Int.random(in: 0..<4, using: &random)
    let entry = manifest.workflow(named: name)?.models.randomElement(using: &random)
    let node = entry?.nodes.first
    switch Int.random(in: 0..<8, using: &random) {
    case 0:
      manifest.ensureWorkflow(name, path: "n\(number).json")
      return Edit(description: "path of \(name)")
    case 1, 2:
      let id = [number, number + 50, number + 100].randomElement(using: &random) ?? 0
      manifest.ensureWorkflow(name, path: "n\(number).json")
      manifest.put(answer(id, "new\(number)", &random), in: name)
      return Edit(description: "path of \(name), and answer for \(id)", removes: id != number + 50)
    case 3:
      let hash = ModelHash(hash(number + 8))
      if let hash {
        manifest.put(
          ManifestModel(
            hash: hash, filename: "g", size: 1, relativePath: nil, category: Category("vae"),
            sources: ["https://e/g"]))
      }
      guard let node, let hash else { return Edit(description: "row") }
      try? manifest.setHash(hash, for: .reference(node), in: name)
      return Edit(description: "row, and hash of \(node.nodeID) in \(name)")
    case 4:
      guard let node else { break }
      _ = try? manifest.dropModel(.reference(node), in: name)
      return Edit(description: "drop \(node.nodeID) of \(name)", removes: true)
    case 5:
      guard let node else { break }
      try? manifest.setCriticality(.optional, for: .reference(node), in: name)
      return Edit(description: "criticality of \(node.nodeID) in \(name)")
    case 6:
      guard let entry, let node else { break }
      let sources =
        Bool.random(using: &random) ? Array(entry.sources.dropFirst()) : entry.sources + ["new"]
      try? manifest.setSources(sources, for: .reference(node), in: name)
      return Edit(description: "sources \(sources) of \(node.nodeID) in \(name)", removes: true)
    default:
      guard let hash = ModelHash(hash(number)) else { break }
      manifest.removeModel(withHash: hash)
      return Edit(description: "remove row \(number)", removes: true)
    }
    return Edit(description: "nothing", changes: false)
  }

  static func answer(
    _ id: Int, _ value: String, _ random: inout SplitMix
  ) -> ManifestWorkflowModel {
    ManifestWorkflowModel(
      filename: value, category: Bool.random(using: &random) ? Category("vae") : nil,
      criticality: Criticality.allCases.randomElement(using: &random) ?? .required,
      status: .unresolved,
      sources: Bool.random(using: &random) ? ["https://e/\(value)"] : [],
      relativePath: Bool.random(using: &random) ? try? RelativePath("loras/\(value)") : nil,
      nodes: [
        ReferenceKey(nodeID: "\(id)", nodeType: "T", place: .widget(0), widgetValue: value)
      ])
  }
}

extension Meaning {
  /// What a document says.
  init(_ document: TOMLDocument, _ node: TOMLDocument.ID) {
    switch document.kind(of: node) {
    case .table:
      self = .table(
        document.children(of: node).map { Pair(document.key(of: $0), Meaning(document, $0)) })
    case .array: self = .array(document.children(of: node).map { Meaning(document, $0) })
    case .integer: self = .number(document.integer(node).flatMap { Int(exactly: $0) } ?? -1)
    default: self = .text(document.string(node) ?? "")
    }
  }

  /// With the keys of its tables in order.
  var sorted: Meaning {
    switch self {
    case .table(let pairs):
      .table(pairs.map { Pair($0.key, $0.value.sorted) }.sorted { $0.key < $1.key })
    case .array(let elements): .array(elements.map(\.sorted))
    case .text, .number: self
    }
  }
}
