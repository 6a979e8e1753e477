import Synchronization
import SystemPackage
import TestServer
import Testing

@testable import ComfyCore

/// Entries that somebody changes while their file is being downloaded.
@Suite struct ChangedIntentTests {
  private let file = content(9_000)

  /// Downloads `/a`; when the first bytes have arrived, another process changes the manifest.
  private func run(
    _ meanwhile: @escaping @Sendable (Project, String) throws -> Void
  ) throws -> (scene: BatchScene, report: FetchReport?) {
    let file = file
    let environment = Mutex<(ProcessEnvironment, String)?>(nil)
    let scene = try BatchScene { request in
      var reply = ServedFile(file).reply(to: request)
      guard request.method == "GET", request["Range"] != "bytes=0-0" else { return reply }
      reply.pause = Reply.Pause(after: 100) {
        guard let (environment, url) = environment.withLock({ $0 }) else { return }
        do {
          try meanwhile(Project(environment: environment), url)
        } catch {
          Issue.record(error)
        }
      }
      return reply
    }
    try scene.intend("/a")
    environment.withLock { $0 = (scene.sandbox.environment, scene.server.url("/a")) }
    return (scene, try scene.run())
  }

  private static func change(
    _ kind: SourceChange.Kind, _ url: String, in project: Project
  ) throws {
    _ = try project.change([
      SourceChange(
        kind, workflow: "w", selection: .filename("m.pt"), urls: [try SourceURL(url)])
    ])
  }

  @Test("another source is no reason to leave the hash out")
  func addedSource() throws {
    let (scene, report) = try run { project, _ in
      try Self.change(.add, "https://x.org/m.pt", in: project)
    }
    #expect(report?.failed.isEmpty == true)
    #expect(try scene.hashes == [blake3(file)])
    #expect(try scene.entries.map(\.sources.count) == [2])
  }

  @Test("a file for a source that was taken away is not recorded, and that is an error")
  func otherSource() throws {
    let (scene, report) = try run { project, url in
      try Self.change(.add, "https://x.org/m.pt", in: project)
      try Self.change(.drop, url, in: project)
    }
    #expect(report?.unrecorded.count == 1)
    #expect(try scene.hashes == [nil])
    #expect(try scene.project.manifestStore().read().models.isEmpty)
    guard case .unrecorded(_, let error)? = report?.lines.first?.outcome else {
      Issue.record("\(String(describing: report))")
      return
    }
    #expect(
      error as? ManifestError
        == .unknownSource(
          workflow: "w", filename: "m.pt", url: scene.server.url("/a"),
          known: ["https://x.org/m.pt"]))
  }

  @Test("the same hash, or no entry any more, is what was wanted")
  func settled() throws {
    let (hash, size) = (blake3(file), file.count)
    let (_, report) = try run { project, _ in
      try project.record(message: { CommitMessage(action: "set-hash") }) {
        manifest throws(ManifestError) in
        try manifest.setHash(hash, for: .filename("m.pt"), in: "w")
      }
    }
    #expect(size == 9_000 && report?.failed.isEmpty == true)
    let (scene, other) = try run { project, _ in
      _ = try project.drop([ModelDrop(workflow: "w", selection: .filename("m.pt"))])
    }
    #expect(other?.failed.isEmpty == true)
    #expect(try scene.entries.isEmpty)
    #expect(try scene.project.manifestStore().read().models.isEmpty)
  }
}
