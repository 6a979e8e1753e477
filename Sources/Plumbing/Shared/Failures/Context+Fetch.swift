package import ComfyCore

extension Context {
  /// Tells what became of a batch: what did not land and why, and what to know of what did.
  package func tellEnd(of report: FetchReport) {
    tellFailures(of: report)
    if report.wasCancelled {
      say(
        "\(report.succeeded.count) of \(report.lines.count) files downloaded; "
          + "run the same command again for the others")
    }
    warnOfCode(in: report)
  }

  /// Tells each file of a batch that did not land, or that landed and is not recorded, with its
  /// cause and the way out.
  package func tellFailures(of report: FetchReport) {
    for (store, error) in report.storeFailures {
      let failure = error.failure
      say("warning: the store '\(store)' could not be asked: \(failure.placedMessage)")
    }
    let failed = report.failed.filter { !$0.outcome.isCancelled && !$0.outcome.isUnrecorded }
    let unrecorded = report.unrecorded
    let all = "\(report.lines.count) files"
    var told: Set<String> = []
    if !failed.isEmpty { say("error: \(failed.count) of \(all) could not be downloaded") }
    for line in failed { tell(line, &told) }
    guard !unrecorded.isEmpty else { return }
    say("error: \(unrecorded.count) of \(all) downloaded, but not recorded")
    for line in unrecorded { tell(line, &told) }
    guard unrecorded.contains(where: \.outcome.mayBeRecorded) else { return }
    say("hint: run the same command again to record them; nothing is downloaded again")
  }

  /// Tells why files of a plan cannot be downloaded.
  func tellRefusals(in plan: FetchPlan) {
    var told: Set<String> = []
    for line in plan.lines {
      if let failure = line.failure { tell(failure, of: line.item, &told) }
    }
  }

  private func tell(_ line: FetchReport.Line, _ told: inout Set<String>) {
    if let failure = line.outcome.failure { tell(failure, of: line.item, &told) }
  }

  /// - Parameter told: The hints that were given.
  private func tell(_ failure: Failure, of item: FetchItem, _ told: inout Set<String>) {
    say("error: '\(item.filename)': \(failure.placedMessage)")
    if let hint = failure.hint, told.insert(hint).inserted { say("hint: \(hint)") }
  }

  /// Warns, once for all, of new files in a format that can hold code.
  private func warnOfCode(in report: FetchReport) {
    let names = report.lines.filter(\.bringsCode).map(\.item.filename)
    guard let first = names.first else { return }
    let rest = names.count > 1 ? " and \(names.count - 1) more" : ""
    say("warning: '\(first)'\(rest): pickle files, which can run code when they are loaded")
    say("hint: use a safetensors file if one is offered")
  }

  /// Tells what a plan needs of a volume.
  func say(_ volume: FetchPlan.Volume) {
    var words = "\(filesText(volume.files)), \(Quantity.size(volume.needed))"
    if volume.unsized > 0 { words += ", \(volume.unsized) of unknown size" }
    if let free = volume.free { words += "; \(Quantity.size(free)) free" }
    say("\(volume.isTooSmall ? "error" : "note"): '\(volume.directory)': \(words)")
  }
}

extension FetchOutcome {
  /// Whether another run may record the file: its entry does not mean another one by now.
  fileprivate var mayBeRecorded: Bool {
    guard case .unrecorded(_, let error) = self else { return false }
    if case ManifestError.stale = error { return false }
    if case ManifestError.unknownSource = error { return false }
    return true
  }
}

extension FetchReport.Line {
  fileprivate var bringsCode: Bool {
    guard case .landed(let file) = outcome, file.arrival == .downloaded else { return false }
    return ModelExtension(of: item.filename)?.isPickle ?? false
  }
}

extension FetchPlan {
  /// Whether every file can be downloaded, as far as is known.
  var isFeasible: Bool {
    lines.allSatisfy { $0.refusal == nil && !$0.isBlocked }
      && !volumes.contains(where: \.isTooSmall)
  }
}

extension FetchPlan.Line {
  fileprivate var isBlocked: Bool { if case .blocked = step { true } else { false } }
}

/// `1 file`, `2 files`.
func filesText(_ count: Int) -> String { count == 1 ? "1 file" : "\(count) files" }
