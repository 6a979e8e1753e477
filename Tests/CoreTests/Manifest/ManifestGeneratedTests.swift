import SystemPackage
import Testing

@testable import ComfyCore

/// Thousands of random edits of random manifests; the seed of a failing case is printed.
@Suite("Generated manifest edits")
struct ManifestGeneratedTests {
  @Test(arguments: 0..<40)
  func editsAreLocalAndMeanWhatTheySay(batch: Int) throws {
    for step in 0..<50 {
      let seed = UInt64(batch * 1000 + step)
      var random = SplitMix(seed: seed)
      let text = RandomManifest.text(&random)
      try check(text, seed, &random)
    }
  }

  private func check(_ text: String, _ seed: UInt64, _ random: inout SplitMix) throws {
    var current = text
    for _ in 0..<4 {
      var manifest = try Manifest(parsing: Array(current.utf8), path: "p")
      #expect(try Array(manifest.rendered()) == Array(current.utf8), "seed \(seed)")
      RandomManifest.edit(&manifest, &random)
      let bytes: [UInt8]
      do {
        bytes = try manifest.rendered()
      } catch {
        Issue.record("seed \(seed): \(error)\n\(current)")
        return
      }
      let after = try Manifest(parsing: bytes, path: "p")
      let result = String(decoding: bytes, as: UTF8.self)
      EditOracle.check(manifest, gave: after, "seed \(seed)\n\(current)\n---\n\(result)")
      let lines = Set(Self.lines(of: result))
      // Everything that is marked as foreign stands outside of what edits may touch.
      for line in Self.lines(of: current) where line.contains("foreign") {
        #expect(lines.contains(line), "seed \(seed): lost \(line)\n\(current)\n---\n\(result)")
      }
      #expect(result.hasPrefix("\u{FEFF}") == text.hasPrefix("\u{FEFF}"))
      #expect(Self.hasOneLineEnd(result), "seed \(seed)")
      current = result
    }
  }

  private static func lines(of text: String) -> [String] {
    text.utf8.split { $0 == 10 || $0 == 13 }.map { String(decoding: $0, as: UTF8.self) }
  }

  /// Whether every line feed follows a carriage return, or none does.
  private static func hasOneLineEnd(_ text: String) -> Bool {
    let bytes = Array(text.utf8)
    let feeds = bytes.indices.filter { bytes[$0] == 10 }
    let pairs = feeds.count { $0 > 0 && bytes[$0 - 1] == 13 }
    return pairs == 0 || pairs == feeds.count
  }
}

/// Manifests in all the ways they can be written, and edits of them.
enum RandomManifest {
  static let names = ["default", "a.b", "with space", "é\"q", "x'y"]

  static func text(_ random: inout SplitMix) -> String {
    let end = Bool.random(using: &random) ? "\n" : "\r\n"
    var parts = ["# foreign top" + end + "[project]" + end + "name = \"foreign\" # foreign" + end]
    let section = Bool.random(using: &random) ? "tool.comfydock" : "tool.comfygit"
    if Bool.random(using: &random) { parts.append(rows(section, end, &random)) }
    let names = names.prefix(Int.random(in: 0...3, using: &random))
    switch Int.random(in: 0..<4, using: &random) {
    case 0 where !names.isEmpty: parts.append(dotted(Array(names), section, end, &random))
    case 1 where !names.isEmpty: parts.append(braces(Array(names), section, end, &random))
    default:
      for name in names {
        parts.append(workflow(section + ".workflows." + TOMLText.key(name), end, &random))
        if Bool.random(using: &random) {
          parts.append("[foreign.\(TOMLText.key(name))]" + end + "x = [ 1,2 ] # foreign" + end)
        }
      }
    }
    var text = parts.joined(separator: Bool.random(using: &random) ? end : end + end)
    if Bool.random(using: &random) { text = "\u{FEFF}" + text }
    return Bool.random(using: &random) ? String(text.dropLastLineEnd) : text
  }

  /// Workflows by dotted keys of the section.
  private static func dotted(
    _ names: [String], _ section: String, _ end: String, _ random: inout SplitMix
  ) -> String {
    var text = "[\(section)] # foreign" + end
    for name in names {
      let key = "workflows." + TOMLText.key(name)
      let equals = equals(&random)
      text += key + ".path" + equals + "'w.json' # own" + end
      if Bool.random(using: &random) { text += key + ".note" + equals + "'foreign'" + end }
      let tables = tables(&random)
      switch Int.random(in: 0..<3, using: &random) {
      case 0: continue
      case 1: text += key + ".models" + equals + "[" + tables.joined(separator: ", ") + "]" + end
      default: text += key + ".models" + equals + lines(of: tables, end, &random) + end
      }
    }
    return text
  }

  /// Workflows in one pair of braces.
  private static func braces(
    _ names: [String], _ section: String, _ end: String, _ random: inout SplitMix
  ) -> String {
    var workflows: [String] = []
    for name in names {
      let tables = tables(&random)
      let models =
        Bool.random(using: &random)
        ? "[" + tables.joined(separator: ",") + "]" : lines(of: tables, end, &random)
      let equals = equals(&random)
      let path = Bool.random(using: &random) ? "path\(equals)'w.json', " : ""
      workflows.append(
        TOMLText.key(name) + equals + "{ " + path + "models" + equals + models + " }")
    }
    return "[\(section)] # foreign" + end + "note = 1 # foreign" + end + "workflows = { "
      + workflows.joined(separator: ", ") + " } # all" + end
  }

  /// An array with a line for each element, and comments.
  private static func lines(
    of elements: [String], _ end: String, _ random: inout SplitMix
  ) -> String {
    var text = "[" + (Bool.random(using: &random) ? " # in" : "") + end
    for (place, element) in elements.enumerated() {
      if Int.random(in: 0..<3, using: &random) == 0 { text += "\t# about" + end }
      let isLast = place + 1 == elements.count && Bool.random(using: &random)
      text += "\t" + element + (isLast ? "" : ",") + " # t" + end
    }
    return text + "]"
  }

  private static func equals(_ random: inout SplitMix) -> String {
    [" = ", " = ", "=", "\t=\t", " =", "\t= "].randomElement(using: &random) ?? "="
  }

  /// Up to three entries in braces, of which any may lack fields.
  private static func tables(_ random: inout SplitMix) -> [String] {
    let equals = equals(&random)
    return (0..<Int.random(in: 0...3, using: &random)).map { number in
      "{ " + fields(number, &random).map { $0.0 + equals + $0.1 }.joined(separator: ", ") + " }"
    }
  }

  /// What is there of an entry: any field may be missing as long as it has a name from somewhere.
  private static func fields(
    _ number: Int, _ random: inout SplitMix
  ) -> [(key: String, value: String)] {
    let node =
      "{node_id = \"\(number)\", node_type = \"T\", widget_idx = 0, widget_value = \"f\(number)\"}"
    let all = [
      ("filename", "\"f\(number)\""), ("category", "\"loras\""), ("criticality", "\"required\""),
      ("status", "\"unresolved\""), ("own", "\(number)"), ("hash", "\"\(hash(2))\""),
      ("sources", "[\"https://e/\(number)\", \"u\"]"),
      ("relative_path", "\"checkpoints/f\(number)\""),
    ]
    let some = all.filter { _ in Int.random(in: 0..<3, using: &random) > 0 }
    return some + [("nodes", "[\(node)]")]
  }

  private static func rows(_ section: String, _ end: String, _ random: inout SplitMix) -> String {
    var text = ""
    let asSections = Bool.random(using: &random)
    if !asSections { text += "[\(section).models]" + end }
    for number in 0..<Int.random(in: 0...3, using: &random) {
      let hash = hash(number)
      if asSections {
        text += "[\(section).models.\"\(hash)\"]" + end + "filename = \"m\(number)\"" + end
      } else {
        text += "\"\(hash)\" = { filename = \"m\(number)\", size = \(number) } # row" + end
      }
    }
    return text
  }

  private static func workflow(
    _ header: String, _ end: String, _ random: inout SplitMix
  ) -> String {
    var text =
      "[\(header)] # foreign" + end + "path = \"w.json\" # own" + end
      + "note = '''foreign''' " + end
    switch Int.random(in: 0..<4, using: &random) {
    case 0: return text + "models = [" + tables(&random).joined(separator: ", ") + "]" + end
    case 1: return text + "models = " + lines(of: tables(&random), end, &random) + end
    case let form:
      for number in 0..<Int.random(in: 0...3, using: &random) {
        if Bool.random(using: &random) { text += end }
        text += "[[\(header).models]] # own" + end
        let equals = equals(&random)
        for (key, value) in fields(number, &random) {
          if Int.random(in: 0..<6, using: &random) == 0 { text += "\t# about " + key + end }
          var value = value
          if key == "sources", Bool.random(using: &random) {
            value = lines(of: ["'https://e/\(number)'", "\"u\""], end, &random)
          }
          let tail = Int.random(in: 0..<3, using: &random) == 0 ? " # " + key : ""
          text += "\t" + key + equals + value + tail + end
        }
        if form == 3, number == 0 {
          text +=
            end + "[foreign\(header.utf8.count).\(TOMLText.key(header))]" + end
            + "y = 1 # foreign" + end
        }
      }
      return text
    }
  }

  static func hash(_ number: Int) -> String {
    let digit = String(number % 16, radix: 16)
    return String(repeating: digit, count: number % 2 == 0 ? 64 : 16)
  }

  static func edit(_ manifest: inout Manifest, _ random: inout SplitMix) {
    for _ in 0..<Int.random(in: 1...3, using: &random) { step(&manifest, &random) }
  }

  private static func step(_ manifest: inout Manifest, _ random: inout SplitMix) {
    let name = names.randomElement(using: &random) ?? ""
    let number = Int.random(in: 0..<6, using: &random)
    let existing = manifest.workflow(named: name)?.models.randomElement(using: &random)?.nodes.first
    let hash = ModelHash(hash(number * 2))
    switch Int.random(in: 0..<8, using: &random) {
    case 0: manifest.ensureWorkflow(name, path: "w\(number).json")
    case 1, 2: manifest.put(entry(number, value: "f\(number + 1)", &random), in: name)
    case 3: manifest.put(entry(number, value: "f\(number)", &random), in: name)
    case 4:
      if let existing, let hash {
        try? manifest.setHash(hash, for: .reference(existing), in: name)
      }
    case 5:
      if let existing { _ = try? manifest.dropModel(.reference(existing), in: name) }
    case 6:
      if let existing {
        try? manifest.setCriticality(.optional, for: .reference(existing), in: name)
        try? manifest.setSources(["u\(number)", "v"], for: .reference(existing), in: name)
      }
    default:
      if let hash {
        if Bool.random(using: &random) { manifest.removeModel(withHash: hash) }
        manifest.put(
          ManifestModel(
            hash: hash, filename: "g\(number)", size: Int64(number), relativePath: nil,
            category: Category("vae"), sources: ["https://e/\(number)"]))
      }
    }
  }

  private static func entry(
    _ number: Int, value: String, _ random: inout SplitMix
  ) -> ManifestWorkflowModel {
    ManifestWorkflowModel(
      filename: value, category: Bool.random(using: &random) ? Category("vae") : nil,
      criticality: Criticality.allCases.randomElement(using: &random) ?? .required,
      status: .unresolved,
      sources: Bool.random(using: &random) ? ["https://e/\(value)"] : [],
      relativePath: Bool.random(using: &random) ? try? RelativePath("loras/\(value)") : nil,
      nodes: [
        ReferenceKey(
          nodeID: "\(number)", nodeType: "T", place: .widget(0), widgetValue: value)
      ])
  }
}
