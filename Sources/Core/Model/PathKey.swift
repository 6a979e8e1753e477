// The standard library has no public Unicode normalisation; GRDB loads Foundation in any case.
internal import Foundation

/// Lookup keys: equal names and paths have the same key, which is stored with them.
enum PathKey {
  /// The text with `/` for `\`, in composed Unicode (NFC).
  static func exact(_ text: String) -> String {
    let unified =
      text.utf8.contains(UInt8(ascii: "\\"))
      ? String(String.UnicodeScalarView(text.unicodeScalars.map { $0 == "\\" ? "/" : $0 })) : text
    return unified.utf8.allSatisfy { $0 < 0x80 }
      ? unified : unified.precomposedStringWithCanonicalMapping
  }

  /// Like ``exact(_:)``, but in lower case.
  static func folded(_ text: String) -> String { exact(exact(text).lowercased()) }

  /// The part after the first `/`, or all of it.
  static func withoutFolder(_ key: String) -> String {
    guard let slash = key.utf8.firstIndex(of: UInt8(ascii: "/")) else { return key }
    return String(key[key.utf8.index(after: slash)...])
  }

  /// The part after the last `/`, or all of it.
  static func filename(_ key: String) -> String {
    guard let slash = key.utf8.lastIndex(of: UInt8(ascii: "/")) else { return key }
    return String(key[key.utf8.index(after: slash)...])
  }
}
