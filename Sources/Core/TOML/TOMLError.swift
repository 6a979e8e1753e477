/// Why bytes are not a TOML document.
public struct TOMLError: Error, Sendable, Hashable {
  /// The rule that the text violates.
  public enum Reason: String, Sendable, Hashable, CaseIterable {
    case invalidUTF8, controlCharacter, bareCarriageReturn
    case expectedKey, expectedEquals, expectedValue, expectedLineEnd
    case expectedClosingBracket, expectedSeparator
    case unterminatedString, lineBreakInString, invalidEscape
    case invalidNumber, integerOverflow, invalidDate
    case duplicateKey, tableRedefined, notATable, inlineTableExtended
    case lineBreakInInlineTable, trailingComma
    case tooDeep, tooLarge
  }

  /// What is wrong.
  public let reason: Reason
  /// One-based.
  public let line: Int
  /// One-based, in bytes.
  public let column: Int

  package init(reason: Reason, line: Int, column: Int) {
    self.reason = reason
    self.line = line
    self.column = column
  }
}
