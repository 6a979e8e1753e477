package import ArgumentParser
package import ComfyCore

/// Where models are sent, and how.
package struct PushOptions: ParsableArguments {
  @Option(
    name: .long,
    help: ArgumentHelp(
      "The store to put them into; by default the one in the settings.", valueName: "address"))
  package var store: String?

  @Option(
    name: .long,
    help: ArgumentHelp(
      "Files or parts at once (default \(FetchOptions.usualJobs)).", valueName: "count"))
  package var jobs: String?

  @Flag(name: [.customShort("n"), .long], help: "Show what would be sent, and send nothing.")
  package var dryRun = false

  package init() {}

  package func validate() throws {
    guard let jobs else { return }
    do throws(SettingError) {
      _ = try Settings.number(jobs, of: .jobs, from: .flag, in: Setting.jobCounts)
    } catch {
      throw ValidationError(error.failure.message)
    }
  }

  /// The settings given here.
  package var flags: [Setting: String] {
    var flags: [Setting: String] = [:]
    flags[.store] = store
    flags[.jobs] = jobs
    return flags
  }

  /// Sends what is selected, or says what would be sent.
  ///
  /// - Parameters:
  ///   - records: How what would be sent is written.
  package func push(
    _ selection: PushSelection, of project: Project, _ records: RecordOptions, in context: Context
  ) throws -> ExitStatus {
    let hasIssues = try context.reportIssues(
      of: project, workflows: selection.workflows, json: records.json)
    let status = try pushReadable(selection, of: project, records, in: context)
    return hasIssues && status == .done ? .remains : status
  }

  private func pushReadable(
    _ selection: PushSelection, of project: Project, _ records: RecordOptions, in context: Context
  ) throws -> ExitStatus {
    let plan = try context.showing("Reading") { progress in
      try project.planPush(selection, cancellation: context.cancellation) {
        progress.update(file: $0, bytes: $1, of: $2)
      }
    }
    if dryRun { return try tell(plan, project, records, context) }
    guard !plan.files.isEmpty || !plan.failures.isEmpty else { return .done }
    let display = records.json ? EventRecords(stream: context.output) : context.makeFetchDisplay()
    let report: PushReport
    do {
      defer { display.finish() }
      report = project.push(plan, cancellation: context.cancellation, events: display.show)
    }
    if !records.json { context.tellEnd(of: report, in: plan.store) }
    if report.wasCancelled { throw Failure.interrupted }
    return report.isComplete ? .done : .remains
  }

  private func tell(
    _ plan: PushPlan, _ project: Project, _ records: RecordOptions, _ context: Context
  ) throws -> ExitStatus {
    let writer = try records.writer(to: context.output, for: .push)
    var isComplete = plan.failures.isEmpty
    let presence = project.presence(of: plan, cancellation: context.cancellation)
    if context.cancellation.isRequested() { throw Failure.interrupted }
    for (file, isThere) in zip(plan.files, presence) {
      writer.write(.push(file, to: plan.store, isThere))
      guard case .failure(let error) = isThere else { continue }
      isComplete = false
      context.report(error.failure, prefix: "error", json: records.json)
    }
    for model in plan.failures {
      writer.write(.push(model, to: plan.store))
      if !records.json {
        context.say("error: '\(model.name)': \(model.error.failure.placedMessage)")
      }
    }
    return isComplete ? .done : .remains
  }
}

extension Context {
  /// Tells what became of a push: what is not in the store and why, then how much is.
  fileprivate func tellEnd(of report: PushReport, in store: StoreAddress) {
    var told: Set<String> = []
    for (name, outcome) in report.lines where !outcome.isCancelled {
      guard let failure = outcome.failure else { continue }
      say("error: '\(name)': \(failure.placedMessage)")
      if let hint = failure.hint, told.insert(hint).inserted { say("hint: \(hint)") }
    }
    let failed = report.lines.count - report.count(.uploaded) - report.count(.stored)
    var words = "\(report.count(.uploaded)) sent, \(report.count(.stored)) already there"
    if failed > 0 { words += ", \(failed) not sent" }
    say("'\(store.text)': \(words)")
  }
}
