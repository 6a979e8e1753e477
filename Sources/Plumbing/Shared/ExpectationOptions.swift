package import ArgumentParser
package import ComfyCore

/// The old value that an edit counts on: `--expect`.
package struct ExpectationOptions: ParsableArguments {
  @Option(
    name: .long,
    help: ArgumentHelp(
      "Fail unless the entry has this hash now; 'none' for no hash yet.",
      valueName: "hash|none"))
  package var expect: String?

  package init() {}

  package func validate() throws {
    guard let expect, expect != "none", ModelHash(expect) == nil else { return }
    throw ValidationError("--expect takes 'none' or a hash of 64 or 16 hexadecimal digits")
  }

  /// What must be there.
  package var expected: ExpectedHash {
    guard let expect else { return .any }
    return ModelHash(expect).map { .hash($0) } ?? .none
  }
}
