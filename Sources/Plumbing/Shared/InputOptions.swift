import ArgumentParser

/// Records on standard input in the place of words, and failures for programs: `--stdin`, `-z`,
/// `--json`.
package struct InputOptions: ParsableArguments {
  @Flag(name: .long, help: "Take records from standard input, one JSON object per line.")
  package var stdin = false

  @Flag(name: [.customShort("z")], help: "Records on standard input end in NUL.")
  package var nul = false

  @Flag(name: .long, help: "Report failures as JSON objects.")
  package var json = false

  package init() {}

  /// Makes sure that either every word is there or `--stdin`.
  ///
  /// - Parameters:
  ///   - words: As given; `nil` for one that is not.
  ///   - needed: What they are: `a workflow and a name`.
  /// - Throws: `ValidationError`.
  func require(_ words: [String?], _ needed: String) throws {
    if stdin, words.contains(where: { $0 != nil }) {
      throw ValidationError("--stdin takes no other arguments")
    }
    if !stdin, words.contains(nil) {
      throw ValidationError("\(needed) are needed, or --stdin")
    }
  }
}
