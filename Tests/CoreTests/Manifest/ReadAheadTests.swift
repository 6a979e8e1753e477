import Foundation
import SystemPackage
import Testing

@testable import ComfyCore

/// A manifest that is read before somebody asks for it is the one that is there when they ask.
@Suite final class ReadAheadTests {
  let directory: FilePath
  let store: ManifestStore

  init() throws {
    directory = try makeTemporaryDirectory(for: "read-ahead")
    store = ManifestStore(path: directory.appending("pyproject.toml"))
  }

  deinit { try? FileManager.default.removeItem(atPath: directory.string) }

  private func write(_ text: String) throws {
    try Data(text.utf8).write(to: URL(fileURLWithPath: store.path.string))
  }

  /// Reads ahead and returns when that is over.
  private func readAhead() {
    store.readAhead()
    _ = store.last.bytes
  }

  private static func manifest(of workflow: String) -> String {
    "[tool.comfydock.workflows.\(workflow)]\nmodels = []\n"
  }

  /// Where in memory the text of a manifest lies.
  private static func place(of manifest: Manifest) -> UnsafePointer<UInt8>? {
    manifest.document.bytes.withUnsafeBufferPointer(\.baseAddress)
  }

  @Test("what was read is not read in vain")
  func keeps() throws {
    let text = Self.manifest(of: "one")
    try write(text)
    readAhead()
    #expect(store.last.bytes == Array(text.utf8))
    let manifest = try store.read()
    #expect(manifest.workflows.map(\.name) == ["one"])
    // The same document, not another of the same text.
    #expect(try Self.place(of: store.read()) == Self.place(of: manifest))
  }

  @Test("what has changed since counts")
  func seesChanges() throws {
    try write(Self.manifest(of: "one"))
    store.readAhead()
    try write(Self.manifest(of: "another"))
    #expect(try store.read().workflows.map(\.name) == ["another"])
  }

  @Test("a file that looks unchanged is not read again for the first answer, but for a change")
  func trustsOnce() throws {
    for isFirst in [true, false] {
      let store = ManifestStore(path: store.path)
      try write(Self.manifest(of: "one"))
      let status = try #require(try FileStatus(of: store.path))
      store.readAhead()
      // Work ahead is done in turn: this comes after it.
      _ = Ahead { true }.value
      if !isFirst { #expect(try store.read().workflows.map(\.name) == ["one"]) }
      try write(Self.manifest(of: "two"))
      try setTimes(of: store.path, to: status)
      #expect(try store.read().workflows.map(\.name) == [isFirst ? "one" : "two"])
      let update = try store.update { manifest throws(ManifestError) in
        manifest.ensureWorkflow("three", path: "three.json")
      }
      #expect(String(decoding: update.after, as: UTF8.self).contains("workflows.two"))
    }
  }

  /// Gives the file the time of change that it had.
  private func setTimes(of path: FilePath, to status: FileStatus) throws {
    let time = timespec(
      tv_sec: .init(status.modified.seconds), tv_nsec: .init(status.modified.nanoseconds))
    try #require(utimensat(AT_FDCWD, path.string, [time, time], 0) == 0)
    #expect(try FileStatus(of: path)?.isUnchanged(since: status) == true)
  }

  @Test("an update changes what is there, not what was read ahead")
  func updates() throws {
    try write(Self.manifest(of: "one"))
    readAhead()
    try write("# by hand\n" + Self.manifest(of: "two"))
    let update = try store.update { manifest throws(ManifestError) in
      manifest.ensureWorkflow("three", path: "three.json")
    }
    let text = String(decoding: update.after, as: UTF8.self)
    #expect(text.hasPrefix("# by hand\n" + Self.manifest(of: "two")))
    #expect(text.contains("three.json"))
  }

  @Test("what hinders it is told by whoever reads")
  func tellsTrouble() throws {
    readAhead()
    #expect(throws: ManifestError.self) { try store.read() }
    try write("models = [")
    readAhead()
    do {
      _ = try store.read()
      Issue.record("it is no TOML")
    } catch {
      guard case .syntax(let path, _, _, _) = error else { throw error }
      #expect(path == store.path)
    }
    try write(Self.manifest(of: "one"))
    #expect(try store.read().workflows.map(\.name) == ["one"])
  }
}
