public import ComfyCore

/// Shows a batch of downloads while it runs.
public protocol FetchDisplay: AnyObject {
  /// Shows one event.
  func show(_ event: FetchEvent)
  /// Nothing more will come.
  func finish()
}

/// Why a file of a batch does not move at the moment, in words.
public struct FetchHold {
  public let position: FetchPosition
  /// One line, to be shown beside the file's name.
  public let text: String

  /// `nil` for an event that holds nothing up.
  public init?(_ event: FetchEvent) {
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
public final class SilentDisplay: FetchDisplay {
  public init() {}
  public func show(_ event: FetchEvent) {}
  public func finish() {}
}

/// Writes every event as a record of type `event`.
public final class EventRecords: FetchDisplay {
  private let stream: OutputStream

  public init(stream: OutputStream) {
    self.stream = stream
  }

  public func show(_ event: FetchEvent) {
    guard let record = Record.event(event) else { return }
    stream.write(line: record.json)
    stream.flush()
  }

  public func finish() {}
}
