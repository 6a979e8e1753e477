internal import ComfyCore

/// Where the user says that the project and the models are. A command that a message names repeats
/// it: it then does what is meant, from where the user is.
package struct GivenPlaces: Sendable, Hashable {
  /// Those of the command that runs.
  @TaskLocal package static var current = GivenPlaces()

  /// The directories of `-C`, each seen from the one before it.
  package var directories: [String] = []
  /// The value of `--models-dir`.
  package var modelsDirectory: String?

  package init() {}

  /// The options as words of a command.
  ///
  /// - Parameter text: The rest of that command; what it says itself is left out.
  func words(besides text: String) -> [String] {
    let option = Setting.modelsDir.flagName
    guard let modelsDirectory, !text.split(separator: " ").contains(Substring(option)) else {
      return directoryWords
    }
    return directoryWords + [option, ShellText.optionValue(modelsDirectory)]
  }

  /// The directories as options of a command, of git's too.
  var directoryWords: [String] { directories.flatMap { ["-C", ShellText.optionValue($0)] } }
}
