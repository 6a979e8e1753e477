public import ComfyCore

/// Shows a batch of downloads while it runs.
public protocol FetchDisplay: AnyObject {
  /// Shows one event.
  func show(_ event: FetchEvent)
  /// Says a line of talk while the batch runs, so that it stays readable.
  func say(_ line: String)
  /// Nothing more will come.
  func finish()
}

/// Shows nothing.
public final class SilentDisplay: FetchDisplay {
  public init() {}
  public func show(_ event: FetchEvent) {}
  public func say(_ line: String) {}
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

  /// Programs learn everything from the events.
  public func say(_ line: String) {}

  public func finish() {}
}
