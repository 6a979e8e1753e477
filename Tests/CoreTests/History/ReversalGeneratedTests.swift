import SystemPackage
import Testing

@testable import ComfyCore

/// Decisions of all kinds taken back from manifests in every spelling; the seed of a failing case is
/// printed.
@Suite("Generated decisions taken back")
struct ReversalGeneratedTests {
  private static func read(_ text: String) throws -> Manifest {
    try Manifest(parsing: Array(text.utf8), path: "p")
  }

  /// A manifest, and what a decision makes of it; `nil` when that changed no entry and no row.
  private static func decided(
    _ random: inout SplitMix, _ before: Manifest
  ) throws -> (after: Manifest, name: String)? {
    var edited = before
    let edit = SpelledManifest.edit(&edited, &random)
    let after = Manifest(try edited.renderedDocument(), path: "p")
    guard !ManifestDifference(before: before, after: after).isEmpty else { return nil }
    return (after, edit.description)
  }

  private static func text(_ manifest: Manifest) -> String {
    String(decoding: manifest.document.bytes, as: UTF8.self)
  }

  private static func manifest(_ seed: UInt64) throws -> (Manifest, SplitMix) {
    var spelling = SpelledText(seed: seed)
    let meaning = SpelledManifest.meaning(&spelling)
    let others = Int.random(in: 0...2, using: &spelling.random)
    return (try read(spelling.document(meaning, others: others)), spelling.random)
  }

  @Test("right after a decision, every byte is as it was", arguments: 0..<20)
  func rightAfter(batch: Int) throws {
    for step in 0..<100 {
      let seed = UInt64(batch * 1000 + step)
      var (before, random) = try Self.manifest(seed)
      guard let (after, name) = try Self.decided(&random, before) else { continue }
      let comment = "seed \(seed), \(name)"
      do {
        var undone = after
        try Reversal(before: before, after: after).apply(to: &undone)
        #expect(Self.text(undone) == Self.text(before), "\(comment)")
      } catch {
        Issue.record("\(comment): \(error)")
      }
    }
  }

  /// Changes of what the decision left alone, by other decisions and by hand.
  private static func edited(
    _ after: Manifest, since before: Manifest, _ random: inout SplitMix
  ) throws -> (current: Manifest, edits: String) {
    var current = after
    var edits = ""
    for number in 0..<Int.random(in: 1...3, using: &random) {
      let name = SpelledManifest.names.randomElement(using: &random) ?? ""
      let same = Set(before.workflow(named: name)?.models ?? [])
      let untouched = after.workflow(named: name)?.models.filter(same.contains) ?? []
      let node = untouched.randomElement(using: &random)?.nodes.first
      switch (Int.random(in: 0..<5, using: &random), node) {
      case (0, _):
        edits += ", by hand"
        let mark = "\u{FEFF}"
        let text = Self.text(current)
        let body = text.hasPrefix(mark) ? String(text.unicodeScalars.dropFirst()) : text
        let end = text.contains("\r\n") ? "\r\n" : "\n"
        current = try read(
          (text.hasPrefix(mark) ? mark : "") + "# later \(number)" + end + end + body + end
            + "[later\(number)]" + end)
      case (1, let node?):
        edits += ", criticality of \(node.nodeID) in \(name)"
        try? current.setCriticality(.optional, for: .reference(node), in: name)
      case (2, let node?):
        edits += ", drop \(node.nodeID) of \(name)"
        _ = try? current.dropModel(.reference(node), in: name)
      default:
        edits += ", answer for \(900 + number) in \(name)"
        let answer = SpelledManifest.answer(900 + number, "late\(number)", &random)
        current.put(answer, in: name)
      }
      current = Manifest(try current.renderedDocument(), path: "p")
    }
    return (current, edits)
  }

  @Test("after other changes, they and what was before are there", arguments: 0..<20)
  func later(batch: Int) throws {
    for step in 0..<100 {
      let seed = UInt64(batch * 1000 + step)
      var (before, random) = try Self.manifest(seed)
      guard let (after, name) = try Self.decided(&random, before) else { continue }
      let (current, edits) = try Self.edited(after, since: before, &random)
      let comment = "seed \(seed), \(name)\(edits)"
      do {
        var undone = current
        try Reversal(before: before, after: after).apply(to: &undone)
        check(before, after, current, undone, comment)
      } catch {
        Issue.record("\(comment): \(error)")
      }
    }
  }

  private func check(
    _ before: Manifest, _ after: Manifest, _ current: Manifest, _ undone: Manifest,
    _ comment: String
  ) {
    let names = (before.workflows + current.workflows).map(\.name)
    for name in names.unique {
      func models(_ manifest: Manifest) -> Set<ManifestWorkflowModel> {
        Set(
          (manifest.workflow(named: name)?.models ?? []).map { entry in
            var entry = entry
            entry.nodes.sort { ($0.nodeID, $0.widgetValue) < ($1.nodeID, $1.widgetValue) }
            return entry
          })
      }
      let brought = models(after).subtracting(models(before))
      let taken = models(before).subtracting(models(after))
      #expect(
        models(undone) == models(current).subtracting(brought).union(taken), "\(comment), \(name)")
    }
    let (was, left, now) = (
      Self.comments(before), Self.comments(after), Self.comments(current)
    )
    let expected = now.union(was.subtracting(left))
    let found = Self.comments(undone)
    #expect(found.isSuperset(of: now), "\(comment): \(now.subtracting(found))")
    // What comes back into brackets in which something else changed cannot bring its comments.
    if !Self.hasBrackets(before), !Self.hasBrackets(current) {
      #expect(found == expected, "\(comment): \(found.symmetricDifference(expected))")
    }
  }

  /// Whether a workflow's entries, or the tables around them, stand in brackets or braces.
  private static func hasBrackets(_ manifest: Manifest) -> Bool {
    let arrays = manifest.workflowStates.compactMap(\.origin)
      .compactMap { manifest.document.child("models", of: $0) }
    return arrays.contains { manifest.document.nodes[$0].form == .value }
  }

  /// The comments of a text, by their numbers.
  private static func comments(_ manifest: Manifest) -> Set<Substring> {
    Set(
      text(manifest).split(separator: "# ", omittingEmptySubsequences: false).dropFirst()
        .map { $0.prefix { $0 != "." && !$0.isNewline } })
  }
}
