import SystemLibrary
import SystemPackage
import Testing

@testable import ComfyCore

/// Files that go along with a commit of the manifest.
@Suite("Companions of a recorded manifest")
struct CompanionTests {
  let sandbox: GitSandbox

  init() throws { sandbox = try GitSandbox() }

  private var flow: FilePath { sandbox.repository.pushing("workflows/flow.json") }

  /// Writes the texts one after the other and records them together with `flow.json`.
  private func record(_ texts: [String]) throws -> [CommitOutcome] {
    try sandbox.write(texts.last ?? "", to: sandbox.manifest)
    let steps = texts.map {
      HistoryStep(content: .bytes(Array($0.utf8)), message: GitSandbox.message)
    }
    return try HistoryRecorder(environment: sandbox.environment)
      .commit(sandbox.manifest, steps, companions: [flow, sandbox.manifest])
  }

  private func files(of commit: String) throws -> String {
    try sandbox.git("show", "--format=", "--name-status", commit)
  }

  @Test("what git does not know goes along with the first commit", arguments: [true, false])
  func unknown(byProgram: Bool) throws {
    if byProgram { try sandbox.git("config", "core.sharedRepository", "group") }
    try sandbox.commitByHand(["pyproject.toml": "a = 0\n", "other": "x\n"])
    try sandbox.write("staged\n", to: sandbox.repository.appending("other"))
    try sandbox.git("add", "other")
    try sandbox.write("{}\n", to: flow)
    _ = try record(["a = 1\n", "a = 2\n"])
    // The program makes one commit of all.
    let first = byProgram ? "HEAD" : "HEAD~1"
    #expect(try files(of: first) == "M\tpyproject.toml\nA\tworkflows/flow.json")
    #expect(try sandbox.git("show", "HEAD:workflows/flow.json") == "{}")
    #expect(try sandbox.git("status", "--porcelain") == "M  other")
    #expect(try sandbox.git("fsck", "--strict", "--no-dangling") == "")
  }

  @Test(
    "a file of a repository inside of this one does not", arguments: [true, false], [true, false])
  func inner(isSubmodule: Bool, byProgram: Bool) throws {
    if byProgram { try sandbox.git("config", "core.sharedRepository", "group") }
    try sandbox.commitByHand(["pyproject.toml": "a = 0\n"])
    let inner = sandbox.root.appending("inner")
    try sandbox.git("init", "--quiet", inner.string)
    try sandbox.write("{}\n", to: inner.appending("flow.json"))
    try sandbox.git("add", ".", in: inner)
    try sandbox.git("commit", "--quiet", "-m", "flow", in: inner)
    if isSubmodule {
      try sandbox.git("submodule", "--quiet", "add", inner.string, "workflows")
      try sandbox.git("commit", "--quiet", "-m", "workflows")
    } else {
      try sandbox.git("clone", "--quiet", inner.string, "workflows")
    }
    _ = try record(["a = 1\n"])
    #expect(try files(of: "HEAD") == "M\tpyproject.toml")
  }

  @Test("what git knows, what is staged and what is ignored does not", arguments: 0..<4)
  func known(_ kind: Int) throws {
    try sandbox.commitByHand(["pyproject.toml": "a = 0\n"])
    switch kind {
    case 0:
      try sandbox.commitByHand(["workflows/flow.json": "{}\n"])
      try sandbox.write("{} changed\n", to: flow)
    case 1:
      try sandbox.write("{}\n", to: flow)
      try sandbox.git("add", "workflows/flow.json")
    case 2:
      try sandbox.commitByHand([".gitignore": "workflows\n"])
      try sandbox.write("{}\n", to: flow)
    default:
      try sandbox.makeDirectory(flow.removingLastComponent())
      try #require(symlink("elsewhere", flow.string) == 0)
    }
    let before = try sandbox.git("status", "--porcelain")
    _ = try record(["a = 1\n"])
    #expect(try files(of: "HEAD") == "M\tpyproject.toml")
    #expect(try sandbox.git("status", "--porcelain") == before)
  }

  @Test("a file outside of the work tree, or none, hinders nothing")
  func elsewhere() throws {
    try sandbox.commitByHand(["pyproject.toml": "a = 0\n"])
    try sandbox.write("a = 1\n", to: sandbox.manifest)
    let outside = sandbox.root.appending("flow.json")
    try sandbox.write("{}", to: outside)
    let outcome = try HistoryRecorder(environment: sandbox.environment).commit(
      sandbox.manifest, [HistoryStep(content: .onDisk, message: GitSandbox.message)],
      companions: [outside, sandbox.repository.appending("nothing.json")])
    guard case .committed? = outcome.first else {
      Issue.record("\(outcome)")
      return
    }
    #expect(try files(of: "HEAD") == "M\tpyproject.toml")
  }
}

/// The setting that has workflow files committed along.
@Suite("Tracking workflows")
struct TrackWorkflowsTests {
  private func project() throws -> ResolutionProject {
    let project = try ResolutionProject(
      files: ["vae/v.pt": "v"], loaders: [("VAELoader", "v.pt")])
    try project.sandbox.git("config", "comfy.trackWorkflows", "true")
    return project
  }

  private func names(in commit: String, of project: ResolutionProject) throws -> [String] {
    try project.sandbox.git("show", "--format=", "--name-only", commit)
      .split(separator: "\n").map(String.init)
  }

  @Test("a workflow goes along with its first recording, and not with later ones")
  func firstRecording() throws {
    let project = try project()
    _ = try project.resolve()
    #expect(try names(in: "HEAD", of: project) == ["portrait.json", "pyproject.toml"])
    #expect(try project.project().portabilityFaults().count == 1)
    try project.setLoaders([("VAELoader", "other.pt")])
    try project.write("o", to: "vae/other.pt")
    _ = try project.resolve()
    #expect(try names(in: "HEAD", of: project) == ["pyproject.toml"])
    #expect(try project.sandbox.git("status", "--porcelain") == " M portrait.json")
  }

  @Test("without it the file is told, with a command that works")
  func told() throws {
    let project = try project()
    try project.sandbox.git("config", "comfy.trackWorkflows", "false")
    _ = try project.resolve()
    let files = try project.project().portabilityFaults().compactMap { fault in
      if case .untrackedWorkflow(let file) = fault.kind { file } else { nil }
    }
    #expect(files.map(\.path) == [project.sandbox.repository.appending("portrait.json")])
    #expect(files.map(\.isIgnored) == [false])
    #expect(files.map(\.workTree) == [nil])
  }

  @Test("a stranger's manifest has no other file committed")
  func noWorkflow() throws {
    let project = try project()
    let secret = project.sandbox.repository.appending("notes.json")
    try project.sandbox.write("[1, 2]", to: secret)
    _ = try project.resolve()
    try project.project().record(message: {
      CommitMessage(action: "resolve", workflows: ["notes"])
    }) { manifest throws(ManifestError) in
      manifest.ensureWorkflow("notes", path: "notes.json")
    }
    #expect(try names(in: "HEAD", of: project) == ["pyproject.toml"])
  }
}
