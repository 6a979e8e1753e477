/// Turns a regular expression of Python into the steps that ``NodeNamePattern`` follows.
struct NamePatternParser {
  /// The expression is not valid, is too large, or needs what the steps cannot do.
  struct Refusal: Error {}

  /// Most steps of a program; repetitions of groups multiply them.
  private static let mostSteps = 4_096
  /// Deepest nesting of groups.
  private static let deepest = 64

  private indirect enum Node {
    case characters(NodeNamePattern.Characters)
    case condition(NodeNamePattern.Condition)
    case sequence([Node])
    case choice([Node])
    /// At least and at most so many times; `nil` for no limit.
    case times(Node, least: Int, most: Int?)
  }

  private var rest: ArraySlice<Unicode.Scalar>
  private var ignoresCase = false
  private var depth = 0
  /// Nodes written so far, repetitions counted. A node may have no steps.
  private var written = 0
  private var steps: [NodeNamePattern.Step] = []

  init(_ pattern: String) { rest = Array(pattern.unicodeScalars)[...] }

  /// - Throws: ``Refusal``.
  mutating func program() throws(Refusal) -> [NodeNamePattern.Step] {
    if takes("(?i)") { ignoresCase = true }
    let whole = try choice()
    guard rest.isEmpty else { throw Refusal() }
    try emit(whole)
    try add(.match)
    return steps
  }

  // MARK: Reading

  private mutating func takes(_ text: String) -> Bool {
    let scalars = Array(text.unicodeScalars)
    guard rest.starts(with: scalars) else { return false }
    rest = rest.dropFirst(scalars.count)
    return true
  }

  private mutating func choice() throws(Refusal) -> Node {
    depth += 1
    defer { depth -= 1 }
    guard depth <= Self.deepest else { throw Refusal() }
    var ways = [try sequence()]
    while takes("|") { ways.append(try sequence()) }
    return .choice(ways)
  }

  private mutating func sequence() throws(Refusal) -> Node {
    var nodes: [Node] = []
    while let next = rest.first, next != "|", next != ")" {
      nodes.append(try repeated(try single()))
    }
    return .sequence(nodes)
  }

  private mutating func repeated(_ node: Node) throws(Refusal) -> Node {
    guard let (least, most) = repetition() else { return node }
    if case .condition = node { throw Refusal() }
    guard most.map({ least <= $0 }) ?? true else { throw Refusal() }
    // Whether it takes as few as possible makes no difference to whether there is a match.
    _ = takes("?")
    let before = rest
    // Several repetitions in a row are not valid, and `+` forbids to take back what was taken.
    guard repetition() == nil else { throw Refusal() }
    rest = before
    return .times(node, least: least, most: most)
  }

  /// `*`, `+`, `?` or `{m,n}`; `nil` for anything else.
  private mutating func repetition() -> (least: Int, most: Int?)? {
    if takes("*") { return (0, nil) }
    if takes("+") { return (1, nil) }
    if takes("?") { return (0, 1) }
    guard rest.first == "{", let end = rest.firstIndex(of: "}") else { return nil }
    let text = String(String.UnicodeScalarView(rest[(rest.startIndex + 1)..<end]))
    let parts = text.split(separator: ",", omittingEmptySubsequences: false)
    let numbers = parts.map { Int($0) }
    guard (1...2).contains(parts.count), text != ",", !text.isEmpty,
      zip(parts, numbers).allSatisfy({ $0.isEmpty || $1.map { $0 >= 0 } == true })
    else { return nil }
    rest = rest[(end + 1)...]
    guard parts.count == 2 else { return (numbers[0] ?? 0, numbers[0]) }
    return (numbers[0] ?? 0, numbers[1])
  }

  private mutating func single() throws(Refusal) -> Node {
    guard let scalar = rest.popFirst() else { throw Refusal() }
    switch scalar {
    case "(": return try group()
    case "[": return .characters(try set())
    case ".":
      return .characters(NodeNamePattern.Characters(ranges: [Self.range("\n")], isNegated: true))
    case "^": return .condition(.start)
    case "$": return .condition(.lastLine)
    case "*", "+", "?": throw Refusal()
    case "\\":
      if takes("A") { return .condition(.start) }
      if takes("Z") { return .condition(.end) }
      if takes("b") { return .condition(.wordEdge) }
      if takes("B") { return .condition(.noWordEdge) }
      return .characters(try escaped())
    default: return .characters(plain(scalar))
    }
  }

  private mutating func group() throws(Refusal) -> Node {
    if takes("?") {
      if takes("P<") {
        guard let end = rest.firstIndex(of: ">"), end > rest.startIndex else { throw Refusal() }
        rest = rest[(end + 1)...]
      } else if !takes(":") {
        throw Refusal()
      }
    }
    let node = try choice()
    guard takes(")") else { throw Refusal() }
    return node
  }

  /// What follows a `[`.
  private mutating func set() throws(Refusal) -> NodeNamePattern.Characters {
    var set = NodeNamePattern.Characters(ignoresCase: ignoresCase)
    set.isNegated = takes("^")
    var isFirst = true
    while isFirst || rest.first != "]" {
      isFirst = false
      let lower = try member()
      guard rest.first == "-", let next = rest.dropFirst().first, next != "]" else {
        set.ranges += lower.ranges
        set.classes += lower.classes
        continue
      }
      rest.removeFirst()
      guard let first = lower.only, let last = try member().only, first <= last else {
        throw Refusal()
      }
      set.ranges.append(first...last)
    }
    rest.removeFirst()
    return set
  }

  private mutating func member() throws(Refusal) -> NodeNamePattern.Characters {
    guard let scalar = rest.popFirst() else { throw Refusal() }
    guard scalar == "\\" else { return plain(scalar) }
    return takes("b") ? plain("\u{8}") : try escaped()
  }

  /// What follows a `\`.
  private mutating func escaped() throws(Refusal) -> NodeNamePattern.Characters {
    guard let scalar = rest.popFirst() else { throw Refusal() }
    let isDigit = { (scalar: Unicode.Scalar) in
      scalar.properties.generalCategory == .decimalNumber
    }
    let isSpace = { (scalar: Unicode.Scalar) in scalar.properties.isWhitespace }
    switch scalar {
    case "d": return NodeNamePattern.Characters(classes: [isDigit])
    case "D": return NodeNamePattern.Characters(classes: [{ !isDigit($0) }])
    case "s": return NodeNamePattern.Characters(classes: [isSpace])
    case "S": return NodeNamePattern.Characters(classes: [{ !isSpace($0) }])
    case "w": return NodeNamePattern.Characters(classes: [\.isOfWord])
    case "W": return NodeNamePattern.Characters(classes: [{ !$0.isOfWord }])
    case "n": return plain("\n")
    case "t": return plain("\t")
    case "r": return plain("\r")
    case "x": return plain(try numbered(2))
    case "u": return plain(try numbered(4))
    case "U": return plain(try numbered(8))
    default:
      guard !scalar.isASCII || !scalar.isOfWord || scalar == "_" else { throw Refusal() }
      return plain(scalar)
    }
  }

  private mutating func numbered(_ count: Int) throws(Refusal) -> Unicode.Scalar {
    let digits = rest.prefix(count)
    guard digits.count == count, digits.allSatisfy(\.properties.isASCIIHexDigit),
      let number = UInt32(String(String.UnicodeScalarView(digits)), radix: 16),
      let scalar = Unicode.Scalar(number)
    else { throw Refusal() }
    rest = rest.dropFirst(count)
    return scalar
  }

  private func plain(_ scalar: Unicode.Scalar) -> NodeNamePattern.Characters {
    NodeNamePattern.Characters(ranges: [Self.range(scalar)], ignoresCase: ignoresCase)
  }

  private static func range(_ scalar: Unicode.Scalar) -> ClosedRange<UInt32> {
    scalar.value...scalar.value
  }

  // MARK: Writing the steps

  private mutating func add(_ step: NodeNamePattern.Step) throws(Refusal) {
    guard steps.count < Self.mostSteps else { throw Refusal() }
    steps.append(step)
  }

  private mutating func emit(_ node: Node) throws(Refusal) {
    written += 1
    guard written <= 4 * Self.mostSteps else { throw Refusal() }
    switch node {
    case .characters(let characters): try add(.take(characters))
    case .condition(let condition): try add(.require(condition))
    case .sequence(let nodes): for node in nodes { try emit(node) }
    case .choice(let ways): try emit(ways[...])
    case .times(let node, let least, let most):
      for _ in 0..<least { try emit(node) }
      if let most {
        for _ in least..<max(least, most) { try emitOptional(node, repeats: false) }
      } else {
        try emitOptional(node, repeats: true)
      }
    }
  }

  private mutating func emit(_ ways: ArraySlice<Node>) throws(Refusal) {
    guard ways.count > 1, let first = ways.first else {
      if let only = ways.first { try emit(only) }
      return
    }
    let fork = steps.count
    try add(.fork(0, 0))
    try emit(first)
    let end = steps.count
    try add(.go(0))
    steps[fork] = .fork(fork + 1, steps.count)
    try emit(ways.dropFirst())
    steps[end] = .go(steps.count)
  }

  private mutating func emitOptional(_ node: Node, repeats: Bool) throws(Refusal) {
    let fork = steps.count
    try add(.fork(0, 0))
    try emit(node)
    if repeats { try add(.go(fork)) }
    steps[fork] = .fork(fork + 1, steps.count)
  }
}

extension NodeNamePattern.Characters {
  /// The only character, if it is one.
  fileprivate var only: UInt32? {
    guard classes.isEmpty, ranges.count == 1, let range = ranges.first, range.count == 1 else {
      return nil
    }
    return range.lowerBound
  }
}
