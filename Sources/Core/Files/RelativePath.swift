/// A path below the models directory, as in the manifest: `checkpoints/sdxl/base.safetensors`.
///
/// `/`-separated, at least one component; no empty, `.` or `..` component, not absolute, no drive
/// letter, no NUL. No matter who gives the text (a workflow, a user, a server), the text of such a
/// value cannot lead out of the directory that it is joined to. `\` is read as `/`.
public struct RelativePath: Sendable, Hashable {
  /// The normal spelling, `/`-separated.
  public let string: String

  /// Reads a path.
  ///
  /// - Throws: ``RelativePathError`` with the reason the text is refused.
  public init(_ text: some StringProtocol) throws(RelativePathError) {
    var unified = String(text)
    if unified.utf8.contains(UInt8(ascii: "\\")) {
      unified = String(
        String.UnicodeScalarView(unified.unicodeScalars.map { $0 == "\\" ? "/" : $0 }))
    }
    if let reason = unified.withUTF8(Self.refusal) {
      switch reason {
      case .empty: throw .empty
      case .nulByte: throw .nulByte
      case .absolute: throw .absolute(unified)
      case .component: throw .component(unified)
      }
    }
    string = unified
  }

  /// Reads a path for a new file; the path has to be valid on other systems too.
  ///
  /// - Throws: ``RelativePathError`` with the reason the text is refused.
  public init(ofNewFile text: some StringProtocol) throws(RelativePathError) {
    try self.init(text)
    if let part = components.first(where: { !PortableFilename.isPortable($0) }) {
      throw .unportable(string, part: String(part))
    }
  }

  private enum Refusal { case empty, nulByte, absolute, component }

  /// Why a text with `/` separators is not such a path; `nil` for a valid path.
  private static func refusal(_ text: UnsafeBufferPointer<UInt8>) -> Refusal? {
    let (slash, dot) = (UInt8(ascii: "/"), UInt8(ascii: "."))
    guard let first = text.first else { return .empty }
    guard !text.contains(0) else { return .nulByte }
    guard first != slash else { return .absolute }
    var start = 0
    for end in 0...text.count where end == text.count || text[end] == slash {
      let length = end - start
      // Empty, `.` or `..`.
      let isDots = length <= 2 && text[start..<end].allSatisfy { $0 == dot }
      guard !isDots else { return .component }
      start = end + 1
    }
    let letters = UInt8(ascii: "a")...UInt8(ascii: "z")
    let hasDrive = text.count >= 2 && text[1] == UInt8(ascii: ":") && letters.contains(first | 0x20)
    return hasDrive ? .absolute : nil
  }

  /// The components, outermost first; never empty.
  public var components: [Substring] {
    string.utf8.split(separator: UInt8(ascii: "/")).map { Substring($0) }
  }

  /// The last component.
  public var filename: String {
    guard let slash = string.utf8.lastIndex(of: UInt8(ascii: "/")) else { return string }
    return String(string[string.utf8.index(after: slash)...])
  }

  /// The first component, the category folder; `nil` if there is only one component.
  public var folder: String? {
    string.utf8.firstIndex(of: UInt8(ascii: "/")).map { String(string[..<$0]) }
  }
}

extension RelativePath: Comparable, CustomStringConvertible {
  /// The path, `/`-separated.
  public var description: String { string }

  /// By Unicode characters in composed form; for ASCII, byte by byte.
  public static func < (left: RelativePath, right: RelativePath) -> Bool {
    left.string < right.string
  }
}

extension RelativePathError {
  /// A stable name of the kind of refusal.
  public var code: String {
    switch self {
    case .empty: "path.empty"
    case .absolute: "path.absolute"
    case .component: "path.component"
    case .nulByte: "path.nul"
    case .unportable: "path.unportable"
    case .withoutCategory: "path.category"
    case .hidden: "path.hidden"
    case .code: "path.code"
    case .notAModel: "path.not-a-model"
    case .deep: "path.deep"
    }
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
  /// Windows does not allow a file or folder of that name, or changes the name: the text with `/`
  /// separators, and the component.
  case unportable(String, part: String)
  /// A new model without a category folder; no loader would find it.
  case withoutCategory(String)
  /// A new model in a folder that begins with a dot: the path, and that folder.
  case hidden(String, part: String)
  /// A new model in a folder from which ComfyUI loads code.
  case code(String)
  /// A new model whose name has no extension of a model.
  case notAModel(String)
  /// A new model in more folders than anyone has: their number, and the limit.
  case deep(Int, limit: Int)
}
