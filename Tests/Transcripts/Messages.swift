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
    "Failure+TOML: more than a manifest may have": "takes a manifest of two GiB",
    "Failure+Git: the repository's file system has no hard links or no locks":
      "takes a file system that lacks them, and no git program",
    "commit.moving: another process keeps committing":
      "takes a process that commits between every look at HEAD and the commit, for a second",
    "manifest.contended: another program replaced '…' … times before it could be written":
      "takes a program that writes between every reading and writing",
    "manifest.contended: run the same command again; nothing was changed":
      "takes a program that writes between every reading and writing",
    "manifest.unfaithful: the edit of '…' could not be read back correctly":
      "a fault of the program, found before anything is written",
    "manifest.unfaithful: this is a fault of …; nothing was changed":
      "a fault of the program, found before anything is written",
    "setting.foreign: ignoring '…': it belongs to another user":
      "takes a second user: shown by SecurityTests",
    "widget.contended: another program keeps writing '…'":
      "takes a program that writes between every reading and writing",
    "Failure+Fetch: '…' sent almost no data for … seconds":
      "six tries of half a minute each: shown by FailureCodeTests",
    "Failure+Fetch: '…' redirects from https to plain http, at '…'":
      "takes a server with TLS that redirects: shown by DeceitTests",
    "Failure+Fetch: two different sizes for the same version of the file":
      "takes a server that changes in the middle of a download: shown by FetchFaultTests",
    "Failure+Fetch: a header on two lines":
      "takes a server that writes headers as nobody does any more: shown by DeceitTests",
    "Failure+Files: raise the limit on memory ('ulimit -v'), or run less at once":
      "takes a process with hardly any address space, which fails at another place on each system",
    "Failure+Files: raise the limit on open files ('ulimit -n'), or run less at once":
      "takes a process with hardly a file to open, which fails at another place on each system",
    "Failure+Fetch: the system has no thread left":
      "takes a process that may start no thread: shown by FewThreadsTests",
    "Failure+Fetch: raise the limit on processes and threads ('ulimit -u'), or run less at once":
      "takes a process that may start no thread: shown by FewThreadsTests",
    "Failure+Fetch: : … left to download": "takes a full disk",
    "Failure+Store: '…' changed while it was sent":
      "takes a file that changes while it is sent: shown by BucketTests",
    "Failure+Fetch: … accepts that file,":
      "takes a server with other bytes than those that are meant: shown by FetchFaultTests",
    "Failure+Fetch: set-hash WORKFLOW NAME …": "the same",
    "Failure+Fetch: … names another source; the file is kept and not downloaded again":
      "takes a server with other bytes than those that are meant: shown by FetchFaultTests",
    "model.changing: the file changed while it was read":
      "takes a file that is written to at that very moment",
    "model.changing: run … again when nothing writes to it":
      "takes a file that is written to at that very moment",
    "index.open: the model index '…' cannot be opened":
      "the file is opened before: takes one that SQLite alone cannot open",
    "index.open: check that it is a file and its directory may be written, or name another with --index":
      "the file is opened before: takes one that SQLite alone cannot open",
    "index.damaged: the model index is damaged":
      "takes an index that breaks between its scan and the comparison",
    "Failure+Fetch: given by the workflow":
      "takes a hub whose answer contradicts the workflow",
    "Failure+Fetch: listed by the hub":
      "takes a hub whose answer contradicts its own list",
    "Failure+Fetch: the endpoint of this machine":
      "takes an endpoint that gives unusable keys: shown by MachineKeysTests",
    "Obstacle+Words: sudo chmod a+… …":
      "takes a second user: ObstacleTests shows when it is said",
    "Failure+Open: the workflow expects":
      "takes a workflow's own hash that contradicts a file in place",
    "place.folder: no table knows the folder that … (node …) reads":
      "such a reference is ambiguous before: for what embeds the library",
    "Failure+Workflow: AMO": "letters, not words",
    "Failure+Workflow: JSON file": "takes a file of each kind: shown by MediaTextTests",
    "Failure+Workflow: WebP image": "takes a file of each kind: shown by MediaTextTests",
    "Failure+Workflow: WebM video": "takes a file of each kind: shown by MediaTextTests",
    "Failure+Fetch: '…' is a link out of the models directory, to '…'":
      "for what embeds the engine: a project's folders have a boundary, or their links are followed",
    "Failure+Files: check its contents; such a file is never this large":
      "takes a file of 256 MiB: shown by SecurityTests",
    "workflow.outside: the workflow is outside the project, at '…'": "shown by SecurityTests",
    "workflow.outside: to change it all the same, name that file on the command line":
      "shown by SecurityTests",
    "manifest.link: '…' is a link out of the project, to '…'": "shown by SecurityTests",
    "manifest.link: if the link is yours, put the file in its place:": "shown by SecurityTests",
    "manifest.link: mv -f …": "shown by SecurityTests",
    "internal: unexpected error: …":
      "for an error that has no words: none is known",
  ]

  @Test func everyMessageStandsInATranscript() throws {
    let lines = try Self.shownLines()
    let messages = try Self.messages()
    for (message, place) in messages.sorted(by: { $0.value < $1.value }) {
      let isShown = Self.isShown(message, in: lines)
      let isExcepted = Self.exceptions[message.description] != nil
      if !isShown, !isExcepted {
        Issue.record("\(place): no transcript shows \(message.description)")
      }
      if isShown, isExcepted {
        Issue.record(
          "\(place): a transcript shows it, so it is no exception: \(message.description)")
      }
    }
    let known = Set(messages.keys.map(\.description))
    for name in Set(Self.exceptions.keys).subtracting(known) {
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
