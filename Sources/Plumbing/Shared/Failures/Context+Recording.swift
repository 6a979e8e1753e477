package import ComfyCore

extension Context {
  /// Tells what a user may want to know about a change of the manifest; nothing when all went as it
  /// should.
  package func say(_ recording: Recording) { say([recording]) }

  /// Tells what a user may want to know about changes of the manifest, each thing once.
  package func say(_ recordings: [Recording]) {
    var told: Set<String> = []
    for recording in recordings {
      switch recording.outcome {
      case .ended(.committed(let commit)):
        for words in commit.notices.compactMap(\.words) where told.insert(words).inserted {
          say("note: \(words)")
        }
      case .ended(.unchanged), .waiting: break
      case .ended(.skipped(let reason)):
        if let failure = reason.failure, told.insert(failure.code).inserted {
          warn(failure, doing: "not committed")
        }
      case .failed(let error):
        if told.insert(error.failure.code).inserted { warn(error.failure, doing: "not committed") }
      }
    }
  }

  /// Tells of trouble that does not end the command, in the form that the command's failures have.
  package func warn(_ failure: Failure, doing: String? = nil) {
    let before = doing.map { "\($0): " } ?? ""
    guard warnsInJSON else {
      say("warning: \(before)\(failure.placedMessage)")
      if let hint = failure.hint { say("hint: \(hint)") }
      return
    }
    var failure = failure
    failure.message = before + failure.message
    output.flush()
    talk.write(line: failure.warning.json)
    talk.flush()
  }
}

extension Context {
  /// Reports the parts of the manifest that cannot be read and that the command would have used.
  ///
  /// - Parameters:
  ///   - workflows: The workflows that it is about, by name or path; all when empty.
  ///   - json: Whether programs read the talk.
  /// - Returns: Whether there are any.
  @discardableResult
  package func reportIssues(
    of project: Project, workflows: [String] = [], json: Bool = false
  ) throws -> Bool {
    guard let manifest = try project.manifestIfPresent() else { return false }
    let issues = manifest.issues(of: workflows.map { project.workflowName(of: $0, in: manifest) })
    for issue in issues {
      report(ProjectFault(.manifestEntry(issue)).failure, prefix: "error", json: json)
    }
    return !issues.isEmpty
  }
}
