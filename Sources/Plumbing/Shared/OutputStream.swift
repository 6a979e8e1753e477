package import SystemPackage
internal import Synchronization

/// A buffered stream to a file descriptor. Safe to use from several threads; a write is never
/// interleaved with another.
///
/// In CI a line can be a command to the runner, which reads both streams. There every line is made
/// harmless, whoever its words are from; see ``RunnerLines``.
///
/// A write that fails is remembered, not thrown: the process asks for ``failure`` once at its end.
package final class OutputStream: Sendable {
  private struct State {
    var buffer: [UInt8] = []
    var failure: Errno?
    var lines: RunnerLines?
  }

  private let descriptor: FileDescriptor
  private let capacity: Int
  private let state: Mutex<State>

  /// - Parameters:
  ///   - capacity: Bytes gathered before they are written.
  ///   - isReadByRunner: Whether a runner reads the stream; see ``RunnerLines/areRead(given:)``.
  package init(
    _ descriptor: FileDescriptor, capacity: Int = 1 << 16, isReadByRunner: Bool = false
  ) {
    self.descriptor = descriptor
    self.capacity = capacity
    state = Mutex(State(lines: isReadByRunner ? RunnerLines() : nil))
  }

  /// The first write that the system refused.
  package var failure: Errno? { state.withLock { $0.failure } }

  /// Adds the text and `\n`.
  package func write(line: String) { write(line, terminator: 10) }

  /// Adds a command to the runner and `\n`. What stands in it must have been escaped.
  package func write(command: String) { write(command, terminator: 10, isCommand: true) }

  /// Adds the text and the terminator.
  package func write(_ text: String, terminator: UInt8? = nil) {
    write(text, terminator: terminator, isCommand: false)
  }

  private func write(_ text: String, terminator: UInt8?, isCommand: Bool) {
    state.withLock { state in
      // Records that end in NUL are for programs.
      if state.lines != nil, terminator != 0 {
        let bytes = state.lines?.harmless(text.utf8, isCommand: isCommand) ?? []
        state.buffer += bytes
        if terminator == 10 { state.lines = RunnerLines() }
      } else {
        state.buffer.append(contentsOf: text.utf8)
      }
      if let terminator { state.buffer.append(terminator) }
      if state.buffer.count >= capacity { drain(&state) }
    }
  }

  /// Hands everything to the system.
  package func flush() { state.withLock { drain(&$0) } }

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
