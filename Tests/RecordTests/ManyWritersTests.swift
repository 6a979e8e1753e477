import CommandSupport
import Core
import Foundation
import Synchronization
import SystemPackage
import Testing

/// Many processes and an editor on one manifest.
@Suite(.serialized) struct ManyWritersTests {
  static let writers = 16
  static let rounds = 50

  @Test("16 processes with 50 intents each, and an editor: nothing is lost")
  func nothingIsLost() async throws {
    let names = (0..<Self.writers * Self.rounds).map { "m\($0).pt" }
    let project = try Project(models: names)
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
    #expect(Set(try project.names()) == Set(names))
    #expect(edits > 0)
    let first = try project.read("pyproject.toml").split(separator: "\n").first
    #expect(first == "# edits:\(String(repeating: "x", count: edits))")

    #expect(try project.commits() == names.count + 1)
    try project.git("fsck", "--strict")
    try checkStates(of: project)
  }

  /// Edits the first line as a careful editor does: read, write a new file, look whether the old
  /// one was changed meanwhile, rename. An editor that overwrites what came after its last look
  /// loses it, whatever we do; so this one looks at what it replaced, and puts it back.
  ///
  /// - Returns: How often.
  private static func edit(_ file: FilePath, until isOver: () -> Bool) throws -> Int {
    let draft = file.removingLastComponent().appending("#draft#")
    var edits = 0
    while !isOver() {
      usleep(20_000)
      let old = try Data(contentsOf: URL(fileURLWithPath: file.string))
      guard let end = old.firstIndex(of: 10) else { continue }
      let new = old[..<end] + Data("x".utf8) + old[end...]
      try new.write(to: URL(fileURLWithPath: draft.string))
      guard try Data(contentsOf: URL(fileURLWithPath: file.string)) == old else { continue }
      try exchange(draft, file)
      guard try Data(contentsOf: URL(fileURLWithPath: draft.string)) == old else {
        try exchange(draft, file)
        continue
      }
      edits += 1
      guard edits < 12 else { break }
    }
    return edits
  }

  /// Renames each of two files to the other's name, in one step.
  private static func exchange(_ one: FilePath, _ other: FilePath) throws {
    typealias Rename =
      @convention(c) (
        Int32, UnsafePointer<CChar>, Int32, UnsafePointer<CChar>, UInt32
      ) -> Int32
    // Declared only for those who ask for GNU's own.
    let symbol = try #require(dlsym(nil, "renameat2"))
    let renameat2 = unsafeBitCast(symbol, to: Rename.self)
    let exchange: UInt32 = 2
    guard renameat2(AT_FDCWD, one.string, AT_FDCWD, other.string, exchange) == 0 else {
      throw Errno(rawValue: errno)
    }
  }

  /// Every commit holds a manifest with one entry more than the one before.
  private func checkStates(of project: Project) throws {
    let commits = try project.git("rev-list", "--reverse", "HEAD").split(separator: "\n")
    let request = commits.map { "\($0):pyproject.toml\n" }.joined()
    let output = try project.command(
      "git", ["cat-file", "--batch"], input: .bytes(Array(request.utf8))
    ).run().output
    var rest = output[...]
    for number in commits.indices {
      let end = try #require(rest.firstIndex(of: 10))
      let size = try #require(
        String(decoding: rest[..<end], as: UTF8.self).split(separator: " ").last.flatMap { Int($0) }
      )
      rest = rest[(end + 1)...]
      // Reading all of them in full takes minutes; counting finds what is missing or double.
      let bytes = Array(rest.prefix(size))
      let count = String(decoding: bytes, as: UTF8.self).components(separatedBy: "filename =").count
      #expect(count - 1 == number)
      if number % 40 == 0 {
        let manifest = try Manifest(parsing: bytes, path: "pyproject.toml")
        #expect(manifest.workflow(named: "flow")?.models.count ?? 0 == number)
      }
      rest = rest.dropFirst(size + 1)
    }
    #expect(rest.isEmpty)
  }

  private static func onThread<Value: Sendable>(
    _ body: @escaping @Sendable () throws -> Value
  ) async throws -> Value {
    try await withCheckedThrowingContinuation { continuation in
      Thread.detachNewThread { continuation.resume(with: Result { try body() }) }
    }
  }
}
