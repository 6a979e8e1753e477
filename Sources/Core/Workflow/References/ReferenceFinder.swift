/// Finds the references among the values of one node.
struct ReferenceFinder {
  /// The facts about the node; every reference starts as a copy of them.
  struct Subject {
    var id: String
    var type: String
    var title: String?
    var state: ReferenceState
  }

  private let subject: Subject
  private let loader: Loader?
  private let values: NodeValues
  /// The folders for a value at a place that the table does not know.
  private let categories: [Category]
  private lazy var places = Dictionary(
    values.items.indices.flatMap { place in
      let item = values.items[place]
      return [item.input.map { (Key.name($0), place) }, item.index.map { (Key.index($0), place) }]
        .compactMap(\.self)
    }, uniquingKeysWith: { first, _ in first })

  private enum Key: Hashable {
    case name(String)
    case index(Int)
  }
  private(set) var references: [ModelReference] = []
  /// For each reference, the byte range of the JSON string that is its whole value; `nil` for a
  /// name inside a longer text.
  private(set) var spans: [Range<Int>?] = []
  private var tags: [(mention: PromptText.Mention, item: NodeValues.Item)] = []
  private var embeddings: Set<String> = []
  private var rowNames: Set<String> = []
  /// Number of values visited, both containers and texts.
  private(set) var visited = 0

  init(_ subject: Subject, values: NodeValues, loader: Loader?) {
    self.subject = subject
    self.loader = loader
    self.values = values
    categories = loader?.categories ?? []
  }

  mutating func run() {
    guard !has(.holdsNoReferences) else { return }
    for item in values.items {
      visited += 1
      if let (input, row, isNamed) = tableInput(of: item) {
        if input.isHelper { continue }
        if takeTableValue(item, input: input, row: row, isNamed: isNamed) { continue }
      }
      search(item)
    }
    takeTags()
  }

  // MARK: The table

  private func tableInput(
    of item: NodeValues.Item
  ) -> (input: LoaderInput, row: Int, isNamed: Bool)? {
    guard let loader else { return nil }
    if let name = item.input { return loader.input(named: name).map { ($0.input, $0.row, true) } }
    return item.index.flatMap { loader.input(at: $0) }.map { ($0.input, $0.row, false) }
  }

  /// Adds the value of an input that the table knows; `false` if it names no file.
  private mutating func takeTableValue(
    _ item: NodeValues.Item, input: LoaderInput, row: Int, isNamed: Bool
  ) -> Bool {
    let value = item.value.kind == .object ? item.value["content"] : item.value
    guard let value, let written = value.string else { return false }
    let text = ValueText.trimmed(written)
    var reference = reference(written, via: .table, at: item)
    reference.input = input.place.name(ofRow: row)
    reference.categories = input.categories
    if isOff(input, row: row, isNamed: isNamed) { turnOff(&reference) }
    if let name = ValueText.fileName(ofURL: text) {
      reference.name = ModelReference.name(of: name)
      reference.url = text
      reference.via = .urlWidget
    } else if let category = input.words[text] {
      guard let category else { return true }
      reference.categories = [category]
    } else {
      guard namesFile(text, input) else { return false }
    }
    add(reference, span: value.span)
    return true
  }

  private func namesFile(_ text: String, _ input: LoaderInput) -> Bool {
    guard ValueText.isOneLine(text), !ValueText.contains("embedding:", in: text) else {
      return false
    }
    if ValueText.hasModelExtension(text) { return true }
    if input.needsNoExtension { return !ValueText.isNothing(text) }
    guard input.categories.first?.name == "configs" else { return false }
    let tail = String(text.suffix(5)).lowercased()
    return tail.hasSuffix(".yaml") || tail.hasSuffix(".yml")
  }

  private mutating func isOff(_ input: LoaderInput, row: Int, isNamed: Bool) -> Bool {
    if let place = input.switchPlace {
      let index = place.index(ofRow: row, first: input.rows.lowerBound)
      let key = isNamed ? .name(place.name(ofRow: row)) : index.map { Key.index($0) }
      if let value = value(at: key), Self.isOff(value) { return true }
    }
    if let place = input.countPlace {
      let key = isNamed ? .name(place.name) : place.index.map { Key.index($0) }
      if let count = value(at: key)?.int, row > count { return true }
    }
    return false
  }

  private mutating func value(at key: Key?) -> JSONValue? {
    key.flatMap { places[$0] }.map { values.items[$0].value }
  }

  private static func isOff(_ value: JSONValue) -> Bool {
    switch value.kind {
    case .bool: value.bool == false
    case .string: ["off", "false", "disabled"].contains(value.string?.lowercased() ?? "")
    case .number: value.int == 0
    case .null, .array, .object: false
    }
  }

  // MARK: Other values

  /// Searches a value, at any depth.
  private mutating func search(_ item: NodeValues.Item) {
    var pending = [item.value]
    while let value = pending.popLast() {
      visited += 1
      let count = pending.count
      switch value.kind {
      case .string: takeText(value, at: item)
      case .array: pending += value.elements
      case .object:
        if let row = LoraRow(value) {
          take(row, at: item)
        } else {
          pending += value.uniqueMembers.map(\.value)
        }
      case .null, .bool, .number: break
      }
      // The first child is taken next.
      pending[count...].reverse()
    }
  }

  private mutating func takeText(_ value: JSONValue, at item: NodeValues.Item) {
    let written = value.string ?? ""
    if PromptText.mayMention(written) {
      for mention in PromptText.embeddings(in: written) {
        guard embeddings.insert(ModelReference.name(of: mention.name)).inserted else { continue }
        take(mention, category: "embeddings", via: .embedding, at: item)
      }
      if !has(.readsNoTags) {
        tags += PromptText.loraTags(in: written).map { ($0, item) }
      }
    }
    let text = ValueText.trimmed(written)
    guard ValueText.isFileName(text) || text.utf8.first.map({ $0 | 0x20 }) == UInt8(ascii: "h")
    else { return }
    if let name = ValueText.fileName(ofURL: text) {
      var reference = uncertain(reference(written, via: .urlWidget, at: item))
      reference.name = ModelReference.name(of: name)
      reference.url = text
      reference.categories = categories
      add(reference, span: value.span)
    } else if ValueText.isFileName(text) {
      var reference = uncertain(reference(written, via: .fileExtension, at: item))
      reference.categories = categories
      add(reference, span: value.span)
    }
  }

  private mutating func take(_ row: LoraRow, at item: NodeValues.Item) {
    let name = ModelReference.name(of: row.name)
    rowNames.insert(name)
    var reference = uncertain(reference(row.name, via: .loraRow, at: item))
    reference.category = Category("loras")
    if !row.isOn { turnOff(&reference) }
    add(reference, span: row.value.span)
  }

  /// Tags are handled after all rows are known: if a node has rows, its text only repeats them.
  private mutating func takeTags() {
    guard rowNames.isEmpty else { return }
    for (mention, item) in tags {
      guard rowNames.insert(ModelReference.name(of: mention.name)).inserted else { continue }
      take(mention, category: "loras", via: .loraTag, at: item)
    }
  }

  private mutating func take(
    _ mention: PromptText.Mention, category: String, via rule: ReferenceRule,
    at item: NodeValues.Item
  ) {
    var reference = uncertain(reference(mention.text, via: rule, at: item))
    reference.name = ModelReference.name(of: mention.name)
    reference.category = Category(category)
    add(reference, span: nil)
  }

  // MARK: Making references

  private mutating func add(_ reference: ModelReference, span: Range<Int>?) {
    references.append(reference)
    spans.append(span)
  }

  private func reference(
    _ written: String, via rule: ReferenceRule, at item: NodeValues.Item
  ) -> ModelReference {
    ModelReference(
      nodeID: subject.id, nodeType: subject.type, title: subject.title,
      place: place(of: item),
      input: item.input, widgetValue: written, state: subject.state, via: rule, setBy: item.setBy,
      isAutomatic: has(.downloads))
  }

  private func place(of item: NodeValues.Item) -> WidgetPlace {
    if let index = item.index { return .widget(index) }
    guard let name = item.input else { return .unknown }
    return .input(name, index: LoaderTable.storedIndex(ofInput: name, of: subject.type, by: loader))
  }

  private func has(_ trait: LoaderTrait) -> Bool { loader?.traits.contains(trait) ?? false }

  private func uncertain(_ reference: ModelReference) -> ModelReference {
    var reference = reference
    reference.isUncertain = values.hasUnplacedLink
    return reference
  }

  /// Marks a reference as off, unless its node itself does not run (muted or bypassed).
  private func turnOff(_ reference: inout ModelReference) {
    if reference.state == .active { reference.state = .off }
  }
}

/// A row of a LoRA list that is an object.
struct LoraRow {
  var name: String
  /// The string that holds the name.
  var value: JSONValue
  var isOn: Bool

  /// `{on, lora, …}` whose name has an extension, or `{name, strength, active, …}` without one.
  init?(_ object: JSONValue) {
    if let value = object["lora"], let lora = value.string, let on = object["on"] {
      guard ValueText.hasModelExtension(ValueText.trimmed(lora)) else { return nil }
      self.init(name: lora, value: value, isOn: on.bool ?? true)
    } else if let value = object["name"], let name = value.string, object["strength"] != nil,
      let active = object["active"]
    {
      guard !ValueText.isNothing(ValueText.trimmed(name)) else { return nil }
      self.init(name: name, value: value, isOn: active.bool ?? true)
    } else {
      return nil
    }
  }

  private init(name: String, value: JSONValue, isOn: Bool) {
    self.name = name
    self.value = value
    self.isOn = isOn
  }
}
