/// Takes from the lines of a stream what a runner of CI jobs would read as a command: `::` at the start
/// of a line, behind spaces too, and `##[` or `##word[` anywhere.
///
/// One character of it is escaped: as `\u…` in a line of JSON, which means the same there, and as
/// `\x…` in any other line. Keeps what is known of the line that is being written, since a line may be
/// written in several pieces.
package struct RunnerLines {
  private var isAtStart = true
  private var isJSON = false
  private var colons = 0
  private var hashes = 0
  private var hasWord = false

  /// At the start of a line.
  package init() {}

  /// Whether a runner reads what is written: that of GitHub Actions, of Azure Pipelines or of TeamCity.
  package static func areRead(given variables: [String: String]) -> Bool {
    variables["GITHUB_ACTIONS"] == "true" || variables["TF_BUILD"]?.lowercased() == "true"
      || variables["TEAMCITY_VERSION"] != nil
  }

  /// `text` without commands.
  ///
  /// - Parameter isCommand: Whether the line is a command of our own, so that `::` stays.
  package mutating func harmless(_ text: some Sequence<UInt8>, isCommand: Bool = false) -> [UInt8] {
    var result: [UInt8] = []
    for byte in text {
      let isEscaped = next(byte) && !(isCommand && byte == UInt8(ascii: ":"))
      if isEscaped {
        result += "\(isJSON ? #"\u00"# : #"\x"#)\(String(byte, radix: 16))".utf8
      } else {
        result.append(byte)
      }
    }
    return result
  }

  /// Whether the byte would complete a command.
  private mutating func next(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "\n"), UInt8(ascii: "\r"):
      self = RunnerLines()
      return false
    case UInt8(ascii: ":") where isAtStart:
      colons += 1
      return colons == 2
    case UInt8(ascii: "#"):
      isAtStart = false
      // One behind a word begins another command.
      if hasWord { hashes = 0 }
      hasWord = false
      hashes += 1
      return false
    case UInt8(ascii: "["):
      isAtStart = false
      defer { (hashes, hasWord) = (0, false) }
      return hashes >= 2
    case UInt8(ascii: "A")...UInt8(ascii: "Z") where hashes >= 2,
      UInt8(ascii: "a")...UInt8(ascii: "z") where hashes >= 2:
      // Azure's 'vso', TeamCity's own name.
      hasWord = true
      return false
    default:
      if isAtStart, byte == UInt8(ascii: "{") { isJSON = true }
      // Spaces outside ASCII count as spaces too: every such byte is passed over.
      let isSpace = byte <= 0x20 || byte >= 0x7F
      isAtStart = isAtStart && isSpace && colons == 0
      (hashes, hasWord) = (0, false)
      return false
    }
  }
}
