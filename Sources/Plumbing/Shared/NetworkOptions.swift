package import ArgumentParser
package import ComfyCore

/// What may be downloaded, and how.
package struct NetworkOptions: ParsableArguments {
  @Option(
    name: .long,
    help: ArgumentHelp("Downloads at once (default \(FetchOptions.usualJobs)).", valueName: "count")
  )
  package var jobs: String?

  @Option(
    name: .long,
    help: ArgumentHelp(
      "Longest wait for another process or a server (default 300).", valueName: "seconds"))
  package var maxWait: String?

  @Flag(name: .long, help: "Let URLs lead to loopback and private addresses.")
  package var allowPrivateHosts = false

  @Flag(name: .long, help: "Do not use the network.") package var offline = false

  @Option(
    name: .long,
    help: ArgumentHelp("A store to ask by hash first; may be repeated.", valueName: "address"))
  package var store: [String] = []

  package init() {}

  package func validate() throws {
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
  package var flags: [Setting: String] {
    var flags: [Setting: String] = [:]
    flags[.jobs] = jobs
    flags[.maxWait] = maxWait
    if allowPrivateHosts { flags[.allowPrivateHosts] = "true" }
    if offline { flags[.offline] = "true" }
    if !store.isEmpty { flags[.store] = store.joined(separator: " ") }
    return flags
  }
}
