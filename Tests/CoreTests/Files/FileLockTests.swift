import SystemLibrary
import SystemPackage
import Testing

@testable import ComfyCore

@Suite("A lock file") struct FileLockTests {
  private let scratch: Scratch
  private var path: FilePath { scratch.path.appending("lock") }

  init() throws { scratch = try Scratch() }

  /// What a killed holder leaves: the file with its note, and nobody who holds it.
  private func abandon(_ note: String) throws {
    let content: String
    do {
      let lock = try FileLock(path, patience: 0)
      lock.leave(note)
      content = try scratch.read("lock")
    }
    _ = try scratch.write(content, to: "lock")
  }

  @Test("the note of a killed holder is inherited until somebody removes it") func note() throws {
    try abandon("a commit is owed")
    do {
      let lock = try FileLock(path, patience: 0)
      #expect(lock.inheritance == "a commit is owed")
      // This holder is killed as well.
      let content = try scratch.read("lock")
      _ = consume lock
      _ = try scratch.write(content, to: "lock")
    }
    do {
      let lock = try FileLock(path, patience: 0)
      #expect(lock.inheritance == "a commit is owed")
      lock.forget()
      let content = try scratch.read("lock")
      _ = consume lock
      _ = try scratch.write(content, to: "lock")
    }
    let lock = try FileLock(path, patience: 0)
    #expect(lock.inheritance == nil)
  }

  @Test("a shorter note replaces a longer one whole") func shorter() throws {
    try abandon("a long note\nof several lines")
    do {
      let lock = try FileLock(path, patience: 0)
      lock.leave("short")
      let content = try scratch.read("lock")
      _ = consume lock
      _ = try scratch.write(content, to: "lock")
    }
    let lock = try FileLock(path, patience: 0)
    #expect(lock.inheritance == "short")
  }

  @Test("a note that was cut short is none") func cut() throws {
    try abandon("a commit is owed")
    _ = try scratch.write(String(try scratch.read("lock").dropLast()), to: "lock")
    let lock = try FileLock(path, patience: 0)
    #expect(lock.inheritance == nil)
  }

  @Test("a link in the lock's place is not a lock of ours, wherever it leads")
  func link() throws {
    for target in ["/nowhere/x", "lock"] {
      try #require(symlink(target, path.string) == 0)
      do {
        _ = try FileLock(path, patience: 0)
        Issue.record("it was taken")
      } catch {
        #expect(error == .file(FileError(.lock, path, .fileExists)))
      }
      unlink(path.string)
    }
  }
}
