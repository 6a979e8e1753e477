import SystemLibrary
import SystemPackage
import Testing

@testable import ComfyCore

@Suite("Whose configuration a setting is believed from")
struct SettingTrustTests {
  let sandbox: GitSandbox

  init() throws {
    sandbox = try GitSandbox()
    sandbox.environment.currentDirectory = sandbox.repository
  }

  /// The text of a setting that the repository's own configuration gives, and what was refused.
  private func text(_ setting: Setting) throws -> (value: String?, refused: [String]) {
    let project = Project(environment: sandbox.environment)
    var refused: [String] = []
    project.disbelieved = {
      switch $0 {
      case .setting(_, let value): refused.append(value)
      case .directory(_, let path): refused.append(path.string)
      case .modelFolder(let folder, _): refused.append(folder.string)
      case .foreignFile(let file), .list(_, let file): refused.append(file.string)
      }
    }
    _ = try project.settings.text(setting)
    return (try project.settings.text(setting)?.value, refused)
  }

  @Test("each setting", arguments: Setting.allCases)
  func repository(setting: Setting) throws {
    try sandbox.git("config", setting.configurationKey, "7")
    let (value, refused) = try text(setting)
    switch setting.trust {
    case .repository, .projectDirectory: #expect(value == "7" && refused.isEmpty)
    case .user: #expect(value == nil && refused == ["7"])
    }
    try sandbox.git("config", "--global", setting.configurationKey, "8")
    let other = try text(setting)
    #expect(other.value == (setting.trust == .user ? "8" : "7"))
  }

  @Test("an included file of a repository is the repository's; one of the user's is the user's")
  func includes() throws {
    try sandbox.write("[comfy]\n\tmirror = a=https://b\n", to: sandbox.repository.appending("more"))
    try sandbox.git("config", "include.path", "../more")
    #expect(try text(.mirror).value == nil)
    try sandbox.git(
      "config", "--global", "include.path", sandbox.repository.appending("more").string)
    #expect(try text(.mirror).value == "a=https://b")
  }

  @Test("a key without a value is true, as for git")
  func bareKey() throws {
    let home = try #require(sandbox.environment.home)
    let old = try String(
      decoding: FileBytes.read(home.appending(".gitconfig"), limit: 1 << 20), as: UTF8.self)
    try sandbox.write(old + "[comfy]\n\toffline\n\tplace\n", to: home.appending(".gitconfig"))
    let settings = Project(environment: sandbox.environment).settings
    #expect(try settings.flag(.offline))
    #expect(try settings.text(.place)?.value == "")
  }

  @Test("a path in configuration may have a colon; in a variable, colons separate paths")
  func colons() throws {
    for path in ["/a:b", "/c"] {
      try sandbox.git("config", "--global", "--add", Setting.nodeMap.configurationKey, path)
    }
    #expect(
      try Project(environment: sandbox.environment).settings.paths(.nodeMap) == ["/a:b", "/c"])
    var environment = sandbox.environment
    environment.variables[Setting.nodeMap.variableName] = "/a:/b"
    #expect(try Project(environment: environment).settings.paths(.nodeMap) == ["/a", "/b"])
  }

  @Test("a work tree's own configuration is the repository's")
  func workTreeConfiguration() throws {
    try sandbox.git("config", "extensions.worktreeConfig", "true")
    try sandbox.git("config", "--worktree", "comfy.mirror", "a=https://b")
    #expect(try text(.mirror).value == nil)
  }

  @Test("the environment's git settings are the user's")
  func variables() throws {
    sandbox.environment.variables["GIT_CONFIG_COUNT"] = "1"
    sandbox.environment.variables["GIT_CONFIG_KEY_0"] = "comfy.mirror"
    sandbox.environment.variables["GIT_CONFIG_VALUE_0"] = "a=https://b"
    #expect(try text(.mirror).value == "a=https://b")
  }

  @Test("a models directory outside the project counts once it is confirmed, and only there")
  func confirmedDirectory() throws {
    let outside = sandbox.root.appending("shared")
    try outside.makeDirectories()
    try sandbox.git("config", "comfy.modelsDir", outside.string)
    #expect(try text(.modelsDir).refused == [outside.string])
    let project = Project(environment: sandbox.environment)
    let confirmed = try #require(ConfirmedDirectories(sandbox.environment))
    try confirmed.confirm(outside, of: #require(project.territory()))
    #expect(try text(.modelsDir).value == outside.string)
    try sandbox.git("config", "comfy.modelsDir", sandbox.root.string)
    #expect(try text(.modelsDir).value == nil)
  }

  @Test("a link that leads out of the project is outside")
  func linkedDirectory() throws {
    let link = sandbox.repository.appending("models")
    try #require(symlink(sandbox.root.string, link.string) == 0)
    try sandbox.git("config", "comfy.modelsDir", "models")
    #expect(try text(.modelsDir).refused == [link.string])
  }

  @Test(
    "the project names no models directory where programs keep settings or code",
    arguments: [".git", ".venv/models", "venv/lib/site-packages", "a/.b/c"])
  func hiddenDirectory(name: String) throws {
    let directory = sandbox.repository.pushing(FilePath(name))
    try directory.makeDirectories()
    try sandbox.git("config", "comfy.modelsDir", name)
    #expect(try text(.modelsDir).refused == [directory.string])
  }

  @Test("an extra_model_paths.yaml in the project gives folders outside only if the user names it")
  func extraFolders() throws {
    let models = sandbox.repository.appending("models")
    try models.makeDirectories()
    try sandbox.git("config", "comfy.modelsDir", "models")
    let file = sandbox.repository.appending("extra_model_paths.yaml")
    try sandbox.write("x:\n  loras: inside\n  vae: \(sandbox.root)\n", to: file)
    let project = Project(environment: sandbox.environment)
    var refused: [Disbelief] = []
    project.disbelieved = { refused.append($0) }
    let inside = sandbox.repository.appending("inside")
    #expect(try project.modelRoots().map(\.path) == [models, inside])
    #expect(refused == [.modelFolder(sandbox.root, namedBy: file)])
    try sandbox.git("config", "--global", "comfy.extraModelPaths", file.string)
    let trusting = Project(environment: sandbox.environment)
    #expect(try trusting.modelRoots().map(\.path) == [models, inside, sandbox.root])
  }

  @Test("a bare repository in a work tree is not taken; elsewhere safe.bareRepository decides")
  func bareRepositories() throws {
    let inner = sandbox.repository.appending("inner")
    let outer = sandbox.root.appending("outer")
    for bare in [inner, outer] { try sandbox.git("init", "--quiet", "--bare", bare.string) }
    func entrance(around directory: FilePath) -> FilePath? {
      RepositoryPlace(around: directory, environment: sandbox.environment)?.entrance
    }
    #expect(entrance(around: inner) == sandbox.repository.appending(".git"))
    #expect(entrance(around: outer) == outer)
    try sandbox.git("config", "--global", "safe.bareRepository", "explicit")
    #expect(entrance(around: outer) == nil)
    sandbox.environment.variables["GIT_DIR"] = outer.string
    #expect(entrance(around: inner) == outer)
  }
}
