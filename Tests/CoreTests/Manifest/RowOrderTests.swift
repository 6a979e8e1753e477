import SystemPackage
import Testing

@testable import ComfyCore

/// The global table is the same whatever order files arrive in.
@Suite struct RowOrderTests {
  private static let hashes = (1...3).compactMap {
    ModelHash(String(repeating: "\($0)f", count: 32))
  }
  private static let names = ["a.pt", "b.pt", "c.pt"]

  /// Tables as they may stand before: none, an empty one, rows of nobody's, with what is around.
  private static let tables = [
    "", "[tool.comfydock.models]\n",
    "# files\n[tool.comfydock.models]\n# first\n\"\(ManifestEditTests.hash)\" = { filename = \"x\" }\n",
    "[tool.comfydock.models]\r\n\"\(ManifestEditTests.hash)\" = { filename = \"x\" } # tail\r\n\r\n",
    "[project]\n",
  ]

  private static let orders = [
    [0, 1, 2], [0, 2, 1], [1, 0, 2], [1, 2, 0], [2, 0, 1], [2, 1, 0],
  ]

  @Test(arguments: tables, orders)
  func anyOrder(table: String, order: [Int]) throws {
    let start = try ManifestEditTests.edit(table) { manifest in
      for (place, name) in Self.names.enumerated() {
        manifest.put(ManifestEditTests.intent("\(place)", name), in: place == 1 ? "v" : "w")
      }
    }
    let wanted = try land([[0, 2, 1]], on: start)
    #expect(try land(order.map { [$0] }, on: start) == wanted)
    #expect(try land([order], on: start) == wanted)
    #expect(try land([Array(order.dropLast()), Array(order.suffix(1))], on: start) == wanted)
    let rows = try Manifest(parsing: Array(wanted.utf8), path: "").models.map(\.hash)
    // Workflow w, which stands first, has the first and the last file.
    #expect(rows.suffix(3) == [Self.hashes[0], Self.hashes[2], Self.hashes[1]])
  }

  /// Writes the files of each group at once.
  private func land(_ groups: [[Int]], on text: String) throws -> String {
    try groups.reduce(text) { text, group in
      try ManifestEditTests.edit(text) { manifest in
        for place in group {
          let name = Self.names[place]
          manifest.put(row(Self.hashes[place], name))
          let key = ManifestEditTests.key("\(place)", name)
          try manifest.setHash(
            Self.hashes[place], for: .reference(key), in: place == 1 ? "v" : "w")
        }
      }
    }
  }

  private func row(_ hash: ModelHash, _ name: String) -> ManifestModel {
    ManifestModel(hash: hash, filename: name, size: nil, relativePath: nil, category: nil)
  }
}
