public import ArgumentParser
public import ComfyCore

/// What may be downloaded, and how.
public struct NetworkOptions: ParsableArguments {
  @Option(name: .long, help: ArgumentHelp("Downloads at once (default 4).", valueName: "count"))
  public var jobs: String?

  @Option(
    name: .long,
    help: ArgumentHelp(
      "Longest wait for another process or a busy server (default 300).", valueName: "seconds"))
  public var maxWait: String?

  @Flag(name: .long, help: "Let URLs lead to loopback and private addresses.")
  public var allowPrivateHosts = false

  @Flag(name: .long, help: "Leave the network alone.") public var offline = false

  public init() {}

  public func validate() throws {
    do throws(SettingError) {
      if let jobs { _ = try Settings.number(jobs, of: .jobs, from: .flag, in: Setting.jobCounts) }
      if let maxWait {
        _ = try Settings.number(maxWait, of: .maxWait, from: .flag, in: Setting.waitSeconds)
      }
    } catch {
      throw ValidationError(error.failure.message)
    }
  }

  /// The settings given here.
  public var flags: [Setting: String] {
    var flags: [Setting: String] = [:]
    flags[.jobs] = jobs
    flags[.maxWait] = maxWait
    if allowPrivateHosts { flags[.allowPrivateHosts] = "true" }
    if offline { flags[.offline] = "true" }
    return flags
  }
}
