import SystemPackage
import Testing

@testable import ComfyCore

@Suite("Git configuration")
struct GitConfigurationTests {
  let sandbox: GitSandbox

  init() throws { sandbox = try GitSandbox() }

  private func configuration(in directory: FilePath? = nil) throws -> GitConfiguration {
    try GitConfiguration(
      in: directory ?? sandbox.repository, environment: sandbox.environment)
  }

  private var home: FilePath { sandbox.root.appending("home") }

  @Test("system, XDG, global, local, environment: the last one wins, all are listed")
  func levels() throws {
    let system = sandbox.root.appending("system")
    try sandbox.write("[comfy]\n\tjobs = 1\n", to: system)
    try sandbox.write("[comfy]\n\tjobs = 2\n", to: home.pushing(".config/git/config"))
    try sandbox.git("config", "--global", "comfy.jobs", "3")
    sandbox.environment.variables["GIT_CONFIG_NOSYSTEM"] = nil
    sandbox.environment.variables["GIT_CONFIG_SYSTEM"] = system.string
    #expect(try configuration(in: sandbox.root).strings("comfy.jobs") == ["1", "2", "3"])
    try sandbox.git("config", "comfy.jobs", "4")
    try sandbox.git("config", "--add", "comfy.jobs", "5")
    sandbox.environment.variables.merge(
      [
        "GIT_CONFIG_COUNT": "1", "GIT_CONFIG_KEY_0": "Comfy.Jobs", "GIT_CONFIG_VALUE_0": "6",
        "GIT_CONFIG_PARAMETERS": "'comfy.jobs'='7' 'comfy.jobs=8' 'comfy.x'= 'comfy.q'='it'\\''s'",
      ], uniquingKeysWith: { $1 })
    let configuration = try configuration()
    let all = (1...8).map(String.init)
    #expect(try configuration.strings("comfy.jobs") == all)
    #expect(
      try sandbox.git("config", "--get-all", "comfy.jobs").split(separator: "\n").map(String.init)
        == all)
    #expect(try configuration.integer("COMFY.jobs") == 8)
    #expect(try configuration.bool("comfy.x") == true)
    #expect(try configuration.string("comfy.q") == "it's")
    sandbox.environment.variables["GIT_CONFIG_NOSYSTEM"] = "1"
    #expect(try self.configuration().strings("comfy.jobs").first == "2")
  }

  @Test("GIT_CONFIG_GLOBAL stands for both files of the user, /dev/null for none")
  func globalFile() throws {
    try sandbox.write("[comfy]\n\tjobs = 2\n", to: home.pushing(".config/git/config"))
    try sandbox.write("[comfy]\n\tjobs = 9\n", to: sandbox.root.appending("mine"))
    sandbox.environment.variables["GIT_CONFIG_GLOBAL"] = sandbox.root.appending("mine").string
    #expect(try configuration().strings("comfy.jobs") == ["9"])
    sandbox.environment.variables["GIT_CONFIG_GLOBAL"] = "/dev/null"
    #expect(try configuration().string("comfy.jobs") == nil)
    #expect(try configuration().string("user.name") == nil)
  }

  @Test("XDG_CONFIG_HOME")
  func xdgHome() throws {
    try sandbox.write("[comfy]\n\tjobs = 2\n", to: sandbox.root.pushing("xdg/git/config"))
    sandbox.environment.variables["XDG_CONFIG_HOME"] = sandbox.root.appending("xdg").string
    #expect(try configuration().string("comfy.jobs") == "2")
  }

  @Test("includes, and those for a repository only")
  func includes() throws {
    try sandbox.write("[comfy]\n\tjobs = 7\n", to: home.appending("more"))
    try sandbox.git("config", "include.path", home.appending("more").string)
    #expect(try configuration().string("comfy.jobs") == "7")
  }

  @Test(
    "the user's includes with a condition",
    arguments: [
      ("gitdir:ROOT/", true), ("gitdir:REPOSITORY/.git", true), ("gitdir/i:REPOSITORY/.GIT", true),
      ("onbranch:main", true), ("gitdir:/elsewhere/", false), ("onbranch:other", false),
    ])
  func conditions(condition: String, holds: Bool) throws {
    try sandbox.write("[comfy]\n\tjobs = 7\n", to: home.appending("more"))
    let condition = condition.replacing("ROOT", with: sandbox.root.string)
      .replacing("REPOSITORY", with: sandbox.repository.string)
    try sandbox.git(
      "config", "--global", "includeIf.\(condition).path", home.appending("more").string)
    #expect(try configuration().string("comfy.jobs") == (holds ? "7" : nil))
    #expect(try configuration(in: sandbox.root).string("comfy.jobs") == nil)
    sandbox.environment.currentDirectory = sandbox.repository
    let configured = try Settings.Configured(in: sandbox.environment)
    #expect(configured.values[.jobs] == (holds ? "7" : nil))
  }

  @Test("a file that a condition of the repository includes is the repository's")
  func conditionOfRepository() throws {
    try sandbox.write(
      "[comfy]\n\toffline = true\n", to: sandbox.repository.appending(".git").appending("more"))
    try sandbox.git("config", "includeIf.onbranch:main.path", "more")
    let values = try configuration().values("comfy.offline")
    #expect(values.map(\.isFromRepository) == [true])
  }

  @Test("a linked work tree's own settings")
  func workTreeSettings() throws {
    try sandbox.commitByHand(["x": "x"])
    let linked = sandbox.root.appending("linked")
    try sandbox.git("worktree", "add", "--quiet", linked.string)
    try sandbox.git("config", "extensions.worktreeConfig", "true")
    try sandbox.git("config", "comfy.jobs", "1")
    try sandbox.git("config", "--worktree", "comfy.jobs", "2", in: linked)
    #expect(try configuration().string("comfy.jobs") == "1")
    #expect(try configuration(in: linked).string("comfy.jobs") == "2")
  }

  @Test("kinds of values")
  func kinds() throws {
    try sandbox.write(
      """
      [comfy]
      \tflag
      \tempty =
      \ton = Yes
      \toff = 0
      \tsize = 2k
      \thuge = 99999999999g
      \thome = ~/models
      \ttext = " a # b "
      [comfy "Sub.Section"]
      \tkey = v

      """, to: home.appending(".gitconfig"))
    let configuration = try configuration()
    #expect(try configuration.bool("comfy.flag") == true)
    #expect(try configuration.string("comfy.flag") == "")
    #expect(try configuration.bool("comfy.empty") == false)
    #expect(try configuration.bool("comfy.on") == true)
    #expect(try configuration.bool("comfy.off") == false)
    #expect(try configuration.integer("comfy.size") == 2048)
    #expect(try configuration.path("comfy.home") == home.appending("models"))
    #expect(try configuration.string("comfy.text") == " a # b ")
    #expect(try configuration.string("COMFY.Sub.Section.KEY") == "v")
    #expect(try configuration.string("comfy.sub.section.key") == nil)
    #expect(try configuration.string("comfy.unset") == nil)
    #expect(throws: GitError.configurationValue(key: "comfy.huge", value: "99999999999g")) {
      try configuration.integer("comfy.huge")
    }
    #expect(throws: GitError.configurationValue(key: "comfy.home", value: "~/models")) {
      try configuration.bool("comfy.home")
    }
  }

  @Test("set writes where git config does, and git reads it")
  func set() throws {
    let value = "/models # \"x\" \\ y; "
    try configuration().set("comfy.modelsDir", to: value)
    #expect(try sandbox.git("config", "--local", "comfy.modelsDir") == value)
    try configuration().set("comfy.modelsdir", to: "b")
    #expect(try sandbox.git("config", "--get-all", "comfy.modelsDir") == "b")
    #expect(throws: GitError.self) {
      try configuration(in: sandbox.root).set("comfy.modelsDir", to: "c")
    }
  }

  @Test(
    "what git would refuse is refused",
    arguments: [
      (["GIT_CONFIG_COUNT": "x"], "GIT_CONFIG_COUNT", "x"),
      (["GIT_CONFIG_COUNT": "1"], "GIT_CONFIG_KEY_0", ""),
      (["GIT_CONFIG_COUNT": "1", "GIT_CONFIG_KEY_0": "a"], "GIT_CONFIG_KEY_0", "a"),
      (["GIT_CONFIG_PARAMETERS": "'a"], "GIT_CONFIG_PARAMETERS", "'a"),
      (["GIT_CONFIG_NOSYSTEM": "perhaps"], "GIT_CONFIG_NOSYSTEM", "perhaps"),
    ])
  func refused(variables: [String: String], name: String, value: String) throws {
    sandbox.environment.variables.merge(variables, uniquingKeysWith: { $1 })
    #expect(throws: GitError.environment(variable: name, value: value)) {
      _ = try configuration()
    }
  }

  @Test("a broken file is an error that names it")
  func broken() throws {
    try sandbox.write("[comfy\njobs", to: home.appending(".gitconfig"))
    let error = #expect(throws: GitError.self) { _ = try configuration() }
    guard case .library(let failure)? = error else {
      Issue.record("\(String(describing: error))")
      return
    }
    #expect(failure.message.contains(".gitconfig"))
  }
}
