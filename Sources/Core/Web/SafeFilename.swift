/// A file name from a server, changed so that it is a valid path component on any system.
package struct SafeFilename: Sendable, Hashable {
  /// The name; never empty, at most ``limit`` bytes.
  package let string: String

  /// Bytes that a component may have on the usual file systems.
  package static let limit = 255

  /// Makes a name safe; `nil` if nothing of it is left.
  ///
  /// Only the part after the last `/` or `\` counts. Control, direction and invisible characters
  /// are dropped. Characters that other systems refuse become `_`. Whitespace and dots at the end,
  /// and dots at the start, are dropped. Device names of Windows get a `_` in front. A long name is
  /// cut before its extension, between characters.
  package init?(_ name: some StringProtocol) {
    let last = String(name).unicodeScalars.split(omittingEmptySubsequences: false) {
      $0 == "/" || $0 == "\\"
    }.last
    var scalars = String.UnicodeScalarView()
    for scalar in last ?? Substring().unicodeScalars {
      switch scalar.properties.generalCategory {
      case .control, .format, .lineSeparator, .paragraphSeparator, .surrogate: continue
      default: scalars.append("<>:\"|?*".unicodeScalars.contains(scalar) ? "_" : scalar)
      }
    }
    let isEdge: (Unicode.Scalar) -> Bool = { $0 == "." || $0.properties.isWhitespace }
    while let scalar = scalars.first, isEdge(scalar) { scalars.removeFirst() }
    while let scalar = scalars.last, isEdge(scalar) { scalars.removeLast() }
    var text = String(scalars)
    guard !text.isEmpty else { return nil }
    if PortableFilename.isDevice(text) { text = "_" + text }
    string = Self.cut(text)
  }

  private static func cut(_ text: String) -> String {
    guard text.utf8.count > limit else { return text }
    let dot = text.utf8.lastIndex(of: UInt8(ascii: "."))
    let end = dot.map { text[$0...] } ?? ""
    let kept = end.utf8.count <= 32 ? end : ""
    var stem = String.UnicodeScalarView()
    var count = 0
    for scalar in text.unicodeScalars.dropLast(kept.unicodeScalars.count) {
      count += UTF8.width(scalar)
      guard count + kept.utf8.count <= limit else { break }
      stem.append(scalar)
    }
    return String(stem) + kept
  }
}
