import CommandSupport
import Foundation
import SystemPackage
import Testing

/// `comfy status --json` and `--porcelain=v1`, which scripts read: decoded so strictly that a field
/// that came, went or was renamed fails. This can not be recorded anew.
@Suite struct FrozenFormats {
  /// A project with something of everything that status tells.
  private static func project() throws -> Sandbox {
    let hub = try TemporaryDirectory()
    let sandbox = try Sandbox(
      programs: ["comfy": #require(Product.path())],
      variables: [
        "HUB": hub.path.string, "EXAMPLES": Runner.root.appending("Examples").string,
      ])
    let setup = Runner.root.appending("Tests/Fixtures/manual/setup").string
    try #require(try sandbox.run("sh", setup, "intents").status == .exited(0))
    let unused = String(repeating: "ab", count: 32)
    let script = """
      sed -i '/^\\[tool.comfydock.models\\]/a "\(unused)" = { filename = "x.pt", \
      relative_path = "vae/x.pt" }' pyproject.toml
      cp workflows/portrait.json workflows/fresh.json; rm ~/ComfyUI/models/checkpoints/*; echo 0 >~/ComfyUI/models/vae.txt
      """
    try #require(try sandbox.run("sh", "-ec", script).status == .exited(0))
    return sandbox
  }

  static let fields: [String: Set<String>] = [
    "status": [
      "type", "workflow", "path", "resolved", "pending", "missing", "ambiguous", "optional",
      "misplaced", "changed", "new", "blocked",
    ],
    "waiting": [
      "type", "status", "workflow", "node_id", "node_type", "category", "name", "message", "hint",
      "candidates",
    ],
    "gone": ["type", "hash", "workflows", "sources", "relative_path", "filename"],
    "unused": ["type", "hash", "relative_path", "filename"],
    "new": ["type", "workflow", "path"],
  ]
  /// Those that are absent where there is nothing to say.
  static let optional: Set<String> = [
    "path", "category", "sources", "relative_path", "message", "hint", "candidates",
  ]

  @Test func jsonHasTheseFieldsAndNoOthers() throws {
    let result = try Self.project().run("comfy", "status", "--json")
    #expect(result.status == .exited(1))
    var seen: Set<String> = []
    for line in result.outputText.split(separator: "\n") {
      let object = try #require(
        try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any])
      let type = try #require(object["type"] as? String)
      let known = try #require(Self.fields[type], "\(type)")
      let found = Set(object.keys)
      #expect(found.isSubset(of: known) && known.subtracting(Self.optional).isSubset(of: found))
      for (name, value) in object {
        switch name {
        case "resolved", "pending", "missing", "ambiguous", "optional", "misplaced", "changed",
          "new", "blocked":
          #expect(value is Int)
        case "candidates": #expect(value is [[String: Any]])
        case "workflows", "sources": #expect(value is [String])
        default: #expect(value is String)
        }
      }
      seen.insert(type)
    }
    #expect(seen == Set(Self.fields.keys))
  }

  @Test func linesHaveTheseColumns() throws {
    let result = try Self.project().run("comfy", "status", "--porcelain=v1")
    let columns = ["status": 8, "waiting": 7, "gone": 4, "unused": 4, "new": 3]
    let lines = result.outputText.split(separator: "\n").map {
      $0.split(separator: "\t", omittingEmptySubsequences: false).map(String.init)
    }
    #expect(Set(lines.map { $0[0] }) == Set(columns.keys), "\(result.outputText)")
    for line in lines { #expect(line.count == columns[line[0]], "\(line)") }
    #expect(
      lines.first == [
        "status", "0", "3", "2", "0", "0", "workflows/portrait.json", "portrait",
      ])
  }
}
