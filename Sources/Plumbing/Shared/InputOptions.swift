public import ArgumentParser

/// Records on standard input: `--stdin`.
public struct InputOptions: ParsableArguments {
  @Flag(name: .long, help: "Take records from standard input, one JSON object per line.")
  public var stdin = false

  public init() {}
}
