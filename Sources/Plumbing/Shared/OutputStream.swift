public import SystemPackage
internal import Synchronization

/// A buffered stream to a file descriptor. Safe to use from several threads; a write is never
/// interleaved with another.
///
/// A write that fails is remembered, not thrown: the process asks for ``failure`` once at its end.
public final class OutputStream: Sendable {
  private struct State {
    var buffer: [UInt8] = []
    var failure: Errno?
  }

  private let descriptor: FileDescriptor
  private let capacity: Int
  private let state = Mutex(State())

  /// - Parameter capacity: Bytes gathered before they are written.
  public init(_ descriptor: FileDescriptor, capacity: Int = 1 << 16) {
    self.descriptor = descriptor
    self.capacity = capacity
  }

  /// The first write that the system refused.
  public var failure: Errno? { state.withLock { $0.failure } }

  /// Adds the text and `\n`.
  public func write(line: String) { write(line, terminator: 10) }

  /// Adds the text and the terminator.
  public func write(_ text: String, terminator: UInt8? = nil) {
    state.withLock { state in
      state.buffer.append(contentsOf: text.utf8)
      if let terminator { state.buffer.append(terminator) }
      if state.buffer.count >= capacity { drain(&state) }
    }
  }

  /// Hands everything to the system.
  public func flush() { state.withLock { drain(&$0) } }

  private func drain(_ state: inout State) {
    defer { state.buffer.removeAll(keepingCapacity: true) }
    guard state.failure == nil, !state.buffer.isEmpty else { return }
    do {
      try descriptor.writeAll(state.buffer)
    } catch {
      state.failure = error as? Errno ?? .ioError
    }
  }
}
