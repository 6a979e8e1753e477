import Testing

/// The order of Core's folders: code names what its own folder declares and what a floor below it
/// declares, nothing else.
@Suite struct FloorTests {
  /// From the ground up. Folders of one floor do not name each other.
  static let floors = [
    ["Base"], ["Files", "Threads"], ["TOML", "JSON"], ["Hash"], ["Web"], ["Model"],
    ["Workflow", "Manifest", "Index", "Git"], ["History", "Catalog", "Nodes", "Store"], ["Fetch"],
    ["Resolve"], ["Check", "Remove"], ["Project"],
  ]

  @Test func coreNamesOnlyWhatLiesBelow() throws {
    let files = try SourceRulesTests.sources("Sources/Core").map {
      SourceNames($0.text, of: $0.path)
    }
    #expect(files.count > 250)
    #expect(Self.breaches(in: files) == [])
  }

  @Test(
    "a name of a higher floor is found wherever it is written",
    arguments: [
      ("let b: Above", ["Base/a.swift:2: Base names 'Above' of Project"]),
      ("let b = \"\\(Above())\"", ["Base/a.swift:2: Base names 'Above' of Project"]),
      ("let b = path.lifted", ["Base/a.swift:2: Base names 'lifted' of Project"]),
      ("let b = raise(1)", ["Base/a.swift:2: Base names 'raise' of Project"]),
      ("let b = Other.Above()", []), ("let b = \"Above\" // Above", []), ("let b = Own()", []),
      ("let b = path.shared", []),
    ])
  func names(line: String, found: [String]) {
    let files = [
      SourceNames(
        "\n\(line)\nstruct Own {}\nextension Int { var shared: Int { 0 } }", of: "Base/a.swift"),
      SourceNames(
        """
        public struct Above { struct Inner {} }
        extension Int {
          var lifted: Int { 1 }
          var shared: Int { 1 }
        }
        func raise(_ number: Int) -> Own { Own() }
        """, of: "Project/b.swift"),
    ]
    #expect(Self.breaches(in: files) == found)
  }

  @Test func everyFolderHasAFloor() {
    let files = [SourceNames("", of: "Attic/a.swift")]
    #expect(Self.breaches(in: files) == ["Attic/a.swift: 'Attic' has no floor"])
  }

  /// Each as `file:line: folder names 'name' of folder`.
  private static func breaches(in files: [SourceNames]) -> [String] {
    var floor: [String: Int] = [:]
    for (height, folders) in floors.enumerated() {
      for folder in folders { floor[folder] = height }
    }
    var types: [String: Set<String>] = [:]
    var members: [String: Set<String>] = [:]
    var extensions: Set<String> = []
    for file in files {
      for name in file.types { types[name, default: []].insert(file.folder) }
      for name in file.declared { members[name, default: []].insert(file.folder) }
      extensions.formUnion(file.extensionMembers)
    }
    var found: [String] = []
    for file in files {
      guard let own = floor[file.folder] else {
        found.append("\(file.path): '\(file.folder)' has no floor")
        continue
      }
      for use in file.uses where !file.declared.contains(use.name) {
        let homes: Set<String>
        if use.isMember {
          // A name that is declared twice, here or in another library, may be the other one.
          let known = members[use.name] ?? []
          let isOurs = extensions.contains(use.name) && !SourceNames.elsewhere.contains(use.name)
          homes = isOurs && known.count == 1 ? known : []
        } else {
          homes = types[use.name] ?? []
        }
        guard !homes.contains(file.folder) else { continue }
        for home in homes.sorted() where floor[home].map({ $0 >= own }) ?? false {
          found.append("\(file.path):\(use.line): \(file.folder) names '\(use.name)' of \(home)")
        }
      }
    }
    return found
  }
}

/// The names that a Swift file declares and uses. Comments and texts do not count, but for what is
/// put into a text.
struct SourceNames {
  struct Use: Hashable {
    let name: String
    /// One-based.
    let line: Int
    /// Whether it follows a dot.
    let isMember: Bool
  }

  /// Members of the standard library's types, and of other packages', that ours share a name with.
  static let elsewhere: Set = ["exchange", "full", "inserted", "joined", "union"]

  let path: String
  /// Types and functions that other files may name without a dot.
  private(set) var types: Set<String> = []
  /// Members of extensions that other files may use.
  private(set) var extensionMembers: Set<String> = []
  /// Everything that has a name here, local variables included.
  private(set) var declared: Set<String> = []
  private(set) var uses: Set<Use> = []
  var folder: String { path.split(separator: "/").first.map(String.init) ?? "" }

  private var depth = 0
  private var isExtension = false
  /// The words since the last line, bracket or separator: modifiers of what comes.
  private var words: [String] = []
  private var isCase = false

  init(_ source: String, of path: String) {
    self.path = path
    scan(Array(source.utf8)[...], from: 1)
  }

  private mutating func scan(_ source: ArraySlice<UInt8>, from firstLine: Int) {
    var rest = source
    var line = firstLine
    var previous = UInt8(ascii: " ")
    while let byte = rest.first {
      if rest.starts(with: "//".utf8) {
        rest = rest.drop { $0 != UInt8(ascii: "\n") }
        continue
      }
      if byte == UInt8(ascii: "\"") {
        scanText(&rest, &line)
        previous = byte
        continue
      }
      let word = rest.prefix(while: Self.isWord)
      if !word.isEmpty {
        take(String(decoding: word, as: UTF8.self), at: line, after: previous)
        rest = rest.dropFirst(word.count)
        previous = UInt8(ascii: "a")
        continue
      }
      switch byte {
      case UInt8(ascii: "{"): depth += 1
      case UInt8(ascii: "}"): depth -= 1
      default: break
      }
      switch byte {
      case UInt8(ascii: "\n"):
        line += 1
        isCase = false
        words = []
      case UInt8(ascii: "{"), UInt8(ascii: "}"), UInt8(ascii: ";"): words = []
      default: break
      }
      if depth == 0, byte == UInt8(ascii: "}") { isExtension = false }
      if byte != UInt8(ascii: " ") { previous = byte }
      rest = rest.dropFirst()
    }
  }

  /// Steps over a text, and reads what is put into it.
  private mutating func scanText(_ rest: inout ArraySlice<UInt8>, _ line: inout Int) {
    let isLong = rest.starts(with: "\"\"\"".utf8)
    let mark = isLong ? "\"\"\"" : "\""
    rest = rest.dropFirst(mark.utf8.count)
    while let byte = rest.first, !rest.starts(with: mark.utf8) {
      if rest.starts(with: "\\(".utf8) {
        rest = rest.dropFirst(2)
        let start = rest
        var open = 1
        while let inner = rest.first, open > 0 {
          if inner == UInt8(ascii: "(") { open += 1 }
          if inner == UInt8(ascii: ")") { open -= 1 }
          rest = rest.dropFirst()
        }
        scan(source(start, upTo: rest), from: line)
        continue
      }
      if byte == UInt8(ascii: "\n") {
        guard isLong else { return }
        line += 1
      }
      rest = rest.dropFirst(byte == UInt8(ascii: "\\") ? 2 : 1)
    }
    rest = rest.dropFirst(mark.utf8.count)
  }

  private func source(_ start: ArraySlice<UInt8>, upTo end: ArraySlice<UInt8>) -> ArraySlice<UInt8>
  {
    start[start.startIndex..<max(start.startIndex, end.startIndex - 1)]
  }

  private static func isWord(_ byte: UInt8) -> Bool {
    (0x30...0x39).contains(byte) || (0x41...0x5A).contains(byte) || (0x61...0x7A).contains(byte)
      || byte == UInt8(ascii: "_") || byte > 0x7F
  }

  private static let kinds: Set = ["struct", "class", "enum", "protocol", "actor", "typealias"]

  private mutating func take(_ word: String, at line: Int, after previous: UInt8) {
    let last = words.last ?? ""
    let isHidden = words.contains("private") || words.contains("fileprivate")
    words.append(word)
    let isMember = previous == UInt8(ascii: ".")
    if word == "extension", depth == 0 { isExtension = true }
    if word == "case" { isCase = true }
    if isMember {
      uses.insert(Use(name: word, line: line, isMember: true))
    } else if Self.kinds.contains(last) || last == "func" {
      declared.insert(word)
      if depth == 0, !isHidden { types.insert(word) }
      if last == "func" { declareMember(word, isHidden: isHidden) }
    } else if last == "var" || last == "let" {
      declared.insert(word)
      declareMember(word, isHidden: isHidden)
    } else if isCase, last == "case" || previous == UInt8(ascii: ",") {
      declared.insert(word)
    } else {
      uses.insert(Use(name: word, line: line, isMember: false))
    }
  }

  private mutating func declareMember(_ name: String, isHidden: Bool) {
    if isExtension, depth == 1, !isHidden { extensionMembers.insert(name) }
  }
}
