import Foundation
import SystemPackage
import Testing

/// Every message that a user can meet stands in a transcript: what the sources can say is compared
/// with what the transcripts show.
@Suite struct Messages {
  /// What a user can be told: a text of the sources.
  struct Message: Hashable {
    /// The failure's code, or the file where a word of several failures stands.
    let name: String
    /// The text, with `…` for what is known only when it is said.
    let text: String

    var description: String { "\(name): \(text)" }
  }

  /// What cannot be brought about from a shell, and why.
  static let exceptions: [String: String] = [
    "Failure+Fetch: '…' sent next to nothing for … seconds":
      "six tries of half a minute each: shown by FailureCodeTests",
    "internal: unexpected error: …":
      "for an error that has no words: none is known",
  ]

  /// What still has no transcript.
  static let owed = Set(
    owedLines.split(separator: "\n").map(String.init))

  private static let owedLines = """
    Failure+Check: has the value '…', which it can not have
    Failure+Check: is not of the type that belongs there
    Failure+Check: sections with folders belong there
    Failure+Check: the header's entry of '…' is broken
    Failure+Check: the safetensors header claims … bytes
    Failure+Check: the tensor '…' is out of place
    Failure+Check: too long: … bytes instead of …
    Failure+Check: workflows … and … need
    Failure+SetWidget: node … (…)
    Failure+TOML: ',' or a closing bracket should stand here
    Failure+TOML: '=' should stand here
    Failure+TOML: a carriage return without a line feed
    Failure+TOML: a comma before the end of an inline table
    Failure+TOML: a control character
    Failure+TOML: a date or time that does not exist
    Failure+TOML: a key should stand here
    Failure+TOML: a line break in a string of one line
    Failure+TOML: a line break in an inline table
    Failure+TOML: a number of more than 64 bits
    Failure+TOML: a number that TOML does not have
    Failure+TOML: a string that does not end
    Failure+TOML: an escape that TOML does not have
    Failure+TOML: an inline table cannot be added to
    Failure+TOML: more than a manifest may have
    Failure+TOML: the key is no table, so nothing can be put below it
    Failure+TOML: the key stands here a second time
    Failure+TOML: the table stands here a second time
    Failure+TOML: too many values inside each other
    Failure+Workflow: ',' or the end
    Failure+Workflow: '…' is no value for that option
    Failure+Workflow: '…' is no widget index
    Failure+Workflow: a name or '}'
    Failure+Workflow: a number that JSON does not have
    Failure+Workflow: a quoted field that does not end as it should
    Failure+Workflow: a row has four fields or more, not …
    Failure+Workflow: a raw control character … in a string
    Failure+Workflow: an escape that JSON does not have
    Failure+Workflow: more than … bytes
    Failure+Workflow: more than … values
    Failure+Workflow: no option '…'
    Failure+Workflow: the end of the text
    Failure+Workflow: the table is larger than 16 MiB
    commit.moving: another process keeps committing
    git.ignored: git ignores the manifest
    git.timeout: 'git …' did not end within … seconds
    index.damaged: the index was damaged and set aside
    loaders.syntax: see comfy-loaders(5)
    manifest.ambiguous-model: name the reference in a record on --stdin
    manifest.ambiguous-model: … entries of the workflow '…' are called '…'
    manifest.contended: '…' was replaced by another program … times while it was to be written
    manifest.contended: run the same command again; nothing was changed
    manifest.entry: correct that line, then run '… fsck' again
    manifest.locked: process … on …
    manifest.missing-row: '…' of workflow '…' has a hash that the global table lacks
    manifest.stale: no hash
    manifest.stale: no node of workflow '…' names '…' any more
    manifest.unfaithful: the edit of '…' would not read back as it was meant
    manifest.unfaithful: this is a fault of …; nothing was changed
    manifest.unused: no workflow uses '…'
    model.unreadable: cannot be read: …
    model.unreadable: chmod u+r …
    widget.ambiguous: change it in ComfyUI
    widget.ambiguous: … has the value in … places
    widget.contended: another program keeps writing '…'
    widget.inside-text: change it in ComfyUI
    widget.inside-text: the value of … is part of a longer text
    widget.link: change it there, in ComfyUI
    widget.link: the value of … comes from node …
    widget.no-file: a workflow on standard input can not be written back
    widget.no-file: name its file
    widget.not-json: save it as JSON from ComfyUI
    widget.not-json: the workflow is inside a … image
    widget.shared: change it in ComfyUI
    widget.shared: the value belongs to a subgraph that is placed several times: nodes
    widget.unknown: … has no value '…'
    workflow.ambiguous-model: add --node with one of: …
    workflow.ambiguous-model: several models of the workflow '…' are called '…'
    workflow.damaged: get the file again
    workflow.damaged: the … image '…' is damaged at byte …
    workflow.no-path: name its file instead
    workflow.no-path: the manifest does not say where the workflow '…' is
    workflow.too-large: '…' has … bytes; a workflow has … at most
    workflow.too-many-nodes: the subgraphs of '…' unfold to more than … values
    """

  @Test func everyMessageStandsInATranscript() throws {
    let lines = try Self.shownLines()
    let messages = try Self.messages()
    for (message, place) in messages.sorted(by: { $0.value < $1.value }) {
      let isShown = Self.isShown(message, in: lines)
      let isExcepted =
        Self.exceptions[message.description] != nil || Self.owed.contains(message.description)
      if !isShown, !isExcepted {
        Issue.record("\(place): no transcript shows \(message.description)")
      }
      if isShown, isExcepted {
        Issue.record(
          "\(place): a transcript shows it, so it is no exception: \(message.description)")
      }
    }
    let known = Set(messages.keys.map(\.description))
    for name in Set(Self.exceptions.keys).union(Self.owed).subtracting(known) {
      Issue.record("excepted, but nowhere in the sources: \(name)")
    }
  }

  /// The messages of the sources, with the place of each.
  static func messages() throws -> [Message: String] {
    var messages: [Message: String] = [:]
    for folder in ["Sources/Plumbing", "Sources/Porcelain"] {
      for path in try files(in: folder, named: ".swift") {
        let isWords = path.contains("/Shared/Failures/")
        let source = try String(contentsOfFile: path, encoding: .utf8)
        let short = String(path.dropFirst(Runner.root.string.utf8.count + 1))
        var calls: [String: String?] = ["Failure": nil, "ValidationError": "usage"]
        if isWords { calls["init"] = .some(nil) }
        for literal in SourceText(source, calls: calls).literals {
          guard isWords || literal.call != nil else { continue }
          let message = Message(
            name: literal.call ?? FilePath(path).stem ?? "",
            text: literal.pieces.joined(separator: "…").trimmingCharacters(in: .whitespaces))
          guard message.text.contains(where: \.isLetter) else { continue }
          messages[message] = "\(short):\(literal.line)"
        }
      }
    }
    return messages
  }

  /// What the transcripts show, without the commands and remarks.
  static func shownLines() throws -> [String] {
    try files(in: "Tests/Transcripts/cases", named: "/expect").flatMap {
      try String(contentsOfFile: $0, encoding: .utf8).split(separator: "\n").filter {
        !$0.hasPrefix("$ ") && !$0.hasPrefix("# ")
      }.map { String($0).replacing("\\\"", with: "\"") }
    }
  }

  /// Whether the fixed pieces of the message stand in a line, in their order.
  static func isShown(_ message: Message, in lines: [String]) -> Bool {
    let pieces = message.text.split(separator: "…")
    return lines.contains { line in
      var rest = line[...]
      for piece in pieces {
        guard let range = rest.range(of: piece) else { return false }
        rest = rest[range.upperBound...]
      }
      return true
    }
  }

  private static func files(in folder: String, named ending: String) throws -> [String] {
    let base = Runner.root.appending(folder).string
    let names = FileManager.default.enumerator(atPath: base)?.allObjects as? [String] ?? []
    return names.sorted().map { "\(base)/\($0)" }.filter { $0.hasSuffix(ending) }
  }
}
