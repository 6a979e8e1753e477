import ComfyCore
import SystemLibrary
import SystemPackage
import Testing

/// What is no workflow file is refused, soon and in little memory.
@Suite struct BadInputTests {
  private func failure(_ path: FilePath) -> WorkflowError? {
    let result = Result { () throws(WorkflowError) in try WorkflowReader().read(path) }
    guard case .failure(let error) = result else { return nil }
    return error
  }

  @Test func directory() throws {
    try withFolder { #expect(failure($0) == .notAFile(.directory)) }
  }

  @Test func missing() throws {
    try withFolder { folder in
      let path = folder.appending("none.json")
      #expect(failure(path) == .file(FileError(.open, path, .noSuchFileOrDirectory)))
    }
  }

  @Test func pipeWithoutWriter() throws {
    try withFolder { folder in
      let path = folder.appending("pipe.json")
      #expect(mkfifo(path.string, 0o600) == 0)
      #expect(failure(path) == .notAFile(.pipe))
    }
  }

  @Test func device() {
    #expect(failure("/dev/zero") == .notAFile(.device))
  }

  /// A gigabyte that takes no room on disk.
  @Test func gigabyte() throws {
    try withFolder { folder in
      let path = folder.appending("big.json")
      try write(Array("{\"nodes\": [".utf8), to: path)
      #expect(truncate(path.string, 1 << 30) == 0)
      #expect(failure(path) == .tooLarge(bytes: 1 << 30, limit: 64 << 20))
    }
  }

  /// Pixels may be as large as they like.
  @Test func largePicture() throws {
    try withFolder { folder in
      let path = folder.appending("big.png")
      var bytes = try FileManifest.bytes(
        of: FixtureTests.folder.appending("text_utf8_after_pixels.png"))
      let size = 1 << 29
      // A chunk of half a gigabyte of nothing, between the header and the pixels.
      let chunk = withUnsafeBytes(of: UInt32(size).bigEndian) { Array($0) } + Array("juNk".utf8)
      try write(Array(bytes[..<33]) + chunk, to: path)
      bytes.removeFirst(33)
      let file = try FileDescriptor.open(path, .writeOnly)
      _ = try file.closeAfter { try file.writeAll(toAbsoluteOffset: Int64(41 + size + 4), bytes) }
      #expect(try WorkflowReader().read(path).references.count == 1)
    }
  }

  @Test func nestedArrays() {
    let result = Result { () throws(WorkflowError) in
      try WorkflowReader().read([UInt8](repeating: UInt8(ascii: "["), count: 60 << 20))
    }
    guard case .failure(.json(let error)) = result else {
      Issue.record("read \(result)")
      return
    }
    #expect(error.reason == .tooDeep(limit: 1000))
    #expect(error.line == 1)
    #expect(error.column == 1001)
  }

  @Test func manyValues() {
    let reader = WorkflowReader(limits: JSONLimits(values: 1 << 20))
    let text = "[" + String(repeating: "1,", count: 2 << 20) + "1]"
    let result = Result { () throws(WorkflowError) in
      try reader.read(Array(text.utf8))
    }
    guard case .failure(.json(let error)) = result else {
      Issue.record("read \(result)")
      return
    }
    #expect(error.reason == .tooManyValues(limit: 1 << 20))
  }

  /// Ten subgraphs that each place the next ten times would be ten thousand million nodes.
  @Test func explodingSubgraphs() {
    let definitions = (0..<10).map { level in
      let nodes = (0..<10).map { #"{"id":\#($0),"type":"\#(level + 1)"}"# }
      return #"{"id":"\#(level)","nodes":[\#(nodes.joined(separator: ","))]}"#
    }
    let text =
      #"{"nodes":[{"id":1,"type":"0"}],"definitions":{"subgraphs":[\#(definitions.joined(separator: ","))]}}"#
    let result = Result { () throws(WorkflowError) in
      try WorkflowReader().read(Array(text.utf8))
    }
    guard case .failure(.tooManyPlacements) = result else {
      Issue.record("read \(result)")
      return
    }
  }

  /// A few thousand bytes of zlib that would be many megabytes.
  @Test func decompressionIsBounded() throws {
    let bytes = try FileManifest.bytes(of: FixtureTests.folder.appending("compressed_dynamic.png"))
    let reader = WorkflowReader(limits: JSONLimits(bytes: 1000))
    #expect(throws: WorkflowError.noWorkflow(in: .png)) { try reader.read(bytes) }
  }

  private func write(_ bytes: [UInt8], to path: FilePath) throws {
    let file = try FileDescriptor.open(
      path, .writeOnly, options: [.create, .truncate], permissions: .ownerReadWrite)
    _ = try file.closeAfter { try file.writeAll(bytes) }
  }
}

/// Runs `body` with a new folder, removed afterwards.
func withFolder(_ body: (FilePath) throws -> Void) throws {
  let folder = try makeTemporaryDirectory(for: "workflow")
  defer { removeFolder(folder) }
  try body(folder)
}

private func removeFolder(_ folder: FilePath) {
  for name in (try? FileManifest.names(in: folder)) ?? [] {
    let path = folder.appending(name)
    if unlink(path.string) != 0 { removeFolder(path) }
  }
  rmdir(folder.string)
}
