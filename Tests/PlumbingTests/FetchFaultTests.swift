import SystemPackage
import Testing

@testable import ComfyCore
@testable import Plumbing

/// Every fault in every situation, and all that a run leaves: files, manifest, index, commits, what
/// is said, and what was asked of the server.
///
/// A run that fails leaves everything as it was, and what the next one needs; that one ends its
/// work.
@Suite struct FetchFaultTests {
  enum Situation: String, CaseIterable, Sendable {
    /// Nothing is there.
    case first
    /// An earlier run left the beginning.
    case resume
    /// The first answer is good and ends last, the others, of further parts, in reverse order.
    case ranges
  }

  struct Row: Sendable, CustomTestStringConvertible {
    let fault: FetchFault
    let situation: Situation
    /// Whether the fault never goes; otherwise a first few answers have it.
    let lasts: Bool

    fileprivate var isACase: Bool {
      switch situation {
      case .first, .resume: !lasts || fault.mayLast
      case .ranges: lasts ? fault.isBarren : fault.showsInRanges
      }
    }

    var testDescription: String { "\(fault), \(situation)\(lasts ? ", for ever" : "")" }
  }

  static let rows = FetchFault.all.flatMap { fault in
    Situation.allCases.flatMap { situation in
      [false, true].map { Row(fault: fault, situation: situation, lasts: $0) }.filter(\.isACase)
    }
  }

  @Test(.timeLimit(.minutes(10)), arguments: rows) func matrix(row: Row) throws {
    let scene = try FetchFaultScene(row)
    let before = try scene.state()
    #expect(before.commits == ["start"] && before.models.isEmpty)
    let run = try scene.run()
    let after = try scene.state()
    #expect(run.output.isEmpty)
    #expect(after.uncommitted == "")
    #expect(scene.strayCredentials == [])
    if let asked = row.asked { #expect(scene.asked == asked) }
    if row.situation == .ranges { expectParts(of: row, in: scene) }
    switch row.ending {
    case .lands(let contents):
      #expect(run.status == .done)
      #expect(run.talk == "")
      try expectLanded(contents, after, in: scene)
      try expectSilence(in: scene)
    case .fails(let words, let kept):
      #expect(run.status == .remains)
      #expect(scene.failure(in: run.talk) == words)
      #expect(after.commits == before.commits && after.manifest == before.manifest)
      #expect(after.models.isEmpty)
      try expectMended(from: expectKept(kept, after, in: scene), in: scene)
    }
  }

  private func expectLanded(
    _ contents: [[UInt8]], _ state: FetchFaultScene.State, in scene: FetchFaultScene
  ) throws {
    let content = try #require(scene.bytes)
    #expect(contents.contains(content))
    #expect(state.files == [FetchFaultScene.path])
    #expect(state.commits == ["comfy: set hash of a.gguf (w)", "start"])
    let hashes = FetchFaultScene.hashes(of: content)
    let manifest = try Manifest(parsing: Array(state.manifest.utf8), path: "pyproject.toml")
    let entry = try #require(manifest.workflows.first?.models.first)
    #expect(entry.hash == hashes.blake3 && entry.status == .resolved)
    #expect(entry.sources == [scene.url] && entry.relativePath?.string == FetchFaultScene.path)
    let row = try #require(manifest.models.first)
    #expect(row.hash == hashes.blake3 && row.size == Int64(content.count))
    let model = try #require(state.models.first)
    #expect(state.models.count == 1)
    #expect(model.hash == hashes.blake3 && model.sha256 == hashes.sha256)
    #expect(model.locations.map(\.relativePath.string) == [FetchFaultScene.path])
    #expect(model.sources.map(\.url) == [scene.url])
  }

  /// - Returns: Bytes that the run left for the next one.
  private func expectKept(
    _ kept: Int64, _ state: FetchFaultScene.State, in scene: FetchFaultScene
  ) -> Int64 {
    guard kept > 0 else {
      #expect(state.files.isEmpty)
      return 0
    }
    let parts = "loras/w/.a.gguf.comfy-part"
    #expect(state.files == ["\(parts)/bytes", "\(parts)/state"])
    #expect(scene.kept == kept)
    return kept
  }

  /// What further connections asked for: the file is asked for as a whole once, and no part of it
  /// again but for those whose answers were wrong. Where nothing goes wrong, answers end out of order.
  private func expectParts(of row: Row, in scene: FetchFaultScene) {
    if row.fault == .refused {
      // The first answer alone brings the file.
      #expect(scene.asked == ["/a -"])
      return
    }
    let (parts, wrong) = (scene.parts, scene.script.wrongParts)
    #expect(parts.count >= 4)
    // What is missing after a wrong answer may be shared between two.
    #expect(parts.count <= 8 + 2 * wrong.count)
    let whole = scene.asked.filter { $0.hasSuffix(" -") }
    if row.fault == .expiredRedirect {
      #expect(whole == ["/a -", "/far0 -"])
      // Each of seven connections finds the address expired, and gets a new one.
      #expect((7...8).contains(scene.rightParts.count) && wrong.count == 2 * scene.rightParts.count)
    } else {
      #expect(whole == ["/a -"])
    }
    let ends = scene.rightParts.sorted { $0.lowerBound < $1.lowerBound }
    #expect(Set(ends.map(\.lowerBound)).count == ends.count, "\(scene.asked)")
    guard row.fault == .none else { return }
    // Each byte is asked for once, and the first answer is the last to end.
    #expect(zip(ends, ends.dropFirst()).allSatisfy { $0.upperBound == $1.lowerBound })
    #expect(ends.last?.upperBound == FetchFaultScene.body.count)
    let ended = scene.script.order.ended
    #expect(ended == ended.sorted(by: >), "\(scene.asked)")
    #expect(ended.count == parts.count + 1)
  }

  /// The next run finds nothing to do.
  private func expectSilence(in scene: FetchFaultScene) throws {
    let (connections, before) = (scene.connections, try scene.state())
    let run = try scene.run()
    #expect(run.status == .done && run.talk == "" && run.output == "")
    #expect(scene.connections == connections)
    #expect(try scene.state() == before)
  }

  /// Without the fault, the next run asks once, for what is missing.
  private func expectMended(from kept: Int64, in scene: FetchFaultScene) throws {
    scene.script.mend()
    scene.splitNoMore()
    let before = scene.asked.count
    let run = try scene.run()
    #expect(run.status == .done && run.talk == "")
    let asked =
      kept == Int64(FetchFaultScene.body.count)
      // The source has another file now than the wrong one that is kept, and sends it whole.
      ? ["/a bytes=\(kept - 1)-"] : [kept > 0 ? "/a bytes=\(kept)-" : "/a -"]
    #expect(Array(scene.asked.dropFirst(before)) == asked)
    try expectLanded([FetchFaultScene.body], try scene.state(), in: scene)
  }
}
