import ComfyCore
import SystemLibrary
import SystemPackage
import Testing

/// Thousands of damaged fixtures: each is read, or refused with a typed error, and nothing traps,
/// hangs or takes memory beyond what the limits allow.
@Suite struct MutationTests {
  /// Small limits make their own paths run, and bound what one variant may take.
  private static let reader = WorkflowReader(
    limits: JSONLimits(bytes: 1 << 20, values: 1 << 16, depth: 200))
  private static let perFixture = 150

  /// Each fixture's variants are read by a process of their own, which may hold 512 MiB and take a
  /// minute; it notes every seed before it starts on it.
  @Test(arguments: FixtureTests.files)
  func damagedFixtures(file: FilePath) async throws {
    let result = await #expect(
      processExitsWith: .success, observing: [\.standardErrorContent]
    ) { [path = file.string as String] in
      var memory = rlimit(rlim_cur: 512 << 20, rlim_max: 512 << 20)
      #if canImport(Glibc)
        setrlimit(__rlimit_resource_t(RLIMIT_DATA.rawValue), &memory)
      #else
        setrlimit(RLIMIT_DATA, &memory)
      #endif
      alarm(60)
      try MutationTests.readVariants(of: FilePath(path))
    }
    let notes = String(decoding: result?.standardErrorContent ?? [], as: UTF8.self)
    if !notes.hasSuffix("done\n") { Issue.record("ended at \(notes.suffix(60))") }
  }

  private static func readVariants(of file: FilePath) throws {
    let original = try FileManifest.bytes(of: file)
    for seed in 0..<UInt64(perFixture) {
      _ = try FileDescriptor.standardError.writeAll("seed \(seed)\n".utf8)
      var random = SplitMix(seed: seed &* 0x9E37_79B9 ^ UInt64(original.count))
      var bytes = original
      for _ in 0..<Int.random(in: 1...4, using: &random) { damage(&bytes, &random) }
      let result = Result { () throws(WorkflowError) in try reader.read(bytes) }
      guard case .success(let workflow) = result else { continue }
      #expect(workflow.references.allSatisfy { !$0.name.isEmpty }, "seed \(seed)")
      // What is read can be written, and read back.
      var json = JSONWriter()
      json.beginObject()
      for reference in workflow.references { json.member("value", reference.widgetValue) }
      json.endObject()
      #expect(throws: Never.self, "seed \(seed)") { try JSONDocument(parsing: json.bytes) }
    }
    _ = try FileDescriptor.standardError.writeAll("done\n".utf8)
  }

  private static func damage(_ bytes: inout [UInt8], _ random: inout SplitMix) {
    guard !bytes.isEmpty else { return }
    let place = Int.random(in: 0..<bytes.count, using: &random)
    let length = Int.random(in: 1...64, using: &random)
    let end = min(place + length, bytes.count)
    switch Int.random(in: 0..<9, using: &random) {
    case 0: bytes[place] ^= 1 << UInt8.random(in: 0..<8, using: &random)
    case 1: bytes.removeSubrange(place...)
    case 2: bytes.removeSubrange(place..<end)
    case 3:
      let copies = Int.random(in: 1...200, using: &random)
      bytes.insert(contentsOf: (0..<copies).flatMap { _ in bytes[place..<end] }, at: place)
    case 4: bytes.insert(contentsOf: Array(repeating: UInt8(ascii: "["), count: 5000), at: place)
    case 5: bytes[place] = UInt8.random(in: 0...255, using: &random)
    case 6:
      let other = Int.random(in: 0..<bytes.count, using: &random)
      bytes.swapAt(place, other)
    case 7:
      let word = ["null", "-1", "1e999", "[]", "{}", "\"\"", "NaN"].randomElement(using: &random)
      bytes.replaceSubrange(place..<end, with: (word ?? "0").utf8)
    default:
      for index in place..<end { bytes[index] = 0xFF }
    }
  }
}
