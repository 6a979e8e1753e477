import SystemLibrary
import SystemPackage
import Testing

@testable import ComfyCore

/// Where a project is found and made, and which workflows it has.
@Suite("Places of a project")
struct ProjectPlaceTests {
  /// A folder with ComfyUI's own repository in it.
  private static func comfyUI() throws -> (sandbox: GitSandbox, folder: FilePath) {
    let sandbox = try GitSandbox(initialised: false)
    let folder = sandbox.root.appending("ComfyUI")
    for name in ["main.py", "folder_paths.py"] { try sandbox.write("", to: folder.appending(name)) }
    try sandbox.write("[project]\nname = \"ComfyUI\"\n", to: folder.appending("pyproject.toml"))
    try sandbox.write("/models/\n/user/\n", to: folder.appending(".gitignore"))
    try sandbox.write("v", to: folder.pushing("models/vae/v.pt"))
    try sandbox.git("init", "--quiet", folder.string)
    return (sandbox, folder)
  }

  private static func project(_ sandbox: GitSandbox, in directory: FilePath) -> Project {
    var environment = sandbox.environment
    environment.currentDirectory = directory
    return Project(
      environment: environment,
      flags: [.index: sandbox.root.appending("index.sqlite").string, .offline: "true"])
  }

  @Test(arguments: ["", "models", "custom_nodes/x"])
  func insideOfComfyUIItIsInUserDefault(directory: String) throws {
    let (sandbox, folder) = try Self.comfyUI()
    let place = directory.isEmpty ? folder : folder.pushing(FilePath(directory))
    try place.makeDirectories()
    #expect(throws: ManifestError.self) { try Self.project(sandbox, in: place).manifestStore() }
    let made = try Self.project(sandbox, in: place).initialise(modelsDirectory: nil)
    #expect(made.manifest == folder.pushing("user/default/pyproject.toml"))
    #expect(made.modelsDirectory == folder.appending("models"))
    #expect(made.madeRepository)
    let again = Self.project(sandbox, in: place)
    #expect(try again.manifestStore().path == made.manifest)
    #expect(try again.modelRoots().first?.path == folder.appending("models"))
    #expect(try FileStatus(of: folder.appending("pyproject.toml"))?.size == 27)
  }

  @Test(arguments: ["[tool.comfydock]", "[tool.comfygit.workflows]", "[tool.comfy.hashes]"])
  func aProjectOfItsOwnInsideOfComfyUIIsKept(table: String) throws {
    let (sandbox, folder) = try Self.comfyUI()
    let own = folder.pushing("custom_nodes/x")
    try sandbox.write(table + "\n", to: own.appending("pyproject.toml"))
    let made = try Self.project(sandbox, in: own).initialise(modelsDirectory: nil)
    #expect(made.manifest == own.appending("pyproject.toml"))
    #expect(try Self.project(sandbox, in: own).manifestStore().path == made.manifest)
  }

  @Test(arguments: ["", "examples"])
  func theFileOfANodePackageIsNotAdopted(directory: String) throws {
    let (sandbox, folder) = try Self.comfyUI()
    let pack = folder.pushing("custom_nodes/pack")
    let text = "[project]\nname = \"pack\"\n"
    try sandbox.write(text, to: pack.appending("pyproject.toml"))
    let place = pack.pushing(FilePath(directory))
    try place.makeDirectories()
    let made = try Self.project(sandbox, in: place).initialise(modelsDirectory: nil)
    #expect(made.manifest == folder.pushing("user/default/pyproject.toml"))
    #expect(try Self.project(sandbox, in: place).manifestStore().path == made.manifest)
    let file = try FileBytes.read(pack.appending("pyproject.toml"), limit: 100)
    #expect(String(decoding: file, as: UTF8.self) == text)
  }

  @Test(arguments: ["", "models/vae"])
  func aModelsDirectoryOneLevelOffIsAnswered(given: String) throws {
    let (sandbox, folder) = try Self.comfyUI()
    let path = given.isEmpty ? folder : folder.pushing(FilePath(given))
    let meant = folder.appending("models")
    let place = sandbox.root.appending("project")
    try place.makeDirectories()
    #expect(throws: ProjectError.misplacedModelsDirectory(path, meant: meant, origin: .flag)) {
      try Self.project(sandbox, in: place).initialise(modelsDirectory: path)
    }
    #expect(meant.meantModelsDirectory == nil)
  }

  @Test func aWorkflowCountsFromWhenItWasRead() throws {
    let project = try ResolutionProject(files: [:], loaders: [("VAELoader", "v.pt")])
    _ = try project.resolve()
    #expect(try project.project().manifestStore().read().workflows.map(\.name) == ["portrait"])
    let count = try project.commits().count
    _ = try project.resolve()
    #expect(try project.commits().count == count)
  }

  @Test func aDryRunWritesNothing() throws {
    let project = try ResolutionProject(
      files: ["vae/v.pt": "v"], loaders: [("VAELoader", "v.pt")])
    let before = try FileBytes.read(project.sandbox.manifest, limit: 1 << 20)
    let run = project.project()
    var options = ResolutionOptions()
    options.isDryRun = true
    let source = try #require(try run.workflowSources(["portrait.json"]).first)
    let result = try run.resolveWorkflow(source, options: options)
    #expect(result.modelsResolved.count == 1)
    #expect(try FileBytes.read(project.sandbox.manifest, limit: 1 << 20) == before)
  }

  @Test func entriesGoAlongWithARenamedFile() throws {
    let project = try ResolutionProject(
      files: ["vae/v.pt": "v"], loaders: [("VAELoader", "v.pt")])
    _ = try project.resolve()
    let entries = try project.entries()
    let old = project.sandbox.repository.appending("portrait.json")
    let bytes = try FileBytes.read(old, limit: 1 << 20)
    try project.sandbox.write(
      String(decoding: bytes, as: UTF8.self),
      to: project.sandbox.repository.appending("landscape.json"))
    try #require(unlink(old.string) == 0)
    let run = project.project()
    let source = try #require(try run.workflowSources(["landscape.json"]).first)
    _ = try run.resolveWorkflow(source)
    let manifest = try project.project().manifestStore().read()
    #expect(manifest.workflows.map(\.name) == ["landscape"])
    #expect(manifest.workflow(named: "landscape")?.models == entries)
  }

  @Test func sourcesChangeAndThePinStays() throws {
    let project = try ResolutionProject(
      files: ["vae/v.pt": "v"], loaders: [("VAELoader", "v.pt")])
    _ = try project.resolve()
    let pin = try #require(try project.entries().first?.hash)
    let urls = try [SourceURL("https://example.org/v.pt")]
    func change(_ kind: SourceChange.Kind, expecting expected: ExpectedHash = .any) throws {
      _ = try project.project().change(
        [SourceChange(kind, workflow: "portrait", selection: .filename("v.pt"), urls: urls)],
        expecting: expected)
    }
    #expect(throws: ManifestError.self) { try change(.add, expecting: .none) }
    try change(.add, expecting: .hash(pin))
    #expect(try project.entries().map(\.sources) == [["https://example.org/v.pt"]])
    #expect(try project.project().manifestStore().read().models.map(\.sources.count) == [1])
    try change(.drop)
    #expect(throws: ManifestError.self) { try change(.drop) }
    #expect(try project.entries().map(\.sources) == [[]])
    #expect(try project.entries().map(\.hash) == [pin])
  }
}
