import SystemPackage
import TestServer
import Testing

@testable import ComfyCore

/// A project in a repository of its own, a models directory and a server.
final class BatchScene {
  let server: TestServer
  let sandbox: GitSandbox
  private(set) var events: [FetchEvent] = []

  var models: FilePath { sandbox.root.appending("models") }
  private var index: FilePath { sandbox.root.appending("index.sqlite") }

  init(_ script: @escaping TestServer.Script) throws {
    server = try #require(TestServer(script))
    sandbox = try GitSandbox()
    try sandbox.commitByHand(["pyproject.toml": "[project]\nname = \"p\"\n"])
    try sandbox.makeDirectory(models)
    sandbox.environment.currentDirectory = sandbox.repository
    sandbox.environment.variables["COMFY_MODELS_DIR"] = models.string
    sandbox.environment.variables["COMFY_INDEX"] = index.string
    sandbox.environment.variables["COMFY_ALLOW_PRIVATE_HOSTS"] = "true"
  }

  deinit { server.stop() }

  /// Serves `files` by path, and 404 for everything else.
  convenience init(_ files: [String: [UInt8]]) throws {
    try self.init { request in
      files[request.path].map { ServedFile($0).reply(to: request) } ?? .text(404, "not found\n")
    }
  }

  /// Sets an environment variable of the runs to come; `nil` takes it away.
  func set(_ name: String, _ value: String?) { sandbox.environment.variables[name] = value }

  /// A run's view of the project.
  var project: Project { Project(environment: sandbox.environment) }

  // MARK: CheckedProject

  /// Writes an intent.
  ///
  /// - Parameter url: A path on the server, or a whole address.
  func intend(
    _ url: String, to target: String? = "loras/m.pt", in workflow: String = "w",
    node: String = "1", criticality: Criticality? = nil
  ) throws {
    let path = try target.map { try RelativePath($0) }
    let name = path?.filename ?? "m.pt"
    let intent = DownloadIntent(
      sources: [url.hasPrefix("/") ? server.url(url) : url], relativePath: path)
    try project.record([
      ModelDecision(
        workflow: workflow,
        references: [
          ReferenceKey(
            nodeID: node, nodeType: "LoraLoader", place: .widget(0), widgetValue: name)
        ], filename: name, category: Category("loras"), criticality: criticality,
        answer: .intend(intent))
    ])
  }

  /// Puts a file below the models directory; the index does not know it.
  func put(_ bytes: [UInt8], at path: String) throws {
    let path = models.appending(path)
    try sandbox.makeDirectory(path.removingLastComponent())
    writeFile(path, bytes)
  }

  // MARK: Runs

  @discardableResult
  func run(
    _ selection: FetchSelection = FetchSelection(), cancellation: Cancellation = .never,
    observing: (FetchEvent) -> Void = { _ in }
  ) throws -> FetchReport? {
    events = []
    return try withoutActuallyEscaping(observing) { observe in
      try project.fetchIntents(selection, cancellation: cancellation) { event in
        self.events.append(event)
        observe(event)
      }
    }
  }

  // MARK: What is there

  func bytes(_ path: String) -> [UInt8]? { readFile(models.appending(path)) }

  /// The entries of all workflows.
  var entries: [ManifestWorkflowModel] {
    get throws { try project.manifestStore().read().workflows.flatMap(\.models) }
  }

  /// The hashes of the entries, in order; `nil` for one that is open.
  var hashes: [ModelHash?] { get throws { try entries.map(\.hash) } }

  /// Subjects of the commits that set hashes, newest first.
  var landings: [String] {
    get throws {
      try sandbox.git("log", "--format=%s", "--grep=Comfy-Action: set-hash")
        .split(separator: "\n").map(String.init)
    }
  }

  /// Whether the manifest on disk is the one of the last commit.
  var isCommitted: Bool {
    get throws { try sandbox.git("status", "--porcelain", "pyproject.toml").isEmpty }
  }

  /// Requests that the server saw, as `METHOD PATH`.
  var asked: [String] { server.requests.map { "\($0.method) \($0.path)" } }

  /// The requests that ask for a file's bytes.
  var downloads: [String] {
    server.requests.filter { $0.method == "GET" && $0["Range"] != "bytes=0-0" }.map(\.path)
  }
}

extension FetchReport {
  /// The errors of the files that did not land.
  var errors: [FetchError] { lines.compactMap(\.outcome.error) }
}
