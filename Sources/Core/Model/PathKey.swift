// The standard library has no public normal forms; GRDB loads Foundation in any case.
internal import Foundation

/// Texts that equal names and paths share, to be stored beside them and looked up.
enum PathKey {
  /// `\` as `/`, and composed Unicode (NFC).
  static func exact(_ text: String) -> String {
    let unified =
      text.utf8.contains(UInt8(ascii: "\\"))
      ? String(String.UnicodeScalarView(text.unicodeScalars.map { $0 == "\\" ? "/" : $0 })) : text
    return unified.utf8.allSatisfy { $0 < 0x80 }
      ? unified : unified.precomposedStringWithCanonicalMapping
  }

  /// As ``exact(_:)``, and in lower case.
  static func folded(_ text: String) -> String { exact(exact(text).lowercased()) }

  /// What stands behind the first `/`, or all of it.
  static func withoutFolder(_ key: String) -> String {
    guard let slash = key.utf8.firstIndex(of: UInt8(ascii: "/")) else { return key }
    return String(key[key.utf8.index(after: slash)...])
  }

  /// What stands behind the last `/`, or all of it.
  static func filename(_ key: String) -> String {
    guard let slash = key.utf8.lastIndex(of: UInt8(ascii: "/")) else { return key }
    return String(key[key.utf8.index(after: slash)...])
  }
}
