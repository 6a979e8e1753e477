/// A path below the models directory, as the manifest writes it: `checkpoints/sdxl/base.safetensors`.
///
/// `/`-separated, at least one component; no empty, `.` or `..` component, not absolute, no drive
/// letter, no NUL. Whoever gives the text (a workflow, a user, a server), a value of this type can
/// not leave the directory it is joined to by its text alone. `\` is read as `/`.
public struct RelativePath: Sendable, Hashable {
  /// The normal spelling, `/`-separated.
  public let string: String

  /// Reads a path.
  ///
  /// - Throws: ``RelativePathError`` with the reason the text is refused.
  public init(_ text: some StringProtocol) throws(RelativePathError) {
    let unified = String(String.UnicodeScalarView(text.unicodeScalars.map { $0 == "\\" ? "/" : $0 }))
    guard !unified.isEmpty else { throw .empty }
    guard !unified.utf8.contains(0) else { throw .nulByte }
    guard unified.utf8.first != UInt8(ascii: "/") else { throw .absolute(unified) }
    for component in unified.utf8.split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false) {
      guard let name = String(component) else { throw .component(unified) }
      guard !name.isEmpty, name != ".", name != ".." else { throw .component(unified) }
    }
    let head = Array(unified.utf8.prefix(2))
    if head.count == 2, head[1] == UInt8(ascii: ":"),
      (head[0] | 0x20) >= UInt8(ascii: "a"), (head[0] | 0x20) <= UInt8(ascii: "z")
    {
      throw .absolute(unified)
    }
    string = unified
  }

  /// The components, outermost first; never empty.
  public var components: [Substring] { string.split(separator: "/") }

  /// The last component.
  public var filename: String { components.last.map(String.init) ?? string }

  /// The first component when there is more than one: the category folder.
  public var folder: String? {
    let parts = components
    return parts.count > 1 ? parts.first.map(String.init) : nil
  }
}

extension RelativePath: Comparable, CustomStringConvertible {
  public var description: String { string }

  public static func < (left: RelativePath, right: RelativePath) -> Bool {
    left.string < right.string
  }
}

/// Why a text is not a ``RelativePath``.
public enum RelativePathError: Error, Sendable, Hashable {
  /// Nothing in it.
  case empty
  /// Starts with `/`, `\` or a drive letter; the text with `/` separators.
  case absolute(String)
  /// Has an empty, `.` or `..` component; the text with `/` separators.
  case component(String)
  /// Has a NUL byte.
  case nulByte
}
