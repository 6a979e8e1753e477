/// Text that comes from workflows, URLs or servers, made safe to show or to put in a record.
public enum SafeText {
  /// The text with control characters and bidirectional overrides as `\xNN` or `\u{…}`.
  public static func escaped(_ text: String) -> String {
    guard text.unicodeScalars.contains(where: isUnsafe) else { return text }
    var result = ""
    for scalar in text.unicodeScalars {
      if isUnsafe(scalar) {
        result += "\\u{" + String(scalar.value, radix: 16) + "}"
      } else {
        result.unicodeScalars.append(scalar)
      }
    }
    return result
  }

  /// The text as git quotes a path: bare when it can stand bare, else between `"` with C escapes.
  ///
  /// TAB, LF, other control characters, `"` and `\` make the quotes necessary; characters outside
  /// ASCII stay as they are.
  public static func quoted(_ text: String) -> String {
    let needsQuotes = text.unicodeScalars.contains {
      isUnsafe($0) || $0 == "\"" || $0 == "\\"
    }
    guard needsQuotes else { return text }
    var result = "\""
    for scalar in text.unicodeScalars { result += quoted(scalar) }
    return result + "\""
  }

  private static func quoted(_ scalar: Unicode.Scalar) -> String {
    switch scalar {
    case "\"": return "\\\""
    case "\\": return "\\\\"
    case "\u{7}": return "\\a"
    case "\u{8}": return "\\b"
    case "\t": return "\\t"
    case "\n": return "\\n"
    case "\u{B}": return "\\v"
    case "\u{C}": return "\\f"
    case "\r": return "\\r"
    default:
      guard isUnsafe(scalar) else { return String(scalar) }
      return String(scalar).utf8.map { byte in
        let digits = String(byte, radix: 8)
        return "\\" + String(repeating: "0", count: 3 - digits.count) + digits
      }.joined()
    }
  }

  /// Control characters (C0, DEL, C1), line separators and the bidirectional formatting characters.
  static func isUnsafe(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar.value {
    case 0x00...0x1F, 0x7F...0x9F, 0x2028...0x202E, 0x2066...0x2069, 0x200E, 0x200F, 0x061C: true
    default: false
    }
  }
}
