internal import ComfyCore

/// Text that comes from workflows, URLs or servers, made safe to show or to put in a record.
package enum SafeText {
  /// The text with every character that could act on a terminal made visible.
  ///
  /// Escaped are: control characters (C0 as `\t` `\n` `\r` or `\x1b`, C1 as `\u{9b}`), line and
  /// paragraph separators, direction marks and overrides, invisible characters except the joiners
  /// that scripts and emoji need behind a character outside ASCII, and everything that has no meaning
  /// in text (noncharacters, surrogates). Of a heap of marks on one base the first eight stay and
  /// `\u{fffd}` stands for the rest. Printable text, a backslash too, stays as it is; the result has
  /// no line break.
  package static func escaped(_ text: some StringProtocol) -> String {
    if text.utf8.allSatisfy({ $0 >= 0x20 && $0 < 0x7f }) { return String(text) }
    var result = String.UnicodeScalarView()
    var marks = 0
    var previous: Unicode.Scalar?
    for scalar in text.unicodeScalars {
      defer { if !scalar.joinsCharacters { previous = scalar } }
      if let escape = escape(of: scalar, behind: previous) {
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
  static func isVisible(_ scalar: Unicode.Scalar) -> Bool {
    scalar.joinsCharacters || escape(of: scalar, behind: nil) == nil
  }

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
  private static func escape(
    of scalar: Unicode.Scalar, behind previous: Unicode.Scalar?
  ) -> String? {
    let digits = String(scalar.value, radix: 16)
    switch scalar {
    case "\t": return "\\t"
    case "\n": return "\\n"
    case "\r": return "\\r"
    case " "..."~": return nil
    case _ where scalar.isASCII: return "\\x" + (digits.count < 2 ? "0" : "") + digits
    default: return scalar.isShown(behind: previous) ? nil : "\\u{\(digits)}"
    }
  }

  /// The text as git quotes a path: bare when it can stand bare, else between `"` with C escapes.
  ///
  /// TAB, LF, other control characters, invisible ones as ``escaped(_:)`` has them, `"` and `\` make
  /// the quotes necessary; other characters outside ASCII stay as they are.
  package static func quoted(_ text: String) -> String {
    var result = ""
    var needsQuotes = false
    var previous: Unicode.Scalar?
    for scalar in text.unicodeScalars {
      let isPlain =
        scalar.isASCII
        ? scalar.value >= 0x20 && scalar != "\u{7F}" && scalar != "\"" && scalar != "\\"
        : scalar.isShown(behind: previous)
      result += isPlain ? String(scalar) : quoted(scalar)
      needsQuotes = needsQuotes || !isPlain
      if !scalar.joinsCharacters { previous = scalar }
    }
    return needsQuotes ? "\"\(result)\"" : text
  }

  /// The C escape of a character.
  static func quoted(_ scalar: Unicode.Scalar) -> String {
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
      return String(scalar).utf8.map { byte in
        let digits = String(byte, radix: 8)
        return "\\" + String(repeating: "0", count: 3 - digits.count) + digits
      }.joined()
    }
  }
}
