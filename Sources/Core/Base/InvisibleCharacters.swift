extension Unicode.Scalar {
  /// Whether nothing shows where it is, though it is outside ASCII: controls, format characters and
  /// direction marks, fillers, blanks that look like nothing, and what means nothing in text.
  package var isInvisible: Bool {
    guard !isASCII else { return false }
    switch properties.generalCategory {
    case .control, .format, .lineSeparator, .paragraphSeparator, .surrogate: return true
    default:
      return properties.isDefaultIgnorableCodePoint || properties.isNoncharacterCodePoint
        || self == "\u{2800}"
    }
  }

  /// Whether it is one of the invisible ones that scripts and emoji need behind another character:
  /// joiners and variation selectors.
  package var joinsCharacters: Bool {
    switch value {
    case 0x200C, 0x200D, 0xFE00...0xFE0F, 0xE0100...0xE01EF: true
    default: false
    }
  }

  /// Whether it may be shown as it is behind `previous`: it is visible, or joins characters outside
  /// ASCII. Controls of ASCII are the caller's to look at.
  package func isShown(behind previous: Unicode.Scalar?) -> Bool {
    !isInvisible || (joinsCharacters && previous.map { !$0.isASCII } == true)
  }
}
