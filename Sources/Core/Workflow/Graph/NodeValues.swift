/// The values of one node, each with its place, after the values from links have replaced the
/// stored ones.
struct NodeValues {
  /// One value.
  struct Item {
    var value: JSONValue
    /// Index into `widgets_values`; `nil` if values have names only, or the place is unknown.
    var index: Int?
    var input: String?
    /// Id of the node that supplies the value, if that is a different node.
    var setBy: String?
  }

  /// In the node's order; values that came over links into unknown places are last.
  var items: [Item] = []
  /// Whether a link replaces one of the stored values and the file does not say which.
  var hasUnplacedLink = false
}

extension NodeValues {
  /// Values that a UI node stores, ignoring links.
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
    let linked = node.slots.filter { $0.widget != nil && $0.link != nil }
    guard !linked.isEmpty else { return }
    let isNamed = items.contains { $0.input != nil }
    let places = Dictionary(
      items.indices.compactMap { place in items[place].input.map { ($0, place) } },
      uniquingKeysWith: { first, _ in first })
    var replaced: Set<Int> = []
    for slot in linked {
      guard let widget = slot.widget, let link = slot.link else { continue }
      let place = places[widget] ?? (isNamed ? nil : Self.place(of: widget, loader, items.count))
      switch placement.supply(through: link) {
      case .nothing: continue
      case .computed:
        if let place { replaced.insert(place) }
      case .value(let value, let setBy):
        var item = Item(value: value, index: nil, input: widget, setBy: setBy)
        if let place {
          item.index = items[place].index
          items[place] = item
        } else {
          items.append(item)
        }
      }
      if place == nil, !isNamed { hasUnplacedLink = true }
    }
    if !replaced.isEmpty {
      items = items.indices.filter { !replaced.contains($0) }.map { items[$0] }
    }
  }

  /// The widget index of an input according to the table, if the node has that many values.
  private static func place(of widget: String, _ loader: Loader?, _ count: Int) -> Int? {
    guard let index = loader?.widgetIndex(ofInput: widget) else { return nil }
    return (0..<count).contains(index) ? index : nil
  }

  /// Names of the node's widgets by index; empty if the file does not give them.
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
  static func linkedNode(_ value: JSONValue) -> String? {
    guard value.kind == .array, value.count == 2, value[1]?.kind == .number else { return nil }
    return value[0].flatMap(GraphNode.id)
  }

  /// The node at the far end of a link, beyond reroutes; `nil` for a plain value.
  static func origin(of value: JSONValue, among nodes: [String: JSONValue]) -> String? {
    var origin = linkedNode(value)
    for _ in 0..<Placement.hopLimit {
      guard let id = origin, let node = nodes[id], let type = node["class_type"]?.string,
        Placement.reroutes.contains(type)
      else { return origin }
      origin = node["inputs"]?.members.lazy.compactMap { linkedNode($0.value) }.first
    }
    return nil
  }

  private static func primitiveValue(
    _ id: String, among nodes: [String: JSONValue]
  ) -> (JSONValue, setBy: String)? {
    var id = id
    for _ in 0..<Placement.hopLimit {
      guard let node = nodes[id], let type = node["class_type"]?.string,
        Placement.primitives.contains(type), let value = node["inputs"]?["value"]
      else { return nil }
      guard let next = linkedNode(value) else { return (value, id) }
      id = next
    }
    return nil
  }
}
