extension Unicode.Scalar {
  /// Whether the character is outside ASCII and leaves nothing visible: controls, format characters
  /// and direction marks, fillers, invisible spaces, and code points without a meaning in text.
  package var isInvisible: Bool {
    guard !isASCII else { return false }
    switch properties.generalCategory {
    case .control, .format, .lineSeparator, .paragraphSeparator, .surrogate: return true
    default:
      return properties.isDefaultIgnorableCodePoint || properties.isNoncharacterCodePoint
        || self == "\u{2800}"
    }
  }

  /// Whether it is one of the invisible characters that scripts and emoji need after another
  /// character: joiners and variation selectors.
  package var joinsCharacters: Bool {
    switch value {
    case 0x200C, 0x200D, 0xFE00...0xFE0F, 0xE0100...0xE01EF: true
    default: false
    }
  }

  /// Whether it may be shown as it is after `previous`: it is visible, or joins characters outside
  /// ASCII. The caller has to check for ASCII control characters.
  package func isShown(behind previous: Unicode.Scalar?) -> Bool {
    !isInvisible || (joinsCharacters && previous.map { !$0.isASCII } == true)
  }
}
