import SystemPackage
import Testing

@testable import ComfyCore

/// What is not as meant is found before it is written, wherever it stands.
@Suite("Manifest check")
struct ManifestCheckTests {
  private static let row = "\(String(repeating: "ab", count: 32))"
  private static let newRow = "\(String(repeating: "cd", count: 32))"
  private static let text = """
    top = { a = [1, [2.5, { b = true }]], c = 1979-05-27 }
    [project]
    name = "x"
    [tool.ruff]
    select = ["E", "F"]
    [tool.comfydock]
    version = 1
    [tool.comfydock.models]
    "\(row)" = { filename = "r", size = 3, own = [1] }
    0123456789abcdef = { filename = "s" }
    [tool.comfydock.workflows.kept]
    path = "k.json"
    [[tool.comfydock.workflows.kept.models]]
    filename = "k"
    [tool.comfydock.workflows.w]
    path = "w.json"
    note = 'n'
    [[tool.comfydock.workflows.w.models]]
    filename = "a"
    own = { deep = ["x"] }
    nodes = [{node_id = "1", node_type = "T", widget_idx = 0, widget_value = "a", own = 1}]
    [[tool.comfydock.workflows.w.models]]
    filename = "b"
    own = "y"
    [[tool.comfydock.workflows.w.models]]
    filename = "c"

    """

  /// A change of everything: path, entry changed, added and dropped, row changed and added.
  private static func changed() throws -> Manifest {
    var manifest = try Manifest(parsing: Array(text.utf8), path: "p")
    manifest.ensureWorkflow("w", path: "v.json")
    let hash = try #require(ModelHash(newRow))
    try manifest.setHash(hash, for: .filename("a"), in: "w")
    try manifest.dropModel(.filename("c"), in: "w")
    manifest.put(ManifestEditTests.intent("7"), in: "w")
    for (hash, size) in [(row, 4), (newRow, 5)] {
      manifest.put(
        ManifestModel(
          hash: try #require(ModelHash(hash)), filename: "r", size: Int64(size), relativePath: nil,
          category: nil))
    }
    return manifest
  }

  /// Whether a text is refused as the result of the change.
  private static func isRefused(_ bytes: [UInt8], as manifest: Manifest) -> Bool {
    do throws(ManifestError) {
      try ManifestCheck(before: manifest, after: bytes).run()
      return false
    } catch {
      guard case .unfaithful = error else { return false }
      return true
    }
  }

  private static func meaning(_ bytes: [UInt8]) -> Meaning? {
    (try? TOMLDocument(parsing: bytes)).map { Meaning($0, TOMLDocument.root).sorted }
  }

  @Test("a line that is missing, or there twice")
  func everyOtherLineIsNoticed() throws {
    let manifest = try Self.changed()
    let good = try manifest.rendered()
    #expect(!Self.isRefused(good, as: manifest))
    let meant = Self.meaning(good)
    let lines = good.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
    // What a reader makes up for itself where an entry lacks it.
    let derived: Set = [
      "filename = \"m.safetensors\"", "category = \"checkpoints\"", "criticality = \"flexible\"",
      "status = \"unresolved\"",
    ]
    for place in lines.indices
    where !derived.contains(String(decoding: lines[place], as: UTF8.self)) {
      for copies in [[], [lines[place], lines[place]]] {
        var bad = lines
        bad.replaceSubrange(place...place, with: copies)
        let bytes = Array(bad.joined(separator: [UInt8(ascii: "\n")]))
        #expect(
          Self.isRefused(bytes, as: manifest) == (Self.meaning(bytes) != meant),
          "\(String(decoding: lines[place], as: UTF8.self))")
      }
    }
  }

  @Test("a section that is missing, there twice, or somewhere else")
  func everyOtherSectionIsNoticed() throws {
    let manifest = try Self.changed()
    let good = String(decoding: try manifest.rendered(), as: UTF8.self)
    let sections = good.split(separator: "\n[").enumerated().map { ($0 > 0 ? "[" : "") + $1 + "\n" }
    let meant = Self.meaning(Array(good.utf8))
    for place in sections.indices {
      for copies in [[], [sections[place], sections[place]]] {
        var bad = sections
        bad.replaceSubrange(place...place, with: copies)
        let bytes = Array(bad.joined().utf8)
        #expect(
          Self.isRefused(bytes, as: manifest) == (Self.meaning(bytes) != meant),
          "\(sections[place])")
      }
    }
    // Entries that were there keep their order; a new one may stand anywhere.
    let entries = sections.indices.filter { sections[$0].hasPrefix("[[tool.comfydock.workflows.w") }
    var swapped = sections
    swapped.swapAt(entries[0], entries[1])
    #expect(Self.isRefused(Array(swapped.joined().utf8), as: manifest))
    swapped = sections
    swapped.swapAt(entries[1], entries[2])
    #expect(!Self.isRefused(Array(swapped.joined().utf8), as: manifest))
  }
}
