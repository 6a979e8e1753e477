import Testing

@testable import ComfyCore

/// Texts are read a word of eight bytes at a time: every byte that means something is seen wherever
/// in a word it stands, and keys are told apart whatever their length.
@Suite("TOML words")
struct TOMLWordTests {
  @Test(arguments: [UInt8(ascii: "\""), UInt8(ascii: "'")])
  func everyByteIsSeenAtEveryPlace(quote: UInt8) {
    for place in 0..<18 {
      for byte in UInt8(0)..<0x80 {
        let text =
          Array(repeating: UInt8(ascii: "x"), count: place) + [byte] + Array("yé23456".utf8)
        let bytes = Array("a = ".utf8) + [quote] + text + [quote]
        let outcome = Result { () throws(TOMLError) in try TOMLDocument(parsing: bytes) }
        let column = 6 + place
        switch byte {
        case 0x0A, 0x0D:
          #expect(outcome.failure == TOMLError(reason: .lineBreakInString, line: 1, column: column))
        case 0x00..<0x20 where byte != 0x09, 0x7F:
          #expect(outcome.failure == TOMLError(reason: .controlCharacter, line: 1, column: column))
        case quote:
          #expect(
            outcome.failure == TOMLError(reason: .expectedLineEnd, line: 1, column: column + 1))
        case UInt8(ascii: "\\") where quote == UInt8(ascii: "\""):
          #expect(outcome.failure == TOMLError(reason: .invalidEscape, line: 1, column: column))
        default:
          let document = try? outcome.get()
          let value = document.flatMap { $0.child("a", of: 0).flatMap($0.string) }
          #expect(value == String(decoding: text, as: UTF8.self))
        }
      }
    }
  }

  @Test(arguments: [1, 40])
  func keysOfAllLengthsAreToldApart(shortest: Int) throws {
    let keys = (shortest..<shortest + 40).flatMap { length in
      // Equal up to the last byte, the first, and the middle one.
      [String(repeating: "k", count: length)]
        + (length > 2
          ? ["a", "b"].flatMap { odd in
            let most = String(repeating: "k", count: length - 1)
            let half = String(repeating: "k", count: length / 2)
            return [most + odd, odd + most, half + odd + half + (length % 2 == 0 ? "k" : "")]
          } : [])
    }
    var unique: [String] = []
    for key in keys where !unique.contains(key) { unique.append(key) }
    let lines = unique.enumerated().map { "\($1) = \($0)\n" }
    let document = try TOMLDocument(parsing: Array(lines.joined().utf8))
    for (number, key) in unique.enumerated() {
      let node = try #require(document.child(key, of: TOMLDocument.root))
      #expect(document.integer(node) == Int64(number))
      #expect(document.child(key + "j", of: TOMLDocument.root) == nil)
      let twice = Array((lines.joined() + "\"\(key)\" = 1").utf8)
      #expect(throws: TOMLError(reason: .duplicateKey, line: unique.count + 1, column: 1)) {
        try TOMLDocument(parsing: twice)
      }
    }
  }
}

extension Result {
  fileprivate var failure: Failure? {
    if case .failure(let failure) = self { failure } else { nil }
  }
}
