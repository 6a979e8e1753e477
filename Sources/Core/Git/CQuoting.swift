/// Git's way of writing any text in one line: in double quotes with C escapes, where needed.
enum CQuoting {
  private static let escapes: [UInt8: Character] = [
    0x07: "a", 0x08: "b", 0x09: "t", 0x0A: "n", 0x0B: "v", 0x0C: "f", 0x0D: "r", 0x22: "\"",
    0x5C: "\\",
  ]

  /// The text itself; quoted if it is empty, starts or ends in a space, or has `"`, `\`, control
  /// characters or invisible characters other than joiners.
  static func quote(_ text: String) -> String {
    let plain = text.unicodeScalars.allSatisfy { !needsEscape($0) }
    if plain, !text.isEmpty, text.first != " ", text.last != " " { return text }
    var quoted = "\""
    for scalar in text.unicodeScalars {
      guard needsEscape(scalar) else {
        quoted.unicodeScalars.append(scalar)
        continue
      }
      for byte in String(scalar).utf8 {
        quoted += "\\"
        if let letter = escapes[byte] {
          quoted.append(letter)
        } else {
          let octal = String(byte, radix: 8)
          quoted += String(repeating: "0", count: 3 - octal.count) + octal
        }
      }
    }
    return quoted + "\""
  }

  /// The original text. A text that is not correctly quoted is returned unchanged.
  static func unquote(_ text: String) -> String {
    guard text.utf8.count >= 2, text.utf8.first == 0x22, text.utf8.last == 0x22 else { return text }
    var bytes: [UInt8] = []
    var rest = text.utf8.dropFirst().dropLast()
    while let byte = rest.popFirst() {
      guard byte == 0x5C else {
        bytes.append(byte)
        continue
      }
      guard let escape = rest.first else { return text }
      if let plain = escapes.first(where: { $0.value.asciiValue == escape })?.key {
        rest.removeFirst()
        bytes.append(plain)
      } else {
        guard let digits = String(rest.prefix(3)), digits.utf8.count == 3,
          let octal = UInt8(digits, radix: 8)
        else { return text }
        rest = rest.dropFirst(3)
        bytes.append(octal)
      }
    }
    return String(validating: bytes, as: UTF8.self) ?? text
  }

  private static func needsEscape(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar.value {
    case 0..<0x20, 0x22, 0x5C, 0x7F: true
    default: scalar.isInvisible && !scalar.joinsCharacters
    }
  }
}
