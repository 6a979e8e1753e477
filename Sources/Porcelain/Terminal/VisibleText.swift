/// `foreign` with every character that could act on a terminal made visible.
///
/// Escaped are: control characters (C0 as `\t` `\n` `\r` or `\x1b`, C1 as `\u{9b}`), line and
/// paragraph separators, direction marks and overrides, invisible format characters except the
/// joiners that scripts and emoji need, and everything that has no meaning in text (noncharacters,
/// surrogates). Of a heap of marks on one base the first eight stay and `\u{fffd}` stands for the
/// rest. Printable text, a backslash too, stays as it is; the result has no line break.
func visible(_ foreign: some StringProtocol) -> String {
  if foreign.utf8.allSatisfy({ $0 >= 0x20 && $0 < 0x7f }) { return String(foreign) }
  var result = String.UnicodeScalarView()
  var marks = 0
  for scalar in foreign.unicodeScalars {
    if let escape = escape(of: scalar) {
      marks = 0
      result.append(contentsOf: escape.unicodeScalars)
      continue
    }
    marks = scalar.columns == 0 ? marks + 1 : 0
    if marks <= markLimit {
      result.append(scalar)
    } else if marks == markLimit + 1 {
      result.append("\u{fffd}")
    }
  }
  return String(result)
}

/// More marks on one base than any script needs; a longer heap would climb over other lines.
private let markLimit = 8

/// The visible spelling of a scalar that may not reach a terminal; `nil` for one that may.
private func escape(of scalar: Unicode.Scalar) -> String? {
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
