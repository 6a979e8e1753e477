/// The values of one node, each with its place, after links have put theirs in.
struct NodeValues {
  /// One value.
  struct Item {
    var value: JSONValue
    /// Index into `widgets_values`; `nil` when values have names only, or the place is unknown.
    var index: Int?
    var input: String?
    /// Id of the node that supplies it, when it is another.
    var setBy: String?
  }

  /// In the node's order; what came over links into unknown places last.
  var items: [Item] = []
  /// A link replaces one of the stored values, and the file does not tell which.
  var hasUnplacedLink = false

  /// The value of the input `name`, or at the widget index `index`.
  func value(named name: String?, at index: Int?) -> JSONValue? {
    items.first { item in
      (name != nil && item.input == name) || (index != nil && item.index == index)
    }?.value
  }
}

extension NodeValues {
  /// Values that a UI node stores, links not looked at.
  init(storedIn node: GraphNode) {
    let names = Self.widgetNames(of: node)
    switch node.values?.kind {
    case .array:
      for (index, value) in (node.values?.elements.enumerated().map(\.self) ?? []) {
        let name = names.indices.contains(index) ? names[index] : nil
        items.append(Item(value: value, index: index, input: name))
      }
    case .object:
      for (name, value) in node.values?.uniqueMembers ?? [] {
        items.append(Item(value: value, index: nil, input: name))
      }
    default: break
    }
  }

  /// Values of a UI node.
  init(of node: GraphNode, in placement: Placement, loader: Loader?) {
    self.init(storedIn: node)
    let isNamed = items.contains { $0.input != nil }
    for slot in node.slots {
      guard let widget = slot.widget, let link = slot.link else { continue }
      put(placement.supply(through: link), into: widget, loader: loader)
    }
    if isNamed { hasUnplacedLink = false }
  }

  private mutating func put(
    _ supply: Placement.Supply, into widget: String, loader: Loader?
  ) {
    var found = items.firstIndex { $0.input == widget }
    if found == nil, let known = loader?.input(named: widget),
      let index = known.input.place.index(ofRow: known.row, first: known.input.rows.lowerBound)
    {
      found = items.firstIndex { $0.index == index && $0.input == nil }
    }
    switch supply {
    case .nothing: return
    case .computed:
      guard let found else {
        hasUnplacedLink = true
        return
      }
      items.remove(at: found)
    case .value(let value, let setBy):
      guard let found else {
        hasUnplacedLink = true
        items.append(Item(value: value, index: nil, input: widget, setBy: setBy))
        return
      }
      items[found].value = value
      items[found].input = widget
      items[found].setBy = setBy
    }
  }

  /// Names of the node's widgets by index, where the file tells them; else empty.
  private static func widgetNames(of node: GraphNode) -> [String?] {
    guard let values = node.values, values.kind == .array, values.count > 0 else { return [] }
    if let named = node.namedValues, named.count == values.count {
      return named.members.map(\.name)
    }
    var names: [String?] = []
    for slot in node.slots {
      guard let widget = slot.widget else { continue }
      names.append(widget)
      if widget == "seed" || widget == "noise_seed" { names.append(nil) }
    }
    return names.count == values.count ? names : []
  }

  /// Values of an API node; `nodes` are all nodes of the prompt.
  init(ofInputs inputs: JSONValue, among nodes: [String: JSONValue]) {
    for (name, value) in inputs.uniqueMembers {
      guard let link = Self.linkedNode(value) else {
        items.append(Item(value: value, index: nil, input: name))
        continue
      }
      if let (value, setBy) = Self.primitiveValue(link, among: nodes) {
        items.append(Item(value: value, index: nil, input: name, setBy: setBy))
      }
    }
  }

  /// The node id of `["4", 0]`.
  private static func linkedNode(_ value: JSONValue) -> String? {
    guard value.kind == .array, value.count == 2, value[1]?.kind == .number else { return nil }
    return value[0].flatMap(GraphNode.id)
  }

  private static func primitiveValue(
    _ id: String, among nodes: [String: JSONValue]
  ) -> (JSONValue, setBy: String)? {
    var id = id
    for _ in 0..<100 {
      guard let node = nodes[id], let type = node["class_type"]?.string,
        Placement.primitives.contains(type), let value = node["inputs"]?["value"]
      else { return nil }
      guard let next = linkedNode(value) else { return (value, id) }
      id = next
    }
    return nil
  }
}
