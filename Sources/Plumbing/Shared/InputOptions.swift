public import ArgumentParser

/// Records on standard input, and failures for programs: `--stdin`, `--json`.
public struct InputOptions: ParsableArguments {
  @Flag(name: .long, help: "Take records from standard input, one JSON object per line.")
  public var stdin = false

  @Flag(name: .long, help: "Tell failures as JSON objects.")
  public var json = false

  public init() {}
}
