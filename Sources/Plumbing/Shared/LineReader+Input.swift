internal import ComfyCore
internal import SystemPackage

extension LineReader {
  /// The next line of standard input, whose errors name it.
  ///
  /// - Throws: `TooLong`, `FileError`; `Errno.canceled` when the caller asked to stop.
  mutating func nextOfInput() throws -> [UInt8]? {
    do {
      return try next()
    } catch let error as Errno where error != .canceled {
      throw FileError(.read, "standard input", error)
    }
  }
}
