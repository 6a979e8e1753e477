/// The name of a git object: 40 lower-case hex digits, or 64 in a SHA-256 repository.
public struct ObjectID: Sendable, Hashable {
  /// The digits.
  public let hex: String

  /// Reads a full name, in either case; `nil` for anything else, abbreviations included.
  public init?(_ text: some StringProtocol) {
    let digits = text.lowercased()
    let isHex = digits.utf8.allSatisfy {
      ($0 >= UInt8(ascii: "0") && $0 <= UInt8(ascii: "9"))
        || ($0 >= UInt8(ascii: "a") && $0 <= UInt8(ascii: "f"))
    }
    guard isHex, digits.utf8.count == 40 || digits.utf8.count == 64 else { return nil }
    hex = digits
  }

  /// The first seven digits, as git abbreviates in small repositories; not necessarily unique.
  public var abbreviated: String { String(hex.prefix(7)) }
}

extension ObjectID: CustomStringConvertible {
  /// Lower-case hex digits: 40, or 64 in a SHA-256 repository.
  public var description: String { hex }
}
