public import ArgumentParser
public import ComfyCore

/// What may be downloaded, and how.
public struct NetworkOptions: ParsableArguments {
  @Option(name: .long, help: ArgumentHelp("Downloads at once (default 4).", valueName: "count"))
  public var jobs: String?

  @Flag(name: .long, help: "Let URLs lead to loopback and private addresses.")
  public var allowPrivateHosts = false

  @Flag(name: .long, help: "Leave the network alone.") public var offline = false

  public init() {}

  public func validate() throws {
    guard let jobs else { return }
    do throws(SettingError) {
      _ = try Settings.number(jobs, of: .jobs, from: .flag, in: Setting.jobCounts)
    } catch {
      throw ValidationError(error.failure.message)
    }
  }

  /// The settings given here.
  public var flags: [Setting: String] {
    var flags: [Setting: String] = [:]
    flags[.jobs] = jobs
    if allowPrivateHosts { flags[.allowPrivateHosts] = "true" }
    if offline { flags[.offline] = "true" }
    return flags
  }
}
