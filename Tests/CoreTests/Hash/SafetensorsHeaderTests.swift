import SystemPackage
import Testing

@testable import ComfyCore

@Suite struct SafetensorsHeaderTests {
  static let header = """
    {"__metadata__":{"format":"pt"},
     "b":{"dtype":"F32","shape":[2],"data_offsets":[4,12]},
     "a":{"dtype":"BF16","shape":[1,2],"data_offsets":[0,4]},
     "c":{"dtype":"U8","shape":[0],"data_offsets":[12,12]}}
    """

  static func file(_ header: String, data: Int) -> [UInt8] {
    let length = UInt64(header.utf8.count)
    return (0..<8).map { UInt8(truncatingIfNeeded: length >> (8 * $0)) } + Array(header.utf8)
      + [UInt8](repeating: 7, count: data)
  }

  private static func read(_ bytes: [UInt8]) throws -> SafetensorsHeader {
    let folder = try ModelFolder()
    return try SafetensorsHeader(readingFrom: folder.write(bytes, to: "a.safetensors"))
  }

  @Test func tensorsAndMetadataAreRead() throws {
    let header = try Self.read(Self.file(Self.header, data: 12))
    let start = Int64(8 + Self.header.utf8.count)
    #expect(header.tensors.map(\.name) == ["a", "b", "c"])
    #expect(header.tensors.map(\.range.lowerBound) == [start, start + 4, start + 12])
    #expect(header.metadata == ["format": "pt"])
    #expect(header.fileSize == start + 12)
    #expect(
      header.facts
        == SafetensorsFacts(tensorCount: 3, parameterCount: 4, dataTypes: ["F32", "BF16", "U8"]))
  }

  @Test func aFileCutAnywhereIsRefused() throws {
    let whole = Self.file(Self.header, data: 12)
    for count in 0..<whole.count {
      let error = #expect(throws: SafetensorsError.self) {
        try Self.read(Array(whole.prefix(count)))
      }
      switch error {
      case .notSafetensors: #expect(count < 8)
      case .truncated(let expected, let found):
        #expect(found == Int64(count) && expected > found)
      default: Issue.record("\(count) bytes: \(String(describing: error))")
      }
    }
  }

  @Test func aFileWithBytesBehindIsRefused() throws {
    let bytes = Self.file(Self.header, data: 13)
    #expect(
      throws: SafetensorsError.overlong(
        expected: Int64(bytes.count - 1), found: Int64(bytes.count))
    ) { try Self.read(bytes) }
  }

  @Test(arguments: [
    "<!DOCTYPE html><html></html>", "version https://git-lfs.github.com/spec/v1\n",
    #"{"error":"not found"}"#, "", "1234567",
  ])
  func otherContentIsNoHeader(_ text: String) {
    #expect(throws: SafetensorsError.notSafetensors) { try Self.read(Array(text.utf8)) }
  }

  @Test(arguments: ["[]", "not json", #"{"a":"#])
  func aHeaderMustBeAnObject(_ text: String) {
    #expect(throws: SafetensorsError.notSafetensors) { try Self.read(Self.file(text, data: 0)) }
  }

  @Test(arguments: [
    #"{"t":1}"#, #"{"t":{"dtype":"F32","shape":[2]}}"#,
    #"{"t":{"dtype":"F32","shape":[2],"data_offsets":[8,0]}}"#,
    #"{"t":{"dtype":"F32","shape":[3],"data_offsets":[0,8]}}"#,
    #"{"t":{"dtype":"F32","shape":[-2],"data_offsets":[0,8]}}"#,
    #"{"t":{"dtype":"F32","shape":[9223372036854775807,9223372036854775807],"data_offsets":[0,8]}}"#,
    #"{"t":{"dtype":"X","shape":[1],"data_offsets":[0,9223372036854775807]}}"#,
    #"{"t":{"dtype":"F32","shape":[2],"data_offsets":[-8,0]}}"#,
  ])
  func aBrokenEntryIsNamed(_ header: String) {
    #expect(throws: SafetensorsError.tensor("t")) { try Self.read(Self.file(header, data: 8)) }
  }

  @Test(arguments: [(0, 4, 2, 6), (0, 4, 5, 9)])
  func overlapsAndGapsAreNamed(_ a: Int, _ b: Int, _ c: Int, _ d: Int) {
    let header = """
      {"one":{"dtype":"F32","shape":[1],"data_offsets":[\(a),\(b)]},
       "two":{"dtype":"F32","shape":[1],"data_offsets":[\(c),\(d)]}}
      """
    #expect(throws: SafetensorsError.layout("two")) { try Self.read(Self.file(header, data: d)) }
  }

  @Test func anEndlessHeaderIsRefusedUnread() {
    let length: [UInt8] = [1, 0xE1, 0xF5, 5, 0, 0, 0, 0]
    #expect(throws: SafetensorsError.headerTooLong(100_000_001)) {
      try Self.read(length + [UInt8](repeating: 32, count: 100))
    }
  }
}
