import SystemPackage
import Testing

@testable import ComfyCore

@Suite("What differs between two manifests")
struct ManifestDifferenceTests {
  private func manifest(
    _ entries: [(name: String, node: String, value: String)]
  ) throws -> Manifest {
    var manifest = try Manifest(parsing: [], path: "pyproject.toml")
    for (name, node, value) in entries {
      manifest.put(
        ManifestWorkflowModel(
          filename: name, category: Category("loras"), criticality: .flexible, status: .unresolved,
          sources: ["https://example.com/\(name)"],
          nodes: [
            ReferenceKey(
              nodeID: node, nodeType: "LoraLoader", place: .widget(0), widgetValue: value)
          ]), in: "w")
    }
    return manifest
  }

  /// `before>after` of each change.
  private func pairs(_ before: Manifest, _ after: Manifest) -> [String] {
    ManifestDifference(before: before, after: after).changes.map { change in
      guard case .entry(_, let before, let after) = change else { return "row" }
      return "\(before?.filename ?? "")>\(after?.filename ?? "")"
    }
  }

  @Test("equal states differ in nothing, whatever their order")
  func equal() throws {
    let one = try manifest([("a", "1", "a"), ("b", "2", "b")])
    let other = try manifest([("b", "2", "b"), ("a", "1", "a")])
    #expect(ManifestDifference(before: one, after: other).isEmpty)
    #expect(pairs(one, other) == [])
  }

  @Test("the same reference, then the same place, then the same name make one of two")
  func ties() throws {
    let before = try manifest([("a", "1", "x"), ("b", "2", "y"), ("c", "3", "z"), ("d", "4", "w")])
    let after = try manifest([("c", "9", "new"), ("n", "2", "other"), ("m", "1", "x")])
    #expect(pairs(before, after) == ["c>c", "b>n", "a>m", "d>"])
    #expect(pairs(after, before) == ["m>a", "n>b", "c>c", ">d"])
  }

  @Test("one that went makes one change only")
  func once() throws {
    let before = try manifest([("a", "1", "x")])
    let after = try manifest([("a", "2", "x"), ("a", "3", "x")])
    #expect(pairs(before, after) == ["a>a"])
  }
}

@Suite("Moments in text")
struct TimestampTextTests {
  @Test(
    arguments: [
      (0, 0, "1970-01-01T00:00:00+00:00"), (951_782_400, 0, "2000-02-29T00:00:00+00:00"),
      (1_767_319_445, 60, "2026-01-02T03:04:05+01:00"),
      (1_767_319_445, -210, "2026-01-01T22:34:05-03:30"),
      (4_107_542_399, 0, "2100-02-28T23:59:59+00:00"),
      (.max, .max, "9999-12-31T23:59:59+24:00"), (.min, .min, "1970-01-01T00:00:00-24:00"),
    ] as [(Int64, Int, String)])
  func rfc3339(seconds: Int64, zone: Int, text: String) {
    #expect(Timestamp(seconds: seconds, zoneOffset: zone).rfc3339 == text)
  }

  @Test func iso() {
    #expect(
      Timestamp(seconds: 1_767_319_445, zoneOffset: -210).iso == "2026-01-01 22:34:05 -0330")
  }
}
