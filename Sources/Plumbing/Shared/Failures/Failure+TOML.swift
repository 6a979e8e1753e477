internal import ComfyCore

extension TOMLError.Reason {
  var words: String {
    switch self {
    case .invalidUTF8: "bytes that are not UTF-8"
    case .controlCharacter: "a control character"
    case .bareCarriageReturn: "a carriage return without a line feed"
    case .expectedKey: "a key is expected here"
    case .expectedEquals: "'=' is expected here"
    case .expectedValue: "a value is expected here"
    case .expectedLineEnd: "the line should end here"
    case .expectedClosingBracket: "a closing bracket is expected here"
    case .expectedSeparator: "',' or a closing bracket is expected here"
    case .unterminatedString: "a string that does not end"
    case .lineBreakInString: "a line break in a string of one line"
    case .invalidEscape: "an escape that TOML does not have"
    case .invalidNumber: "a number that TOML does not have"
    case .integerOverflow: "a number of more than 64 bits"
    case .invalidDate: "a date or time that does not exist"
    case .duplicateKey: "the key appears here a second time"
    case .tableRedefined: "the table appears here a second time"
    case .notATable: "the key is not a table, so nothing can be added below it"
    case .inlineTableExtended: "an inline table cannot be added to"
    case .lineBreakInInlineTable: "a line break in an inline table"
    case .trailingComma: "a comma before the end of an inline table"
    case .tooDeep: "the values are nested too deeply"
    case .tooLarge: "more than a manifest may have"
    }
  }
}
