import ArgumentParser
import CommandSupport
import ComfyCore
import Foundation
import Synchronization
import SystemPackage
import TestServer
import Testing

@testable import Plumbing

/// A manifest with pending intents, a models directory and a server; commands run in this process.
final class FetchScene {
  let server: TestServer
  let sandbox: Sandbox
  var variables: [String: String]
  /// How files are fetched.
  var options = FetchOptions()
  /// Gets every event of a batch that is told to people.
  var onEvent: @Sendable (FetchEvent) -> Void = { _ in }
  var models: FilePath { sandbox.work.appending("models") }
  private var entries: [String: String] = [:]

  init(server: TestServer) throws {
    self.server = server
    sandbox = try Sandbox()
    variables = sandbox.environment
    variables["COMFY_MODELS_DIR"] = models.string
    variables["COMFY_INDEX"] = sandbox.home.appending("index.sqlite").string
    variables["COMFY_ALLOW_PRIVATE_HOSTS"] = "true"
    variables["COMFY_COMMIT"] = "never"
    try FileManager.default.createDirectory(
      atPath: models.string, withIntermediateDirectories: false)
  }

  deinit { server.stop() }

  convenience init(_ script: @escaping TestServer.Script) throws {
    try self.init(server: try #require(TestServer(script)))
  }

  /// Serves `files` by path, and 404 for everything else.
  convenience init(_ files: [String: [UInt8]]) throws {
    try self.init { request in
      files[request.path].map { ServedFile($0).reply(to: request) } ?? .text(404, "not found\n")
    }
  }

  /// Adds an intent for `lora/NAME` from `url`, a path on the server or a whole address.
  func intend(_ url: String, _ name: String, in workflow: String = "w", optional: Bool = false)
    throws
  {
    let source = url.hasPrefix("/") ? server.url(url) : url
    let node = entries.values.joined().count
    entries[workflow, default: ""] += """

      [[tool.comfydock.workflows.\(workflow).models]]
      filename = "\(name)"
      category = "loras"
      criticality = "\(optional ? "optional" : "flexible")"
      status = "unresolved"
      sources = ["\(source)"]
      relative_path = "loras/\(workflow)/\(name)"
      nodes = [{node_id = "\(node)", node_type = "LoraLoader", widget_idx = 0, widget_value = "\(name)"}]

      """
    let tables = entries.sorted { $0.key < $1.key }.map {
      "[tool.comfydock.workflows.\($0.key)]\n\($0.value)"
    }
    try Data(tables.joined().utf8).write(to: fileURL(sandbox.work.appending("pyproject.toml")))
  }

  private func fileURL(_ path: FilePath) -> URL { URL(fileURLWithPath: path.string) }

  /// How one run of a command ended.
  struct Run {
    /// `nil` when it threw.
    var status: Plumbing.ExitStatus?
    var failure: Failure?
    var output: String
    var talk: String

    var lines: [String] { output.split(separator: "\n").map(String.init) }

    /// The records written with `--json`.
    var records: [[String: Any]] {
      get throws {
        try lines.map { line in
          try #require(
            try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any])
        }
      }
    }
  }

  /// Runs `fetch-intents`.
  func run(
    _ words: String..., input: String = "", cancellation: Cancellation = .never
  ) throws -> Run {
    let streams = ["in", "out", "talk"].map { sandbox.home.appending($0) }
    try Data(input.utf8).write(to: fileURL(streams[0]))
    let descriptors = try streams.map { path in
      try FileDescriptor.open(
        path, .readWrite, options: path == streams[0] ? [] : [.create, .truncate],
        permissions: .ownerReadWrite)
    }
    defer { for descriptor in descriptors { try? descriptor.close() } }
    let environment = ProcessEnvironment(
      variables: variables, home: sandbox.home, currentDirectory: sandbox.work,
      now: { Timestamp(seconds: 1_767_225_600) })
    var context = Context(
      environment: environment, input: descriptors[0], output: OutputStream(descriptors[1]),
      talk: OutputStream(descriptors[2]), cancellation: cancellation)
    context.fetchOptions = options
    context.makeFetchDisplay = { [onEvent] in Listener(onEvent) }
    var run = Run(output: "", talk: "")
    do {
      run.status = try FetchIntents.parse(words).run(in: context)
    } catch {
      run.failure = Failure(error)
    }
    context.output.flush()
    context.talk.flush()
    run.output = try String(contentsOfFile: streams[1].string, encoding: .utf8)
    run.talk = try String(contentsOfFile: streams[2].string, encoding: .utf8)
    return run
  }

  func bytes(_ path: String) -> [UInt8]? {
    (try? Data(contentsOf: fileURL(models.appending(path)))).map { [UInt8]($0) }
  }
}

/// Passes events on.
private final class Listener: FetchDisplay {
  private let listen: @Sendable (FetchEvent) -> Void

  init(_ listen: @escaping @Sendable (FetchEvent) -> Void) { self.listen = listen }
  func show(_ event: FetchEvent) { listen(event) }
  func finish() {}
}

/// A switch that is set once, from any thread.
final class Flag: Sendable {
  private let state = Atomic(false)

  var isSet: Bool { state.load(ordering: .sequentiallyConsistent) }
  func set() { _ = setsNow() }
  /// Whether this is the call that sets it.
  func setsNow() -> Bool { !state.exchange(true, ordering: .sequentiallyConsistent) }
}
