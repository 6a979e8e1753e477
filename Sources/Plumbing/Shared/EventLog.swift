internal import ComfyCore
internal import SystemPackage

/// Shows a batch of downloads, and writes what happens into a file: a record of type `event` for each
/// event but progress, with the time and the process.
final class EventLog: FetchDisplay {
  private let shown: any FetchDisplay
  private let file: FileDescriptor
  private let path: FilePath
  private let stream: OutputStream
  private let processID: Int?
  private let now: @Sendable () -> Timestamp

  /// Opens the file, or makes it; what it has stays.
  ///
  /// - Throws: ``FileError``.
  init(
    _ path: FilePath, showing shown: any FetchDisplay, processID: Int?,
    now: @escaping @Sendable () -> Timestamp
  ) throws {
    self.shown = shown
    self.path = path
    self.processID = processID
    self.now = now
    do {
      file = try FileDescriptor.open(
        path, .writeOnly, options: [.create, .append, .closeOnExec, .nonBlocking],
        permissions: [.ownerReadWrite, .groupRead, .otherRead])
    } catch {
      throw FileError(.open, path, error as? Errno ?? .ioError)
    }
    stream = OutputStream(file)
    if Self.endsWithinLine(path) { stream.write(line: "") }
  }

  /// Whether the last line of a file has no end, because the run that wrote it was killed, or the
  /// disk was full.
  private static func endsWithinLine(_ path: FilePath) -> Bool {
    guard
      let file = try? FileDescriptor.open(
        path, .readOnly, options: [.closeOnExec, .nonBlocking])
    else { return false }
    defer { try? file.close() }
    // A pipe or a terminal has no end to go to.
    guard let size = try? file.seek(offset: 0, from: .end), size > 0 else { return false }
    var last: UInt8 = 0
    let count = unsafe withUnsafeMutableBytes(of: &last) {
      unsafe try? file.read(fromAbsoluteOffset: size - 1, into: $0)
    }
    return count == 1 && last != UInt8(ascii: "\n")
  }

  deinit { try? file.close() }

  func show(_ event: FetchEvent) {
    shown.show(event)
    if case .fileProgress = event { return }
    guard let record = Record.event(event, at: now(), in: processID) else { return }
    stream.write(line: record.json)
    stream.flush()
  }

  func finish() { shown.finish() }

  /// Why the log is not whole; `nil` when it is.
  var failure: FileError? { stream.failure.map { FileError(.write, path, $0) } }
}
