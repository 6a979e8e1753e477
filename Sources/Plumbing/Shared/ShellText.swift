/// Text as a word of a shell command that a user may copy.
package enum ShellText {
  /// Texts as arguments of a command, spaces between them. One that begins with `-` gets `--` before
  /// it: whoever chose the name must not choose an option with it.
  package static func arguments(_ texts: [String]) -> String {
    let first = texts.firstIndex { $0.hasPrefix("-") }
    var words = texts.map(word)
    if let first { words.insert("--", at: first) }
    return words.joined(separator: " ")
  }

  /// The text as the only argument of a command; see ``arguments(_:)``.
  package static func quoted(_ text: String) -> String { arguments([text]) }

  /// The text as the value of an option.
  package static func optionValue(_ text: String) -> String { word(text) }

  /// A command of ours on names; `words` are the command and its options, as they are written.
  package static func command(_ words: [String], on names: [String]) -> String {
    command((words + (names.isEmpty ? [] : [arguments(names)])).joined(separator: " "))
  }

  /// A command of ours, written without the name of the program, as a user may run it from where
  /// this one was run: with the places that were given to it.
  package static func command(_ text: String) -> String {
    let words = text.split(separator: " ", maxSplits: 1).map(String.init)
    let places = GivenPlaces.current.words(besides: words.dropFirst().first ?? "")
    return ([Program.name] + words.prefix(1) + places + words.dropFirst()).joined(separator: " ")
  }

  /// The same as part of a sentence; see ``inSentence(_:)``.
  package static func commandInSentence(_ text: String) -> String { inSentence(command(text)) }

  /// The beginning of a git command about the project, for the directory that this one was run in.
  package static var git: String {
    (["git"] + GivenPlaces.current.directoryWords).joined(separator: " ")
  }

  /// A command as part of a sentence: between `'`, or between `"` where it has a quoted word.
  package static func inSentence(_ command: String) -> String {
    command.contains("'") ? "\"\(command)\"" : "'\(command)'"
  }

  /// The text bare where a shell takes it as one word, else between `'`; control characters, which
  /// a message cannot show, as `$'\t'`.
  private static func word(_ text: String) -> String {
    let isPlain = text.unicodeScalars.allSatisfy {
      $0.properties.isAlphabetic || ("0"..."9").contains($0)
        || "_-./:@%+=,".unicodeScalars.contains($0)
    }
    if isPlain, !text.isEmpty, !text.hasPrefix("-") { return text }
    if text.unicodeScalars.contains(where: { !SafeText.isVisible($0) }) {
      return "$'" + text.unicodeScalars.map(escaped).joined() + "'"
    }
    return "'"
      + text.split(separator: "'", omittingEmptySubsequences: false)
      .joined(separator: "'\\''") + "'"
  }

  /// The character as it is between `$'` and `'`.
  private static func escaped(_ scalar: Unicode.Scalar) -> String {
    if scalar == "'" { return "\\'" }
    return scalar != "\\" && SafeText.isVisible(scalar) ? String(scalar) : SafeText.quoted(scalar)
  }
}
