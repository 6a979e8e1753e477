/// A manual page as plain text: what `man` makes of it, for where there is no `man`.
///
/// Knows the part of mdoc(7) that the pages in `man` are written in.
struct ManualText {
  private let name: String
  private let columns: Int
  private(set) var lines: [String] = []

  /// Words that wait for the end of their paragraph.
  private var paragraph: [String] = []
  private var indent = 0
  private var lists: [List] = []
  private var isLiteral = false
  /// How many lines there were right after the last heading.
  private var endOfHeading = 0

  private static let step = 4

  private struct List {
    let isTagged: Bool
    let isCompact: Bool
    let indent: Int
    /// Of an enumeration.
    var number: Int?
  }

  /// - Parameter name: What the page calls the program's command, for `.Nm` alone.
  init(_ page: String, name: String, columns: Int) {
    self.name = name
    self.columns = columns
    for line in page.split(separator: "\n", omittingEmptySubsequences: false) { read(line) }
    flush()
  }

  private mutating func read(_ line: Substring) {
    if isLiteral, line != ".Ed" {
      show(MacroLine.decoded(line))
    } else if line.hasPrefix(".\\\"") {
      return
    } else if line.hasPrefix(".") {
      var words = MacroLine.words(in: line.dropFirst())
      guard !words.isEmpty else { return }
      obey(words.removeFirst(), words)
    } else if !line.isEmpty {
      paragraph.append(MacroLine.decoded(line))
    }
  }

  private mutating func obey(_ macro: String, _ words: [String]) {
    switch macro {
    case "Dd", "Dt", "Os": break
    case "Sh": head(words.joined(separator: " "), indent: 0)
    case "Ss": head(words.joined(separator: " "), indent: 2)
    case "Pp": separate()
    case "br": flush()
    case "Nd": paragraph.append("- " + MacroLine.decoded(words.joined(separator: " ")))
    case "D1":
      flush()
      show(MacroLine(words, name: name).text)
    case "Bd":
      separate()
      isLiteral = true
    case "Ed": isLiteral = false
    case "Bl": begin(words)
    case "It": item(words)
    case "El":
      flush()
      if let list = lists.popLast() { indent = list.indent }
    default: paragraph.append(MacroLine([macro] + words, name: name).text)
    }
  }

  private mutating func head(_ title: String, indent: Int) {
    flush()
    if !lines.isEmpty { lines.append("") }
    lines.append(String(repeating: " ", count: indent) + MacroLine.decoded(title))
    endOfHeading = lines.count
    lists = []
    self.indent = Self.step
  }

  /// A line as it stands, set off from the text.
  private mutating func show(_ line: String) {
    lines.append(line.isEmpty ? "" : String(repeating: " ", count: indent + Self.step) + line)
  }

  private mutating func begin(_ words: [String]) {
    flush()
    lists.append(
      List(
        isTagged: words.contains("-tag"), isCompact: words.contains("-compact"), indent: indent,
        number: words.contains("-enum") ? 0 : nil))
  }

  private mutating func item(_ words: [String]) {
    guard var list = lists.popLast() else { return }
    if list.isCompact { flush() } else { separate() }
    indent = list.indent
    if list.isTagged {
      paragraph.append(MacroLine(words, name: name).text)
      flush()
      indent += Self.step
    } else {
      list.number = list.number.map { $0 + 1 }
      paragraph.append(list.number.map { "\($0)." } ?? "-")
    }
    lists.append(list)
  }

  /// Sets off what comes from what stands above it, unless that is a heading.
  private mutating func separate() {
    flush()
    if lines.last?.isEmpty == false, lines.count != endOfHeading { lines.append("") }
  }

  private mutating func flush() {
    guard !paragraph.isEmpty else { return }
    let margin = String(repeating: " ", count: indent)
    lines += TextLayout.wrapped(
      margin + paragraph.joined(separator: " "), columns: columns, indent: indent)
    paragraph = []
  }
}

/// One line of macros and their words, as text.
private struct MacroLine {
  private(set) var text = ""
  private let name: String
  /// Whether the next word follows without a space.
  private var isGlued = true

  private static let enclosing = [
    "Op": ("[", "]"), "Pq": ("(", ")"), "Sq": ("'", "'"), "Ql": ("'", "'"),
  ]
  private static let opening = ["Oo": "[", "Po": "("]
  private static let closing = ["Oc": "]", "Pc": ")"]
  private static let plain: Set = ["Ar", "Cm", "Em", "Ev", "Ic", "Li", "Pa", "Sx", "Sy", "Va"]

  init(_ words: [String], name: String) {
    self.name = name
    write(words[...])
  }

  private mutating func write(_ words: ArraySlice<String>) {
    var words = words
    while let word = words.popFirst() {
      if let (start, end) = Self.enclosing[word] {
        // Punctuation at the end of the line is not enclosed.
        let rest = words.reversed().drop { Self.isClosing($0) }.count
        put(start)
        isGlued = true
        write(words.prefix(rest))
        put(end, glued: true)
        words = words.dropFirst(rest)
      } else if let start = Self.opening[word] {
        put(start)
        isGlued = true
      } else if let end = Self.closing[word] {
        put(end, glued: true)
      } else {
        write(word, &words)
      }
    }
  }

  private mutating func write(_ word: String, _ words: inout ArraySlice<String>) {
    switch word {
    case "Ns": isGlued = true
    case "Nm": if words.first.map({ Self.isMacro($0) || Self.isClosing($0) }) ?? true { put(name) }
    case "Fl":
      while let flag = words.first, !Self.isMacro(flag), !Self.isClosing(flag) {
        put(flag == "|" ? flag : "-" + flag)
        words.removeFirst()
      }
    case "Xr":
      guard let page = words.popFirst() else { return }
      put(page)
      if let section = words.popFirst() { put("(\(section))", glued: true) }
    case _ where Self.plain.contains(word): break
    default: put(word, glued: Self.isClosing(word))
    }
  }

  private mutating func put(_ word: String, glued: Bool = false) {
    if !isGlued, !glued { text += " " }
    text += Self.decoded(word)
    isGlued = word == "(" || word == "["
  }

  private static func isClosing(_ word: String) -> Bool {
    [".", ",", ";", ":", "?", "!", ")", "]"].contains(word)
  }

  private static func isMacro(_ word: String) -> Bool {
    plain.contains(word) || enclosing[word] != nil || opening[word] != nil || closing[word] != nil
      || ["Fl", "Nm", "Ns", "Xr"].contains(word)
  }

  /// The words of a line, with their escapes: `\&?` is no punctuation. Those in double quotes are one.
  static func words(in line: Substring) -> [String] {
    var words: [String] = []
    var rest = line.drop { $0 == " " }
    while let first = rest.first {
      let word: Substring
      if first == "\"" {
        rest.removeFirst()
        word = rest.prefix { $0 != "\"" }
        rest = rest.dropFirst(word.count + 1)
      } else {
        word = rest.prefix { $0 != " " }
        rest = rest.dropFirst(word.count)
      }
      words.append(String(word))
      rest = rest.drop { $0 == " " }
    }
    return words
  }

  /// Text without roff's escapes.
  static func decoded(_ text: some StringProtocol) -> String {
    guard text.contains("\\") else { return String(text) }
    return String(text).replacing("\\(aq", with: "'").replacing("\\(dq", with: "\"")
      .replacing("\\\"", with: "\"").replacing("\\&", with: "").replacing("\\-", with: "-")
      .replacing("\\e", with: "\\")
  }
}
