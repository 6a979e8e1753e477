package import ArgumentParser
package import ComfyCore

/// Where the project is and what strengthens its settings.
package struct ProjectOptions: ParsableArguments {
  @Option(
    name: [.customShort("C")], parsing: .singleValue,
    help: ArgumentHelp("Run as if started in DIR.", valueName: "dir"),
    completion: .directory)
  package var directory: [String] = []

  @Option(
    name: .long, help: ArgumentHelp("The models directory.", valueName: "dir"),
    completion: .directory)
  package var modelsDir: String?

  @Option(
    name: .long, help: ArgumentHelp("The model index.", valueName: "file"), completion: .file())
  package var index: String?

  package init() {}

  /// What other commands repeat of them.
  ///
  /// - Parameter entered: The directories of `-C` before the command's name.
  package func givenPlaces(below entered: [String]) -> GivenPlaces {
    var places = GivenPlaces()
    places.directories = entered + directory
    places.modelsDirectory = modelsDir
    places.index = index
    return places
  }

  /// The environment that these options and the environment make.
  ///
  /// - Parameters:
  ///   - flags: Further settings given as flags.
  ///   - made: The directory to work in, made when it does not exist.
  /// - Throws: `FileError` for a directory of `-C` that cannot be entered.
  package func project(
    in context: Context, flags: [Setting: String] = [:], making made: String? = nil
  ) throws -> Project {
    var environment = context.environment
    for directory in directory { environment = try environment.entering(directory) }
    if let made { environment = try environment.entering(made, making: true) }
    var given = flags
    given[.modelsDir] = modelsDir
    given[.index] = index
    let project = Project(
      environment: environment, flags: given,
      manifest: directory.isEmpty && made == nil ? context.manifest : nil)
    project.fetchOptions = context.fetchOptions
    project.disbelieved = { context.warn($0.failure) }
    project.foundDamagedIndex = { index, aside in
      context.warn(aside.map { .damagedIndex($0) } ?? IndexError.damaged(index).failure)
    }
    project.standardInput = context.input
    project.inputCancellation = context.cancellation
    return project
  }
}
