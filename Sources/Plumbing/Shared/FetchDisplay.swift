public import Core

/// Shows a batch of downloads while it runs.
public protocol FetchDisplay: AnyObject {
  /// Shows one event.
  func show(_ event: FetchEvent)
  /// Nothing more will come.
  func finish()
}

/// Shows nothing.
public final class SilentDisplay: FetchDisplay {
  public init() {}
  public func show(_ event: FetchEvent) {}
  public func finish() {}
}

/// Writes every event as a record of type `event`.
final class EventRecords: FetchDisplay {
  private let stream: OutputStream

  init(stream: OutputStream) {
    self.stream = stream
  }

  func show(_ event: FetchEvent) {
    stream.write(line: Record.event(event).json)
    stream.flush()
  }

  func finish() {}
}
