internal import SystemPackage

/// A git configuration file, read without libgit2, because loading libgit2 takes longer than a
/// small command.
///
/// Understands sections and variables only. Refuses anything else (includes, and spellings that
/// versions of git read differently); libgit2 then reads the file.
struct PlainConfiguration {
  /// The entries in the order of the file, keys in normal form. The value is `nil` if the key has
  /// none.
  private(set) var entries: [(key: String, value: String?)] = []
  private var text: ArraySlice<UInt8>
  private var section = ""

  /// - Returns: `nil` for a file that libgit2 has to read.
  init?(parsing bytes: [UInt8]) {
    text = bytes[...]
    if bytes.starts(with: [0xEF, 0xBB, 0xBF]) { text.removeFirst(3) }
    while let byte = text.first {
      switch byte {
      case Self.newline, Self.space, Self.tab, Self.carriageReturn: text.removeFirst()
      case UInt8(ascii: "#"), UInt8(ascii: ";"): skipLine()
      case UInt8(ascii: "["):
        guard readSection() else { return nil }
      default:
        guard readVariable() else { return nil }
      }
    }
  }

  /// Reads a file. A path that is missing or not a regular file counts as empty; an unreadable file
  /// or one of more than 1 MiB gives `nil`.
  init?(reading path: FilePath) {
    guard FileStatus(reaching: path)?.isRegular == true else {
      self.init(parsing: [])
      return
    }
    guard let bytes = try? FileBytes.read(path, limit: 1 << 20) else { return nil }
    self.init(parsing: bytes)
  }

  private static let newline = UInt8(ascii: "\n")
  private static let carriageReturn = UInt8(ascii: "\r")
  private static let space = UInt8(ascii: " ")
  private static let tab = UInt8(ascii: "\t")
  private static let quote = UInt8(ascii: "\"")
  private static let backslash = UInt8(ascii: "\\")

  private mutating func skipLine() {
    text = text.drop { $0 != Self.newline }
  }

  private mutating func skipBlanks() {
    text = text.drop { $0 == Self.space || $0 == Self.tab }
  }

  /// Letters, digits and `-`, in lower case; `nil` if there are none.
  private mutating func readName() -> String? {
    let name = text.prefix { byte in
      switch byte {
      case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
        UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"):
        true
      default: false
      }
    }
    text = text.dropFirst(name.count)
    return name.isEmpty ? nil : String(decoding: name, as: UTF8.self).lowercased()
  }

  /// `[section]` or `[section "subsection"]`.
  private mutating func readSection() -> Bool {
    text.removeFirst()
    guard let name = readName(), !name.hasPrefix("include") else { return false }
    section = name
    if text.first == Self.space {
      skipBlanks()
      guard let subsection = readSubsection() else { return false }
      section += "." + subsection
    }
    guard text.first == UInt8(ascii: "]") else { return false }
    text.removeFirst()
    return true
  }

  private mutating func readSubsection() -> String? {
    guard text.popFirst() == Self.quote else { return nil }
    var name: [UInt8] = []
    while let byte = text.popFirst() {
      switch byte {
      case Self.quote: return String(validating: name, as: UTF8.self)
      case Self.newline, 0: return nil
      case Self.backslash:
        guard let escaped = text.popFirst(), escaped != Self.newline else { return nil }
        name.append(escaped)
      default: name.append(byte)
      }
    }
    return nil
  }

  /// `name = value`, or `name` alone.
  private mutating func readVariable() -> Bool {
    guard !section.isEmpty, let name = readName() else { return false }
    skipBlanks()
    if text.first == UInt8(ascii: "=") {
      text.removeFirst()
      skipBlanks()
      guard let value = readValue() else { return false }
      entries.append(("\(section).\(name)", value))
      return true
    }
    let isAtEnd = text.first.map { $0 == Self.newline } ?? true
    guard isAtEnd || text.starts(with: [Self.carriageReturn, Self.newline]) else { return false }
    entries.append(("\(section).\(name)", nil))
    return true
  }

  /// A value up to the end of its line; unquoted spaces at its end are dropped.
  private mutating func readValue() -> String? {
    var value: [UInt8] = []
    var kept = 0
    var isQuoted = false
    while let byte = text.popFirst() {
      switch byte {
      case Self.newline:
        guard !isQuoted else { return nil }
        return String(validating: value.prefix(kept), as: UTF8.self)
      case Self.carriageReturn where text.first ?? Self.newline == Self.newline: continue
      case Self.quote:
        isQuoted.toggle()
        kept = value.count
        continue
      case Self.backslash:
        guard let escaped = text.popFirst() else { return nil }
        if escaped == Self.newline { continue }
        guard let meant = Self.escapes[escaped] else { return nil }
        value.append(meant)
      case UInt8(ascii: "#") where !isQuoted, UInt8(ascii: ";") where !isQuoted:
        skipLine()
        continue
      case Self.space where !isQuoted:
        value.append(byte)
        continue
      // Versions of git read these differently.
      case Self.tab where !isQuoted, Self.carriageReturn, 0: return nil
      default: value.append(byte)
      }
      kept = value.count
    }
    return isQuoted ? nil : String(validating: value.prefix(kept), as: UTF8.self)
  }

  private static let escapes: [UInt8: UInt8] = [
    quote: quote, backslash: backslash, UInt8(ascii: "n"): newline, UInt8(ascii: "t"): tab,
    UInt8(ascii: "b"): 8,
  ]
}
