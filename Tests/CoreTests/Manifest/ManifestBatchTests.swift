import SystemPackage
import Testing

@testable import ComfyCore

/// Several edits in one update, and entries and rows in unusual spellings.
@Suite("Manifest batches")
struct ManifestBatchTests {
  static let hash = String(repeating: "ab", count: 32)
  static let other = String(repeating: "cd", count: 32)
  static let header = "tool.comfydock.workflows.w.models"

  private static func edit(
    _ text: String, _ change: (inout Manifest) throws -> Void
  ) throws -> String { try ManifestEditTests.edit(text, change) }

  private static func row(_ hash: String, sources: [String] = []) throws -> ManifestModel {
    ManifestModel(
      hash: try #require(ModelHash(hash)), filename: "n", size: nil, relativePath: nil,
      category: nil, sources: sources)
  }

  @Test(arguments: [
    ([0], "{ B, C }"), ([1], "{ A, C }"), ([2], "{ A, B }"), ([0, 1], "{ C }"),
    ([1, 2], "{ A }"), ([0, 2], "{ B }"), ([0, 1, 2], "{  }"),
  ])
  func removesRowsFromATableInBraces(gone: [Int], expected: String) throws {
    let hashes = ["a", "b", "c"].map { String(repeating: $0, count: 64) }
    func text(_ rows: String) -> String {
      var rows = rows
      for (name, hash) in zip(["A", "B", "C"], hashes) {
        rows = rows.replacing(name, with: "\(hash) = {filename = \"\(name.lowercased())\"}")
      }
      return "[tool.comfydock]\nmodels = \(rows) # rows\n"
    }
    let given = text("{ A, B, C }")
    func remove(_ manifest: inout Manifest) throws {
      for index in gone {
        manifest.removeModel(withHash: try #require(ModelHash(hashes[index])))
      }
    }
    #expect(try Self.edit(given, remove) == text(expected))
    let more = try Self.edit(given) { manifest in
      try remove(&manifest)
      manifest.put(try Self.row(Self.other))
    }
    let again = try Manifest(parsing: Array(more.utf8), path: "p")
    let kept = [0, 1, 2].filter { !gone.contains($0) }.map { hashes[$0] }
    #expect(again.models.map(\.hash.hex) == kept + [Self.other])
    #expect(more.hasSuffix("} # rows\n"))
  }

  @Test(
    "a field comes into braces with the quotes that its neighbours' keys have",
    arguments: [
      ("{filename = \"n\", size = 1}", "{filename = \"n\", size = 1, relative_path = \"vae/n\"}"),
      (
        "{ \"filename\" = \"n\", size = 1 }",
        "{ \"filename\" = \"n\", size = 1, \"relative_path\" = \"vae/n\" }"
      ),
      ("{ 'filename' = 'n' }", "{ 'filename' = 'n', 'relative_path' = 'vae/n' }"),
    ])
  func writesKeysInBracesLikeTheirNeighbours(given: String, expected: String) throws {
    for key in ["\"\(Self.hash)\"", Self.hash] {
      let text = "[tool.comfydock.models]\n\(key) = "
      let result = try Self.edit(text + given + "\n") {
        var row = try Self.row(Self.hash)
        row.relativePath = try RelativePath("vae/n")
        $0.put(row)
      }
      #expect(result == text + expected + "\n")
    }
  }

  @Test("the table of rows comes into braces as its neighbours are written, its rows in quotes")
  func writesRowsIntoTheSection() throws {
    let row = "\"\(Self.hash)\" = { filename = \"n\" }"
    let result = try Self.edit("[tool]\ncomfydock = { note = \"x\" }\n") {
      $0.put(try Self.row(Self.hash))
    }
    #expect(result == "[tool]\ncomfydock = { note = \"x\", models = { \(row) } }\n")
  }

  @Test(
    "rows of dotted keys in braces go, also where their keys stand apart",
    arguments: [
      ([0], "{ B.filename = 'b', B.size = 2, C = {filename = 'c'}, B.note = 'x' }"),
      ([1], "{ A.filename = 'a', C = {filename = 'c'}, A.size = 1 }"),
      ([2], "{ A.filename = 'a', B.filename = 'b', B.size = 2, A.size = 1, B.note = 'x' }"),
      ([0, 1], "{ C = {filename = 'c'} }"), ([0, 1, 2], "{  }"),
    ])
  func removesDottedRowsFromATableInBraces(gone: [Int], expected: String) throws {
    let hashes = ["a", "b", "c"].map { String(repeating: $0, count: 64) }
    func text(_ rows: String) -> String {
      var rows = rows
      for (name, hash) in zip(["A", "B", "C"], hashes) { rows = rows.replacing(name, with: hash) }
      return "[tool.comfydock]\nmodels = \(rows) # rows\n"
    }
    let given = text(
      "{ A.filename = 'a', B.filename = 'b', B.size = 2, C = {filename = 'c'}, A.size = 1, "
        + "B.note = 'x' }")
    let result = try Self.edit(given) { manifest in
      for index in gone {
        manifest.removeModel(withHash: try #require(ModelHash(hashes[index])))
      }
    }
    #expect(result == text(expected))
  }

  @Test("what is dotted further out in braces goes as well")
  func removesFromDottedTablesInBraces() throws {
    let given = "tool = { comfydock.models.\(Self.hash).filename = 'a', x = 1 }\n"
    let hash = try #require(ModelHash(Self.hash))
    #expect(try Self.edit(given) { $0.removeModel(withHash: hash) } == "tool = { x = 1 }\n")
  }

  @Test(arguments: [
    (
      "[tool.comfydock]\nworkflows = { w.path = \"w.json\" }\n",
      "[tool.comfydock]\nworkflows = { w.path = \"w.json\", w.models = [NEW] }\n"
    ),
    (
      "[tool]\ncomfydock = { workflows.'a b'.x = 1, workflows.w.x = {y = 2}, z = 3 } # c\n",
      "[tool]\ncomfydock = { workflows.'a b'.x = 1, workflows.w.x = {y = 2}, "
        + "workflows.w.models = [NEW], z = 3 } # c\n"
    ),
    (
      "tool = { comfydock.workflows.v.path = \"v\" }\n",
      "tool = { comfydock.workflows.v.path = \"v\", "
        + "comfydock.workflows.w = {models = [NEW]} }\n"
    ),
  ])
  func addsToDottedKeysInBraces(given: String, expected: String) throws {
    let entry = ManifestWorkflowModel(
      filename: "n", category: nil, criticality: .required, status: .unresolved, nodes: [])
    let result = try Self.edit(given) { $0.put(entry, in: "w") }
    let new = "{filename = \"n\", criticality = \"required\", status = \"unresolved\"}"
    #expect(result == expected.replacing("NEW", with: new))
  }

  @Test(arguments: ["a", "b", "c"], ["[other]\nx = 1\n", ""])
  func droppingAndAddingAtOnceKeepsTheEmptyLines(gone: String, tail: String) throws {
    func section(_ name: String) -> String {
      ManifestEditTests.entry(Self.header, name, name) + "\n"
    }
    func text(_ names: [String]) -> String {
      let text =
        "[tool.comfydock.workflows.w]\nx = 1\n\n" + names.map(section).joined() + tail
      return tail.isEmpty ? text.dropLastLineEnd : text
    }
    let result = try Self.edit(text(["a", "b", "c"])) { manifest in
      try manifest.dropModel(.filename(gone), in: "w")
      manifest.put(ManifestEditTests.intent("n", "n"), in: "w")
    }
    #expect(result == text(["a", "b", "c"].filter { $0 != gone } + ["n"]))
    let all = try Self.edit(text(["a", "b"])) { manifest in
      for name in ["a", "b"] { try manifest.dropModel(.filename(name), in: "w") }
      manifest.put(ManifestEditTests.intent("n", "n"), in: "w")
    }
    #expect(all == text(["n"]))
  }

  @Test func severalFieldsOfATableInBracesGoAtOnce() throws {
    let text =
      "[tool.comfydock.models]\n"
      + "\(Self.hash) = {filename = \"a\", size = 1, relative_path = \"v/a\", x = 1}\n"
    let row = try Self.row(Self.hash)
    let result = try Self.edit(text) { manifest in
      manifest.removeModel(withHash: row.hash)
      manifest.put(row)
    }
    #expect(result == "[tool.comfydock.models]\n\(Self.hash) = {filename = \"n\", x = 1}\n")
  }

  @Test func rowsAreFoundHoweverTheirKeysAreSpelled() throws {
    let upper = Self.hash.uppercased()
    let text = "[tool.comfydock.models]\n\(upper) = {size = 1}\n\(Self.other) = {size = 2}\n"
    let row = try Self.row(Self.hash, sources: ["u"])
    let manifest = try Manifest(parsing: Array(text.utf8), path: "p")
    #expect(manifest.model(withHash: row.hash) == nil)
    let result = try Self.edit(text) { $0.put(row) }
    let again = try Manifest(parsing: Array(result.utf8), path: "p")
    #expect(again.model(withHash: row.hash)?.size == 1)
    #expect(again.models.map(\.sources) == [["u"]])
    let twice = try Self.edit(result) {
      $0.removeModel(withHash: row.hash)
      #expect($0.model(withHash: row.hash) == nil)
      let wasThere = $0.removeModel(withHash: row.hash)
      #expect(!wasThere)
    }
    #expect(twice == "[tool.comfydock.models]\n\(Self.other) = {size = 2}\n")
    let blocked = "[tool.comfydock.models]\n\(Self.hash) = 3\n"
    let error = #expect(throws: ManifestError.self) { try Self.edit(blocked) { $0.put(row) } }
    let key = "tool.comfydock.models." + Self.hash
    #expect(error == .structure(path: "pyproject.toml", line: 2, key: key))
  }

  @Test func rowsOfOneUpdateAddUp() throws {
    var row = try Self.row(Self.hash, sources: ["a"])
    let result = try Self.edit("[tool.comfydock.models]\n") { manifest in
      manifest.put(row)
      manifest.put(try Self.row(Self.other))
      row.size = 5
      row.sources = ["b", "a"]
      manifest.put(row)
      manifest.removeModel(withHash: try #require(ModelHash(Self.other)))
      #expect(manifest.model(withHash: row.hash)?.sources == ["a", "b"])
    }
    #expect(
      result == "[tool.comfydock.models]\n\"\(Self.hash)\" = "
        + "{ filename = \"n\", size = 5, sources = [\"a\", \"b\"] }\n")
  }

  @Test func aBatchOfEditsIsOneEditAfterTheOther() throws {
    let entries = (0..<30).map { ManifestEditTests.entry(Self.header, "\($0)", "m\($0)") }
    let text = "[tool.comfydock.workflows.w]\n\n" + entries.joined(separator: "\n")
    var byOne = text
    for number in 20..<50 {
      let entry = ManifestEditTests.intent("\(number % 40)", "n\(number)")
      byOne = try Self.edit(byOne) { $0.put(entry, in: "w") }
    }
    let atOnce = try Self.edit(text) { manifest in
      for number in 20..<50 {
        let key = ManifestEditTests.key("\(number % 40)", "n\(number)")
        #expect(manifest.model(for: key, in: "w") == nil)
        manifest.put(ManifestEditTests.intent("\(number % 40)", "n\(number)"), in: "w")
        #expect(manifest.model(for: key, in: "w")?.filename == "n\(number)")
      }
    }
    #expect(atOnce == byOne)
    let manifest = try Manifest(parsing: Array(atOnce.utf8), path: "p")
    #expect(manifest.workflow(named: "w")?.models.count == 40)
  }

  @Test func entriesAreFoundHoweverTheyAreSpelled() throws {
    func node(_ id: String, _ place: String, _ value: String) -> String {
      "{node_id = \(id), node_type = \"T\", \(place), widget_value = \"\(value)\"}"
    }
    let text =
      "[tool.comfydock.workflows.w]\nmodels = [\n"
      + "  {filename = \"m\\u0061\", nodes = [\(node("7", "widget_idx = 0", "a"))]},\n"
      + "  {relative_path = \"v/b\", nodes = [\(node("\"\\u0038\"", "input = \"x\"", "b"))]},\n"
      + "  {filename = \"\", relative_path = \"v/c\", hash = \"\(Self.hash.uppercased())\"},\n"
      + "  {filename = \"d\", hash = \"\(Self.other.uppercased())\"},\n]\n"
    let manifest = try Manifest(parsing: Array(text.utf8), path: "p")
    let a = ReferenceKey(nodeID: "7", nodeType: "T", place: .widget(0), widgetValue: "a")
    let b = ReferenceKey(nodeID: "8", nodeType: "T", place: .input("x"), widgetValue: "b")
    #expect(manifest.model(for: a, in: "w")?.filename == "ma")
    #expect(manifest.model(for: b, in: "w")?.filename == "b")
    #expect(manifest.model(for: b, in: "v") == nil)
    #expect(manifest.models(of: "w", mentioning: "c")?.map(\.filename) == ["ma", "b", "c"])
    #expect(manifest.models(of: "w", mentioning: "d")?.count == 3)
    #expect(manifest.models(of: "w", mentioning: "")?.count == 4)
    #expect(manifest.models(of: "v", mentioning: "c") == nil)
    for name in ["ma", "b", "c", "d"] {
      let result = try Self.edit(text) {
        try $0.setCriticality(.optional, for: .filename(name), in: "w")
      }
      #expect(result != text)
    }
    for (hash, place) in [(Self.hash, 1), (Self.other, 2)] {
      let same = ManifestWorkflowModel(
        filename: "new", category: nil, criticality: .required, status: .resolved,
        hash: ModelHash(hash), nodes: [a])
      let result = try Self.edit(text) { $0.put(same, in: "w") }
      let models = try Manifest(parsing: Array(result.utf8), path: "p").workflow(named: "w")?.models
      #expect(models?.count == 3)
      #expect(models?[place].nodes == [a])
    }
  }
}
