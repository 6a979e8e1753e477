import SystemPackage
import Testing

@testable import ComfyCore

/// Models directories outside of projects, which `init` confirms.
@Suite("Confirmed models directories") struct ConfirmedDirectoryTests {
  private let sandbox: GitSandbox
  private var models: FilePath { sandbox.root.appending("shared") }

  init() throws {
    sandbox = try GitSandbox(initialised: false)
    try sandbox.makeDirectory(models)
  }

  private func project(in directory: FilePath) -> Project {
    var environment = sandbox.environment
    environment.currentDirectory = directory
    return Project(
      environment: environment, flags: [.index: sandbox.root.appending("index.sqlite").string])
  }

  @Test("the new project gets the directory, not the one around it")
  func projectInProject() throws {
    let outer = sandbox.root.appending("outer")
    let inner = outer.appending("inner")
    try sandbox.makeDirectory(inner)
    try sandbox.write("[project]\nname = \"p\"\n", to: outer.appending("pyproject.toml"))
    _ = try project(in: inner).initialise(modelsDirectory: models)
    let (here, around) = (project(in: inner), project(in: outer))
    #expect(try here.settings.path(.modelsDir) == models)
    #expect(here.believes(models) && !around.believes(models))
  }

  @Test("what several processes confirm at once is all kept")
  func atOnce() throws {
    let folders = try (1...8).map { number in
      let folder = sandbox.root.appending("p\(number)")
      try sandbox.makeDirectory(folder)
      return folder
    }
    let environment = sandbox.environment
    let models = models
    let list = try #require(ConfirmedDirectories(environment))
    let territories = folders.map { ProjectTerritory(around: $0, environment: environment) }
    let threads = try territories.map { territory in
      try #require(RunningThread { try? list.confirm(models, of: territory) })
    }
    for thread in threads { thread.join() }
    #expect(territories.allSatisfy { list.contain(models, of: $0) })
  }
}
