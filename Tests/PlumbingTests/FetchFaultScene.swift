import CommandSupport
import Foundation
import SystemPackage
import TestServer
import Testing

@testable import ComfyCore
@testable import Plumbing

/// A repository with one intent, and a server with a fault.
final class FetchFaultScene {
  static let body = content(300_000, seed: 1)
  /// The same but for the last byte.
  static let wrongBody = Array(body.dropLast()) + [body[body.count - 1] ^ 1]
  /// Another version of the file.
  static let otherBody = content(290_001, seed: 2)
  /// Another version of the same size.
  static let changedBody = content(body.count, seed: 3)
  /// Bytes that the run before the one with the fault leaves, where there is one.
  static let kept = 100_000
  /// Bytes that come over the first of several connections, when no other brings any.
  static let keptOfFirst = 64 << 10
  /// The target, below the models directory.
  static let path = "loras/w/a.gguf"

  let script: FetchFaultScript
  private let server: TestServer
  private let scene: FetchScene
  private let row: FetchFaultTests.Row
  /// Downloads that were asked for before the fault.
  private var askedBefore = 0

  init(_ row: FetchFaultTests.Row) throws {
    let script = FetchFaultScript(row)
    self.script = script
    self.row = row
    let before = try #require(TestServer { script.reply(to: $0) })
    script.begin(at: before.port)
    guard row.fault == .refused, row.situation != .ranges else {
      server = before
      scene = try FetchScene(server: before)
      try prepare(row)
      if row.fault == .refused { script.whenSplit = { before.refuseFurther() } }
      return
    }
    // Waits at the same port until the first try has failed.
    let closed = try #require(
      TestServer(port: before.port, isClosed: true) { script.reply(to: $0) })
    server = closed
    scene = try FetchScene(server: before)
    try prepare(row)
    before.stop()
    let isOpen = Flag()
    script.whenMended = { if isOpen.setsNow() { closed.open() } }
    guard !row.lasts else { return }
    // As many as it takes until the event has come here and the port is open.
    scene.options.attempts = 10_000
    scene.onEvent = { if case .fileRetry = $0 { script.whenMended() } }
  }

  deinit { server.stop() }

  private func prepare(_ row: FetchFaultTests.Row) throws {
    try scene.intend("/a", "a.gguf")
    if row.fault.isFar {
      try Data("machine 127.0.0.1 login reader password secret\n".utf8).write(
        to: URL(fileURLWithPath: scene.sandbox.home.appending(".netrc").string))
    }
    try promise(row)
    try git("init", "--quiet")
    try git("add", ".")
    try git("commit", "--quiet", "--message", "start")
    scene.variables["COMFY_COMMIT"] = nil
    scene.options.firstDelay = 1
    scene.options.longestDelay = 4
    scene.options.longestServerDelay = 5
    scene.options.seed = 7
    // More than half of an eighth of the file: what the first connection has is not divided again.
    scene.options.smallestRange = 20 << 10
    scene.options.splitAfter = .max
    if row.situation == .resume {
      scene.options.attempts = 1
      #expect(try scene.run().status == .remains)
      #expect(kept == (row.fault == .changed(.nothing) ? 0 : Int64(Self.kept)))
      script.goWrong()
      askedBefore = scene.server.requests.count
    }
    scene.options.attempts = FetchFaultTests.Row.attempts
    if row.situation == .ranges {
      scene.options.splitAfter = 0
      scene.options.progressInterval = 0
      scene.onEvent = { [script] in
        if case .fileProgress(_, let progress) = $0 {
          script.order.note(arrived: Int(progress.bytes))
        }
      }
    }
    scene.options.stallWindow = row.fault.isStall ? 300 : 60_000
  }

  /// Writes the workflow, with the hash that it promises.
  private func promise(_ row: FetchFaultTests.Row) throws {
    let hashes = Self.hashes(of: Self.body)
    let promise =
      switch row.fault {
      case .wrongBytes(.sha256): #","hash":"\#(hashes.sha256.hex)","hash_type":"SHA256""#
      case .wrongBytes(.blake3): #","hash":"\#(hashes.blake3.hex)","hash_type":"BLAKE3""#
      default: ""
      }
    let workflow = """
      {"nodes":[{"id":0,"type":"LoraLoader","mode":0,"widgets_values":["a.gguf",1,1],
      "properties":{"models":[{"name":"a.gguf","url":"\(url)","directory":"loras"\(promise)}]}}],
      "links":[],"version":0.4}
      """
    let manifest = scene.sandbox.work.appending("pyproject.toml").string
    let header = "[tool.comfydock.workflows.w]\n"
    let text = try String(contentsOfFile: manifest, encoding: .utf8)
      .replacing(header, with: "\(header)path = \"w.json\"\n")
    try Data(text.utf8).write(to: URL(fileURLWithPath: manifest))
    try Data(workflow.utf8).write(
      to: URL(fileURLWithPath: scene.sandbox.work.appending("w.json").string))
  }

  func run() throws -> FetchScene.Run { try scene.run() }

  // MARK: What was asked

  var url: String { server.url("/a") }

  /// Connections that were made.
  var connections: Int { server.connections }

  private var downloads: [Request] {
    let all =
      scene.server === server
      ? server.requests.dropFirst(askedBefore)
      : scene.server.requests.dropFirst(askedBefore) + server.requests
    return all.filter { $0.method == "GET" }
  }

  /// The downloads since the fault, as `PATH RANGE`.
  var asked: [String] { downloads.map { "\($0.path) \($0["Range"] ?? "-")" } }

  /// The parts of the file that were asked for.
  var parts: [Range<Int>] { downloads.compactMap(\.part) }

  /// Those of them whose answers were right.
  var rightParts: [Range<Int>] {
    script.wrongParts.reduce(into: parts) { parts, wrong in
      parts.firstIndex(of: wrong).map { _ = parts.remove(at: $0) }
    }
  }

  /// Downloads, as in ``asked``, that lacked the credential of their host, or had another's.
  var strayCredentials: [String] {
    let credential = "Basic \(Data("reader:secret".utf8).base64EncodedString())"
    return downloads.filter {
      $0["Authorization"] != (row.fault.isFar && $0.path == "/a" ? credential : nil)
    }
    .map { "\($0.path) \($0["Range"] ?? "-")" }
  }

  /// From here on, one connection brings a file.
  func splitNoMore() { scene.options.splitAfter = .max }

  // MARK: What is left

  struct State: Equatable {
    /// Below the models directory, hidden ones included.
    var files: [String]
    var manifest: String
    /// Subjects, newest first.
    var commits: [String]
    /// What `git status` tells.
    var uncommitted: String
    /// What the index holds.
    var models: [IndexedModel]
  }

  func state() throws -> State {
    var environment = ProcessEnvironment(
      variables: scene.variables, home: scene.sandbox.home,
      currentDirectory: scene.sandbox.work, now: { Timestamp(seconds: 0) })
    environment.variables["TZ"] = nil
    let project = Project(environment: environment)
    let files = FileManager.default.enumerator(atPath: scene.models.string)
    let paths = (files?.allObjects as? [String] ?? []).filter {
      var isDirectory: ObjCBool = false
      return FileManager.default.fileExists(
        atPath: scene.models.appending($0).string, isDirectory: &isDirectory)
        && !isDirectory.boolValue
    }
    return State(
      files: paths.sorted(),
      manifest: try String(
        contentsOfFile: scene.sandbox.work.appending("pyproject.toml").string, encoding: .utf8),
      commits: try git("log", "--format=%s").split(separator: "\n").map(String.init),
      uncommitted: try git("status", "--porcelain", "pyproject.toml", "w.json"),
      models: try project.openIndex(for: .read).models())
  }

  var bytes: [UInt8]? { scene.bytes(Self.path) }

  /// Bytes that a run left for the next one.
  var kept: Int64 {
    PartialFile.storedState(for: scene.models.appending(Self.path))?.done.count ?? 0
  }

  /// What is said of the one file that did not land; without the words of libcurl, which differ from
  /// version to version.
  func failure(in talk: String) -> String {
    let start = "error: 1 of 1 files could not be downloaded\nerror: 'a.gguf': "
    guard talk.hasPrefix(start) else { return talk }
    let words = talk.dropFirst(start.count)
    guard words.hasPrefix("cannot reach '127.0.0.1': ") else { return String(words) }
    let lines = words.split(separator: "\n", maxSplits: 1)
    return "cannot reach '127.0.0.1'\n\(lines.last ?? "")"
  }

  static func hashes(of bytes: [UInt8]) -> (blake3: ModelHash, sha256: SHA256Hash) {
    var blake3 = Blake3Hasher()
    var sha256 = SHA256Hasher()
    blake3.update(bytes)
    bytes.withUnsafeBytes { sha256.update($0) }
    return (blake3.finalize(), sha256.finalize())
  }

  @discardableResult
  private func git(_ words: String...) throws -> String {
    let command = CommandSupport.Command(
      "git", words, environment: scene.variables, directory: scene.sandbox.work)
    let result = try command.run()
    try #require(result.status == .exited(0), "\(result.errorText)")
    return result.outputText
  }

  /// Bytes that begin as a model's do.
  private static func content(_ count: Int, seed: UInt64) -> [UInt8] {
    var state = seed
    return "GGUF".utf8
      + (4..<count).map { _ in
        state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
        return UInt8(truncatingIfNeeded: state >> 33)
      }
  }
}
