/// A netrc file: the form that ftp, curl and git read.
///
/// Words are separated by whitespace; a word in double quotes may contain whitespace, and `\`
/// escapes. `#` in place of a keyword starts a comment; `macdef` runs to the next empty line.
struct Netrc {
  struct Entry: Sendable {
    let login: String?
    let password: String
  }

  /// A syntax error in this one-based line.
  struct SyntaxError: Error, Hashable {
    let line: Int
  }

  private var bytes: ArraySlice<UInt8>
  private var line = 1

  /// The first entry with a password for exactly `host` (in any case); `default` never matches.
  static func entry(for host: String, in bytes: [UInt8]) throws(SyntaxError) -> Entry? {
    var file = Netrc(bytes: bytes[...])
    return try file.entry(for: host.lowercased())
  }

  private init(bytes: ArraySlice<UInt8>) {
    self.bytes = bytes.starts(with: [0xEF, 0xBB, 0xBF]) ? bytes.dropFirst(3) : bytes
  }

  private mutating func entry(for host: String) throws(SyntaxError) -> Entry? {
    var isWanted = false
    var login: String?
    var password: String?
    while let keyword = try keyword() {
      switch keyword {
      case "machine", "default":
        if isWanted, let password { return Entry(login: login, password: password) }
        (login, password) = (nil, nil)
        isWanted = keyword == "machine" ? try value().lowercased() == host : false
      case "login": login = try value()
      case "password": password = try value()
      case "account": _ = try value()
      case "macdef": skipMacro()
      default: throw SyntaxError(line: line)
      }
    }
    guard isWanted, let password else { return nil }
    return Entry(login: login, password: password)
  }

  private mutating func keyword() throws(SyntaxError) -> String? {
    while true {
      skipBlanks()
      guard let first = bytes.first else { return nil }
      guard first == UInt8(ascii: "#") else { return try word() }
      bytes = bytes.drop { $0 != UInt8(ascii: "\n") }
    }
  }

  private mutating func value() throws(SyntaxError) -> String {
    skipBlanks()
    guard !bytes.isEmpty else { throw SyntaxError(line: line) }
    return try word()
  }

  private mutating func word() throws(SyntaxError) -> String {
    var word: [UInt8] = []
    let isQuoted = bytes.first == UInt8(ascii: "\"")
    if isQuoted { bytes.removeFirst() }
    while let byte = bytes.first {
      if isQuoted ? byte == UInt8(ascii: "\"") : Self.isBlank(byte) { break }
      bytes.removeFirst()
      if byte == UInt8(ascii: "\\"), isQuoted, let escaped = bytes.popFirst() {
        word.append(Self.control(escaped))
      } else {
        word.append(byte)
      }
    }
    if isQuoted, bytes.popFirst() == nil { throw SyntaxError(line: line) }
    guard let text = String(validating: word, as: UTF8.self) else {
      throw SyntaxError(line: line)
    }
    return text
  }

  private mutating func skipBlanks() {
    while let byte = bytes.first, Self.isBlank(byte) {
      if byte == UInt8(ascii: "\n") { line += 1 }
      bytes.removeFirst()
    }
  }

  private mutating func skipMacro() {
    var isEmptyLine = false
    while let byte = bytes.popFirst() {
      guard byte == UInt8(ascii: "\n") else {
        if byte != UInt8(ascii: "\r") { isEmptyLine = false }
        continue
      }
      line += 1
      if isEmptyLine { return }
      isEmptyLine = true
    }
  }

  private static func isBlank(_ byte: UInt8) -> Bool {
    byte == 0x20 || (0x09...0x0D).contains(byte)
  }

  private static func control(_ letter: UInt8) -> UInt8 {
    switch letter {
    case UInt8(ascii: "n"): UInt8(ascii: "\n")
    case UInt8(ascii: "r"): UInt8(ascii: "\r")
    case UInt8(ascii: "t"): UInt8(ascii: "\t")
    default: letter
    }
  }
}
