package import SystemPackage

/// Reads a stream line by line in bounded memory.
package struct LineReader: Sendable {
  /// A line over the limit.
  package struct TooLong: Error, Sendable, Hashable {
    /// One-based number of the line.
    package let line: Int
    /// The limit, in bytes.
    package let limit: Int
  }

  private let descriptor: FileDescriptor
  private let separator: UInt8
  private let limit: Int
  private let cancellation: Cancellation
  private var buffer: [UInt8] = []
  private var start = 0
  private var atEnd = false
  /// One-based number of the line returned last; zero before the first.
  package private(set) var lineNumber = 0

  /// - Parameters:
  ///   - separator: The byte that ends a line; it is not part of it.
  ///   - limit: Longest line, in bytes. A line that is up to 64 KiB longer may be accepted.
  ///   - cancellation: Checked when a signal interrupts the wait for input.
  package init(
    _ descriptor: FileDescriptor, separator: UInt8 = 10, limit: Int = 64 << 20,
    cancellation: Cancellation = .never
  ) {
    self.cancellation = cancellation
    self.descriptor = descriptor
    self.separator = separator
    self.limit = limit
  }

  /// The next line without its separator; the last line need not have one. `nil` at the end.
  ///
  /// - Throws: ``TooLong``, or `Errno` from the read: `canceled` if the caller asked to stop.
  package mutating func next() throws -> [UInt8]? {
    var searched = start
    while true {
      if let end = buffer[searched...].firstIndex(of: separator) {
        defer { start = end + 1 }
        lineNumber += 1
        return Array(buffer[start..<end])
      }
      searched = buffer.count
      guard searched - start <= limit else { throw TooLong(line: lineNumber + 1, limit: limit) }
      if atEnd {
        guard start < buffer.count else { return nil }
        defer { start = buffer.count }
        lineNumber += 1
        return Array(buffer[start...])
      }
      searched -= start
      buffer.removeFirst(start)
      start = 0
      try fill()
    }
  }

  private mutating func fill() throws {
    let chunk = try [UInt8](unsafeUninitializedCapacity: 1 << 16) { storage, count in
      count = try descriptor.read(
        into: UnsafeMutableRawBufferPointer(storage), cancellation: cancellation)
    }
    if chunk.isEmpty { atEnd = true } else { buffer.append(contentsOf: chunk) }
  }
}
