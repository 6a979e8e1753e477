/// Text that comes from workflows, URLs or servers, made safe to show or to put in a record.
public enum SafeText {
  /// The text with every character that could act on a terminal made visible.
  ///
  /// Escaped are: control characters (C0 as `\t` `\n` `\r` or `\x1b`, C1 as `\u{9b}`), line and
  /// paragraph separators, direction marks and overrides, invisible format characters except the
  /// joiners that scripts and emoji need, and everything that has no meaning in text
  /// (noncharacters, surrogates). Of a heap of marks on one base the first eight stay and
  /// `\u{fffd}` stands for the rest. Printable text, a backslash too, stays as it is; the result has
  /// no line break.
  public static func escaped(_ text: some StringProtocol) -> String {
    if text.utf8.allSatisfy({ $0 >= 0x20 && $0 < 0x7f }) { return String(text) }
    var result = String.UnicodeScalarView()
    var marks = 0
    for scalar in text.unicodeScalars {
      if let escape = escape(of: scalar) {
        marks = 0
        result.append(contentsOf: escape.unicodeScalars)
        continue
      }
      marks = isMark(scalar) ? marks + 1 : 0
      if marks <= markLimit {
        result.append(scalar)
      } else if marks == markLimit + 1 {
        result.append("\u{fffd}")
      }
    }
    return String(result)
  }

  /// Whether a scalar may reach a terminal as it is.
  static func isVisible(_ scalar: Unicode.Scalar) -> Bool { escape(of: scalar) == nil }

  /// More marks on one base than any script needs; a longer heap would climb over other lines.
  private static let markLimit = 8

  /// Whether a scalar is drawn into the cell of the one before it: combining marks, the joiners,
  /// Hangul vowels and finals.
  private static func isMark(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar.value {
    case ..<0x300: return false
    case 0x1160...0x11FF, 0xD7B0...0xD7FF: return true
    default: break
    }
    switch scalar.properties.generalCategory {
    case .nonspacingMark, .enclosingMark, .format: return true
    default: return false
    }
  }

  /// The visible spelling of a scalar that may not reach a terminal; `nil` for one that may.
  private static func escape(of scalar: Unicode.Scalar) -> String? {
    switch scalar {
    case "\t": return "\\t"
    case "\n": return "\\n"
    case "\r": return "\\r"
    case " "..."~": return nil
    case "\u{200c}", "\u{200d}": return nil
    default: break
    }
    switch scalar.properties.generalCategory {
    case .control where scalar.value < 0x80:
      let digits = String(scalar.value, radix: 16)
      return "\\x" + (digits.count < 2 ? "0" : "") + digits
    case .control, .format, .lineSeparator, .paragraphSeparator, .surrogate:
      return "\\u{\(String(scalar.value, radix: 16))}"
    default:
      return scalar.properties.isNoncharacterCodePoint
        ? "\\u{\(String(scalar.value, radix: 16))}" : nil
    }
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

  /// Control characters (C0, DEL, C1), line separators and the bidirectional formatting characters:
  /// what a quoted field spells out. Frozen with the records.
  private static func isUnsafe(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar.value {
    case 0x00...0x1F, 0x7F...0x9F, 0x2028...0x202E, 0x2066...0x2069, 0x200E, 0x200F, 0x061C: true
    default: false
    }
  }
}
