/// Which inputs of which node types name model files.
///
/// The table for ComfyUI itself and for common custom nodes is compiled in (``standard``). A user's
/// own file in the same format takes precedence. See comfy-loaders(5) for the format.
package struct LoaderTable: Sendable {
  /// Size limit of a user's table, in bytes.
  static let longest = 16 << 20

  private var loaders: [String: Loader]
  /// Loaders for all types whose name begins with a prefix; longest prefix first.
  private var prefixes: [(prefix: String, loader: Loader)]

  /// The built-in table; read once per process, on first use.
  package static let standard: LoaderTable = {
    var table = LoaderTable(loaders: [:], prefixes: [])
    let bytes = standardRows.withUTF8Buffer { Array($0) }
    // A mistake in the built-in text would lose all rows here, and a test would fail.
    try? table.read(bytes)
    return table
  }()

  private init(loaders: [String: Loader], prefixes: [(prefix: String, loader: Loader)]) {
    self.loaders = loaders
    self.prefixes = prefixes
  }

  /// Reads a user's table. For a node type that it names, only its rows apply, not those of `base`.
  ///
  /// - Parameter bytes: UTF-8, at most 16 MiB; a byte order mark and CRLF are allowed.
  /// - Throws: the first ``LoaderTableError``.
  package init(
    parsing bytes: [UInt8], over base: LoaderTable = .standard
  ) throws(LoaderTableError) {
    self = base
    try read(bytes)
  }

  /// Number of node types, prefixes included.
  package var count: Int { loaders.count + prefixes.count }

  /// The table's entry for a node type; `nil` for an unknown one.
  ///
  /// A type that ends in `MultiGPU`, `DisTorchMultiGPU` or `DisTorch2MultiGPU` has the inputs of
  /// the type without that ending.
  func loader(of nodeType: String) -> Loader? {
    if let loader = loaders[nodeType] { return loader }
    for ending in ["DisTorch2MultiGPU", "DisTorchMultiGPU", "MultiGPU"]
    where nodeType.hasSuffix(ending) {
      if let loader = loaders[String(nodeType.dropLast(ending.count))] { return loader }
    }
    return prefixes.first { nodeType.hasPrefix($0.prefix) }?.loader
  }

  /// Zero-based index of an input's widget in the UI format; `nil` if the table does not know the
  /// input, or the node has no fixed order.
  package func widgetIndex(ofInput name: String, of nodeType: String) -> Int? {
    loader(of: nodeType)?.widgetIndex(ofInput: name)
  }

  /// The index that the manifest gets with an input, also if the table does not know it: other tools
  /// cannot read a workflow in which one reference has none. The row number in the name of such an
  /// input tells the rows of a node apart.
  package func storedIndex(ofInput name: String, of nodeType: String) -> Int {
    Self.storedIndex(ofInput: name, of: nodeType, by: loader(of: nodeType))
  }

  /// The same, for a node type whose entry in the table is known.
  static func storedIndex(ofInput name: String, of nodeType: String, by loader: Loader?) -> Int {
    if let index = loader?.widgetIndex(ofInput: name) { return index }
    if nodeType == "ETN_Parameter", name == "default" { return 2 }
    let digits = name.reversed().prefix { "0"..."9" ~= $0 }
    return digits.isEmpty ? 0 : Int(String(digits.reversed())) ?? 0
  }

  private mutating func read(_ bytes: [UInt8]) throws(LoaderTableError) {
    guard bytes.count <= Self.longest else { throw LoaderTableError(line: 1, reason: .tooLarge) }
    var fresh: [String: Loader] = [:]
    var reader = LoaderRowReader(bytes)
    while let row = try reader.next() {
      fresh[row.nodeType, default: Loader()].add(row.content)
    }
    for (nodeType, loader) in fresh {
      if nodeType.hasSuffix("*") {
        let prefix = String(nodeType.dropLast())
        prefixes.removeAll { $0.prefix == prefix }
        prefixes.append((prefix, loader))
      } else {
        loaders[nodeType] = loader
      }
    }
    prefixes.sort { ($1.prefix.utf8.count, $0.prefix) < ($0.prefix.utf8.count, $1.prefix) }
  }
}

/// What a row says about a node type as a whole.
enum LoaderTrait: String {
  /// The node shows text or is a note: nothing in it is a reference.
  case holdsNoReferences = "-"
  /// The node downloads the files that it names to a place that only it uses.
  case downloads = "automatic"
  /// LoRA tags in the node's texts are not read.
  case readsNoTags = "no-tags"
}

/// What the table says about one node type.
struct Loader: Sendable {
  /// The inputs that name models.
  private(set) var inputs: [LoaderInput] = []
  private(set) var traits: Set<LoaderTrait> = []

  fileprivate mutating func add(_ content: LoaderRow.Content) {
    switch content {
    case .trait(let trait): traits.insert(trait)
    case .input(let input): inputs.append(input)
    }
  }

  /// The folders of all inputs, if all inputs have the same first folder; otherwise empty.
  var categories: [Category] {
    guard let first = inputs.first?.categories,
      inputs.allSatisfy({ $0.categories.first == first.first })
    else { return [] }
    return first
  }

  func input(named name: String) -> (input: LoaderInput, row: Int)? {
    for input in inputs {
      if let row = input.row(ofName: name) { return (input, row) }
    }
    return nil
  }

  func widgetIndex(ofInput name: String) -> Int? {
    input(named: name).flatMap { $0.input.index(ofRow: $0.row) }
  }

  func input(at index: Int) -> (input: LoaderInput, row: Int)? {
    for input in inputs {
      if let row = input.row(ofIndex: index) { return (input, row) }
    }
    return nil
  }
}

/// One input that names a model file, or one for each row of a stack.
struct LoaderInput: Sendable {
  /// The position of the input, or of an input that belongs to it.
  struct Place: Sendable {
    /// Name, with `*` in place of the row number.
    var name: String
    /// Zero-based index of the first row's widget; `nil` if the node has no fixed order.
    var index: Int?
    /// Distance to the next row's widget.
    var step = 0

    func name(ofRow row: Int) -> String {
      guard let star = name.firstIndex(of: "*") else { return name }
      return name[..<star] + String(row) + name[name.index(after: star)...]
    }

    func index(ofRow row: Int, first: Int) -> Int? {
      guard let index else { return nil }
      let (distance, overflow) = step.multipliedReportingOverflow(by: row - first)
      return overflow ? nil : index &+ distance
    }
  }

  var place: Place
  /// Numbers of the rows; one row for a single input.
  var rows: ClosedRange<Int> = 1...1
  /// The folders that the widget lists, in order; empty if unknown.
  var categories: [Category] = []
  /// Whether any text names a model, with or without extension.
  var needsNoExtension = false
  /// Whether the widget only inserts text into another one, and so is never a reference.
  var isHelper = false
  /// Choices in addition to the files of the folders, each with the category of the model that it
  /// means; `nil` for one that needs no file.
  var words: [String: Category?] = [:]
  /// The input that switches each row on or off.
  var switchPlace: Place?
  /// The input that says how many rows are used.
  var countPlace: Place?

  /// The widget index of a row; `nil` if the node has no fixed order, or no such row.
  func index(ofRow row: Int) -> Int? {
    rows.contains(row) ? place.index(ofRow: row, first: rows.lowerBound) : nil
  }

  /// The row that an input name belongs to.
  func row(ofName text: String) -> Int? {
    guard let star = place.name.firstIndex(of: "*") else {
      return text == place.name ? rows.lowerBound : nil
    }
    let head = place.name[..<star]
    let tail = place.name[place.name.index(after: star)...]
    guard text.hasPrefix(head), text.hasSuffix(tail),
      text.utf8.count > head.utf8.count + tail.utf8.count
    else { return nil }
    let digits = text.dropFirst(head.count).dropLast(tail.count)
    guard digits.utf8.allSatisfy({ 0x30...0x39 ~= $0 }), let row = Int(digits) else { return nil }
    return row >= 0 && row <= rows.upperBound ? row : nil
  }

  /// The row that a widget index belongs to.
  func row(ofIndex index: Int) -> Int? {
    guard let first = place.index else { return nil }
    guard place.step > 0 else { return index == first ? rows.lowerBound : nil }
    let distance = index - first
    guard distance >= 0, distance % place.step == 0 else { return nil }
    let row = rows.lowerBound &+ distance / place.step
    return rows.contains(row) ? row : nil
  }
}
