import SystemLibrary
import SystemPackage
import Testing

@testable import ComfyCore

@Suite("Bytes of files")
struct FileBytesTests {
  /// More than is compared at a time, and not a multiple of it.
  static let known = (0..<200_000).map { UInt8(truncatingIfNeeded: $0 / 251 ^ $0) }

  /// Opens a file of these bytes for the time of the call.
  private func file<Value>(
    of bytes: [UInt8], _ body: (FileDescriptor, FilePath) throws -> Value
  ) throws -> Value {
    let scratch = try Scratch()
    let path = scratch.path.appending("file")
    let file = try FileDescriptor.open(
      path, .readWrite, options: [.create], permissions: .ownerReadWrite)
    defer { try? file.close() }
    try file.writeAll(bytes)
    try file.seek(offset: 0, from: .start)
    return try body(file, path)
  }

  @Test("one changed byte is noticed wherever it is", arguments: [0, 65_535, 65_536, 199_999])
  func differs(place: Int) throws {
    var bytes = Self.known
    bytes[place] ^= 1
    let isSame = try file(of: bytes) { try FileBytes.areThose(in: $0, named: $1, Self.known) }
    #expect(!isSame)
  }

  @Test(
    "a shorter or a longer file is another one",
    arguments: [0, 1, 65_536, 131_072, 199_999, 200_001, 400_000])
  func length(count: Int) throws {
    let bytes = Array((Self.known + Self.known).prefix(count))
    let isSame = try file(of: bytes) { try FileBytes.areThose(in: $0, named: $1, Self.known) }
    #expect(!isSame)
  }

  @Test("comparing moves nothing: the file is read from its start afterwards")
  func same() throws {
    let (isSame, bytes) = try file(of: Self.known) { descriptor, path in
      let isSame = try FileBytes.areThose(in: descriptor, named: path, Self.known)
      return (isSame, try FileBytes.read(descriptor, named: path, limit: 200_000))
    }
    #expect(isSame)
    #expect(bytes == Self.known)
  }

  @Test("the limit is the last length that is read")
  func limit() throws {
    let whole = try file(of: Self.known) { try FileBytes.read($1, limit: 200_000) }
    #expect(whole == Self.known)
    let error = #expect(throws: FileError.self) {
      try file(of: Self.known) { try FileBytes.read($1, limit: 199_999) }
    }
    #expect(error?.errno == .fileTooLarge)
  }

  @Test("a pipe is refused at once, and so is a directory")
  func specialFiles() throws {
    try file(of: []) { _, path in
      let pipe = path.removingLastComponent().appending("pipe")
      try #require(mkfifo(pipe.string, 0o600) == 0)
      let pipeError = #expect(throws: FileError.self) { try FileBytes.read(pipe, limit: 10) }
      #expect(pipeError?.errno == .invalidArgument)
      let directory = path.removingLastComponent()
      let error = #expect(throws: FileError.self) { try FileBytes.read(directory, limit: 10) }
      #expect(error?.errno == .isDirectory)
    }
  }
}
