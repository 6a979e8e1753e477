/// A row of a loader table.
struct LoaderRow {
  enum Content {
    case trait(LoaderTrait)
    case input(LoaderInput)
  }

  var nodeType: String
  var content: Content
}

/// Reads the rows of a loader table, line by line.
struct LoaderRowReader {
  private let bytes: [UInt8]
  private var position: Int
  private var line = 0

  init(_ bytes: [UInt8]) {
    self.bytes = bytes
    position = bytes.starts(with: JSONParser.byteOrderMark) ? 3 : 0
  }

  /// The next row; empty lines and comments are skipped.
  mutating func next() throws(LoaderTableError) -> LoaderRow? {
    while position < bytes.count {
      line += 1
      let rest = bytes[position...]
      let end = rest.firstIndex(of: UInt8(ascii: "\n")) ?? bytes.count
      position = min(end + 1, bytes.count)
      let fields = try fields(of: rest[..<end])
      guard let nodeType = fields.first else { continue }
      if fields.count == 2, let trait = LoaderTrait(rawValue: fields[1]) {
        return LoaderRow(nodeType: nodeType, content: .trait(trait))
      }
      guard fields.count >= 4 else { throw trouble(.fieldCount(fields.count)) }
      return LoaderRow(nodeType: nodeType, content: .input(try input(of: fields)))
    }
    return nil
  }

  private func trouble(_ reason: LoaderTableError.Reason) -> LoaderTableError {
    LoaderTableError(line: line, reason: reason)
  }

  /// Splits a line at whitespace, but not inside `"…"`; `#` at the start of a field begins a
  /// comment.
  private func fields(of line: ArraySlice<UInt8>) throws(LoaderTableError) -> [String] {
    var fields: [String] = []
    var index = line.startIndex
    func isSpace(_ byte: UInt8) -> Bool { byte == 0x20 || byte == 0x09 || byte == 0x0D }
    while index < line.endIndex {
      if isSpace(line[index]) {
        index += 1
        continue
      }
      if line[index] == UInt8(ascii: "#") { break }
      let rest = line[index...]
      let end = rest.firstIndex(where: isSpace) ?? line.endIndex
      if !rest[..<end].contains(UInt8(ascii: "\"")) {
        fields.append(try text(rest[..<end]))
        index = end
        continue
      }
      var field: [UInt8] = []
      var isQuoted = false
      while index < line.endIndex, isQuoted || !isSpace(line[index]) {
        let byte = line[index]
        index += 1
        switch byte {
        case UInt8(ascii: "\""): isQuoted.toggle()
        case UInt8(ascii: "\\") where isQuoted && index < line.endIndex:
          field.append(line[index])
          index += 1
        default: field.append(byte)
        }
      }
      guard !isQuoted else { throw trouble(.quoting) }
      fields.append(try text(field[...]))
    }
    return fields
  }

  private func text(_ field: ArraySlice<UInt8>) throws(LoaderTableError) -> String {
    guard let text = String(validating: field, as: UTF8.self) else { throw trouble(.invalidUTF8) }
    return text
  }

  /// `TYPE INPUT CATEGORY INDEX [OPTION…]`
  private func input(of fields: [String]) throws(LoaderTableError) -> LoaderInput {
    var place = LoaderInput.Place(name: fields[1])
    guard parse(index: fields[3], into: &place) else { throw trouble(.index(fields[3])) }
    var input = LoaderInput(place: place)
    if fields[2] != "-" { input.categories = [Category(fields[2])] }
    for option in fields[4...] { try apply(option, to: &input) }
    return input
  }

  private func apply(
    _ option: String, to input: inout LoaderInput
  ) throws(LoaderTableError) {
    let equals = option.firstIndex(of: "=") ?? option.endIndex
    let name = option[..<equals]
    let value = String(option[equals...].dropFirst())
    switch name {
    case "any" where equals == option.endIndex: input.needsNoExtension = true
    case "helper" where equals == option.endIndex: input.isHelper = true
    case "also": input.categories += value.split(separator: ",").map { Category($0) }
    case "rows":
      guard let count = Int(value), (1...10_000).contains(count) else {
        throw trouble(.optionValue(option))
      }
      input.rows = 1...count
    case "word":
      let parts = value.split(separator: ":", maxSplits: 1)
      guard parts.count == 2 else { throw trouble(.optionValue(option)) }
      input.words[String(parts[0])] = .some(parts[1] == "-" ? nil : Category(parts[1]))
    case "switch": input.switchPlace = try place(value, option)
    case "count": input.countPlace = try place(value, option)
    default: throw trouble(.option(String(name)))
    }
  }

  /// `NAME@INDEX`
  private func place(
    _ text: String, _ option: String
  ) throws(LoaderTableError) -> LoaderInput.Place {
    guard let at = text.lastIndex(of: "@") else { throw trouble(.optionValue(option)) }
    var place = LoaderInput.Place(name: String(text[..<at]))
    guard parse(index: String(text[text.index(after: at)...]), into: &place) else {
      throw trouble(.optionValue(option))
    }
    return place
  }

  /// `-`, `N` or `N+STEP`, both below ten thousand.
  private func parse(index text: String, into place: inout LoaderInput.Place) -> Bool {
    if text == "-" { return true }
    let parts = text.split(separator: "+", omittingEmptySubsequences: false)
    let numbers = parts.compactMap { Int($0) }.filter { (0..<10_000).contains($0) }
    guard numbers.count == parts.count, (1...2).contains(numbers.count) else { return false }
    place.index = numbers[0]
    place.step = numbers.count == 2 ? numbers[1] : 0
    return true
  }
}
