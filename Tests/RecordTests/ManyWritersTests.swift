import CommandSupport
import ComfyCore
import Foundation
import Synchronization
import SystemPackage
import Testing

/// Many processes and an editor on one manifest.
@Suite(.serialized) struct ManyWritersTests {
  static let writers = 16
  static let rounds = 50

  @Test("8 processes that make the index at the same time all do their work")
  func newIndex() throws {
    let project = try RecordedProject(models: ["a.pt"])
    let script = """
      mkdir ../home/models
      for round in 1 2 3 4 5 6; do
        rm -f ../home/index.db*
        jobs=
        for process in 1 2 3 4 5 6 7 8; do
          COMFY_INDEX=../home/index.db "$1" update-index ../home/models >/dev/null &
          jobs="$jobs $!"
        done
        for job in $jobs; do wait $job || exit 1; done
      done
      ls ../home | grep index
      """
    let result = try project.command("sh", ["-c", script, "sh", project.comfy.string]).run()
    #expect(result.status == .exited(0), "\(result.errorText)")
    #expect(!result.outputText.contains("lock"), "\(result.outputText)")
  }

  @Test("16 processes with 50 intents each, and an editor: nothing is lost")
  func nothingIsLost() async throws {
    let names = (0..<Self.writers * Self.rounds).map { "m\($0).pt" }
    let project = try RecordedProject(models: names)
    try project.write("# edits:\n" + project.read("pyproject.toml"), to: "pyproject.toml")
    let script = """
      for round in $(seq 0 \(Self.rounds - 1)); do
        n=$(($2 * \(Self.rounds) + round))
        "$1" add-intent flow.json m$n.pt https://example.com/m$n.pt || exit 1
      done
      """
    let (edits, results) = await withTaskGroup { group in
      for writer in 0..<Self.writers {
        group.addTask {
          try? await Self.onThread {
            try project.command("sh", ["-c", script, "sh", project.comfy.string, "\(writer)"])
              .run()
          }
        }
      }
      let isOver = Atomic(false)
      async let editor = Self.onThread {
        try Self.edit(project.manifest, until: { isOver.load(ordering: .relaxed) })
      }
      var results: [CommandResult?] = []
      for await result in group { results.append(result) }
      isOver.store(true, ordering: .relaxed)
      return ((try? await editor) ?? -1, results)
    }
    for result in results {
      #expect(result?.status == .exited(0), "\(result?.errorText ?? "not run")")
      #expect(result?.errorText == "")
    }
    #expect(edits > 0)
    let first = try project.read("pyproject.toml").split(separator: "\n").first
    #expect(first == "# edits:\(String(repeating: "x", count: edits))")

    #expect(try project.commits() == names.count + 1)
    try project.git("fsck", "--strict")
    try await checkStates(of: project)
    // What the editor overwrote is in the history, but for what it did not live to get there; most
    // often that is nothing at all.
    let overwritten = Set(names).subtracting(try project.names())
    #expect(overwritten.count <= edits / 3, "\(overwritten)")
    for name in overwritten { try project.intend(name) }
    #expect(Set(try project.names()) == Set(names))
  }

  /// Edits the first line as an editor does that saves by renaming: read, write a new file, look
  /// whether the old one was changed meanwhile, rename. What is written between its look and its
  /// rename it overwrites, whatever we do.
  ///
  /// - Returns: How often.
  private static func edit(_ file: FilePath, until isOver: () -> Bool) throws -> Int {
    let draft = file.removingLastComponent().appending("#draft#")
    var edits = 0
    while !isOver(), edits < 12 {
      usleep(20_000)
      let old = try Data(contentsOf: URL(fileURLWithPath: file.string))
      guard let end = old.firstIndex(of: 10) else { continue }
      let new = old[..<end] + Data("x".utf8) + old[end...]
      try new.write(to: URL(fileURLWithPath: draft.string))
      guard try Data(contentsOf: URL(fileURLWithPath: file.string)) == old else { continue }
      guard rename(draft.string, file.string) == 0 else { throw Errno(rawValue: errno) }
      edits += 1
    }
    return edits
  }

  /// What a commit holds.
  private struct State: Sendable {
    let names: Set<String>
    let edits: Int
  }

  /// Every commit holds a manifest with the entries of the one before and one more; only in one that
  /// has another edit as well may the editor have overwritten some.
  private func checkStates(of project: RecordedProject) async throws {
    let texts = try states(of: project)
    let workers = 2
    let states = try await withThrowingTaskGroup(of: [(Int, State)].self) { group in
      for worker in 0..<workers {
        group.addTask {
          try await Self.onThread {
            try stride(from: worker, to: texts.count, by: workers).map { index in
              (index, try Self.state(texts[index]))
            }
          }
        }
      }
      return try await group.reduce(into: [Int: State]()) { all, some in
        for (index, state) in some { all[index] = state }
      }
    }
    for number in 1..<texts.count {
      let (before, after) = (try #require(states[number - 1]), try #require(states[number]))
      guard after.edits == before.edits else { continue }
      #expect(before.names.isSubset(of: after.names), "commit \(number)")
      #expect(after.names.count == before.names.count + 1, "commit \(number)")
    }
  }

  private static func state(_ text: [UInt8]) throws -> State {
    let models = try Manifest(parsing: text, path: "pyproject.toml").workflow(named: "flow")?.models
    let edits = text.prefix { $0 != 10 }.count { $0 == UInt8(ascii: "x") }
    return State(names: Set(models?.map(\.filename) ?? []), edits: edits)
  }

  /// The manifest in each commit, the oldest first.
  private func states(of project: RecordedProject) throws -> [[UInt8]] {
    let commits = try project.git("rev-list", "--reverse", "HEAD").split(separator: "\n")
    let request = commits.map { "\($0):pyproject.toml\n" }.joined()
    let output = try project.command(
      "git", ["cat-file", "--batch"], input: .bytes(Array(request.utf8))
    ).run().output
    var rest = output[...]
    var states: [[UInt8]] = []
    for _ in commits {
      let end = try #require(rest.firstIndex(of: 10))
      let size = try #require(
        String(decoding: rest[..<end], as: UTF8.self).split(separator: " ").last.flatMap { Int($0) }
      )
      states.append(Array(rest[(end + 1)...].prefix(size)))
      rest = rest[(end + 1)...].dropFirst(size + 1)
    }
    #expect(rest.isEmpty)
    return states
  }

  private static func onThread<Value: Sendable>(
    _ body: @escaping @Sendable () throws -> Value
  ) async throws -> Value {
    try await withCheckedThrowingContinuation { continuation in
      Thread.detachNewThread { continuation.resume(with: Result { try body() }) }
    }
  }
}
