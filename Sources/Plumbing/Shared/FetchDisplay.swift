package import ComfyCore

/// Shows a batch of downloads while it runs.
package protocol FetchDisplay: AnyObject {
  /// Shows one event.
  func show(_ event: FetchEvent)
  /// Nothing more will come.
  func finish()
}

/// Why a file of a batch does not move at the moment, in words.
package struct FetchHold {
  package let position: FetchPosition
  /// One line, to be shown beside the file's name.
  package let text: String

  /// `nil` for an event that holds nothing up.
  package init?(_ event: FetchEvent) {
    switch event {
    case .fileWaiting(let position, let processID, let limit):
      self.position = position
      text =
        "waiting for \(otherProcess(processID)), which is downloading it, "
        + "for at most \(durationText(seconds: limit / 1000))"
    case .fileRetry(let position, let attempt, let delay, let reason):
      self.position = position
      text =
        "try \(attempt + 1) in \(durationText(seconds: (delay + 999) / 1000)): "
        + Failure(reason).placedMessage
    default: return nil
    }
  }
}

/// Shows nothing.
package final class SilentDisplay: FetchDisplay {
  package init() {}
  package func show(_ event: FetchEvent) {}
  package func finish() {}
}

/// Writes every event as a record of type `event`.
package final class EventRecords: FetchDisplay {
  private let stream: OutputStream

  package init(stream: OutputStream) {
    self.stream = stream
  }

  package func show(_ event: FetchEvent) {
    guard let record = Record.event(event) else { return }
    stream.write(line: record.json)
    stream.flush()
  }

  package func finish() {}
}
