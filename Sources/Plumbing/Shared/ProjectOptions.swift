public import ArgumentParser
public import Core

/// Where the project is and what strengthens its settings.
public struct ProjectOptions: ParsableArguments {
  @Option(
    name: [.customShort("C")], parsing: .singleValue,
    help: ArgumentHelp("Run as if started in DIR.", valueName: "dir"),
    completion: .directory)
  public var directory: [String] = []

  @Option(
    name: .long, help: ArgumentHelp("The models directory.", valueName: "dir"),
    completion: .directory)
  public var modelsDir: String?

  @Option(
    name: .long, help: ArgumentHelp("The model index.", valueName: "file"), completion: .file())
  public var index: String?

  public init() {}

  /// The environment that these options and the surroundings make.
  ///
  /// - Parameter flags: Further settings given as flags.
  /// - Throws: `FileError` for a directory of `-C` that cannot be entered.
  public func environment(
    in context: Context, flags: [Setting: String] = [:]
  ) throws -> Environment {
    var surroundings = context.surroundings
    for directory in directory { surroundings = try surroundings.entering(directory) }
    var given = flags
    given[.modelsDir] = modelsDir
    given[.index] = index
    let environment = Environment(
      surroundings: surroundings, flags: given,
      manifest: directory.isEmpty ? context.manifest : nil)
    environment.fetchOptions = context.fetchOptions
    return environment
  }
}
