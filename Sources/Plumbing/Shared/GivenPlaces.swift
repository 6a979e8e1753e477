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
  /// The value of `--index`.
  package var index: String?

  package init() {}

  /// The options as words of a command.
  ///
  /// - Parameter text: The rest of that command; what it says itself is left out.
  func words(besides text: String) -> [String] {
    let said = Set(text.split(separator: " ").map(String.init))
    var words = directoryWords
    for (setting, value) in [(Setting.modelsDir, modelsDirectory), (.index, index)] {
      guard let value, !said.contains(setting.flagName) else { continue }
      words += [setting.flagName, ShellText.optionValue(value)]
    }
    return words
  }

  /// The directories as options of a command, of git's too.
  var directoryWords: [String] { directories.flatMap { ["-C", ShellText.optionValue($0)] } }
}
