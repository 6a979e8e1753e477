/// A graph at the place where it runs: the workflow itself, or a subgraph placed as a node of
/// another graph.
final class Placement {
  let graph: Graph
  let parent: Placement?
  /// The node that places the graph; `nil` for the workflow itself.
  let instance: GraphNode?
  /// Execution id of ``instance``.
  let id: String
  let state: ReferenceState
  /// Ids of the definitions that are being placed, from the outside in; this one's is last.
  let definitions: [String]
  private lazy var ownValues = alignedValues()
  private lazy var ownLinks = Dictionary(
    (instance?.slots ?? []).compactMap { slot in slot.link.map { (slot.name, $0) } },
    uniquingKeysWith: { first, _ in first })
  /// What the instance supplies to each input; filled on request.
  private var supplies: [String: Supply] = [:]

  /// The workflow itself.
  init(root graph: Graph) {
    self.graph = graph
    parent = nil
    instance = nil
    id = ""
    state = .active
    definitions = []
  }

  /// A subgraph placed by a node of `parent`.
  init(_ graph: Graph, definition: String, instance: GraphNode, in parent: Placement) {
    self.graph = graph
    self.parent = parent
    self.instance = instance
    id = parent.id(of: instance)
    state = parent.state(of: instance)
    definitions = parent.definitions + [definition]
  }

  /// Execution id of a node of this graph.
  func id(of node: GraphNode) -> String { instance == nil ? node.id : "\(id):\(node.id)" }

  /// A node's own state or, if it is active, the state of the instance that contains it.
  func state(of node: GraphNode) -> ReferenceState {
    node.ownState == .active ? state : node.ownState
  }

  /// What a link supplies in place of a stored value.
  enum Supply {
    case value(JSONValue, setBy: String)
    /// A value computed at run time by a node; its execution id, if the node exists.
    case computed(by: String?)
    /// Nothing: the stored value is used.
    case nothing
  }

  /// Node types whose output is their first value.
  static let primitives: Set<String> = [
    "PrimitiveNode", "PrimitiveString", "PrimitiveStringMultiline",
  ]

  /// Node types that pass on their input.
  static let reroutes: Set<String> = ["Reroute", "Reroute (rgthree)"]

  /// The longest chain of links that is followed within one graph.
  static let hopLimit = 100

  /// What the link `link` of this graph supplies.
  func supply(through link: String) -> Supply {
    var link = link
    for _ in 0..<Self.hopLimit {
      switch graph.origin(ofLink: link) {
      case nil: return .nothing
      case .nowhere: return .computed(by: nil)
      case .input: return graph.input(ofLink: link).map { supply(atInput: $0) } ?? .nothing
      case .node(let node):
        if Self.reroutes.contains(node.type) {
          guard let next = node.slots.first?.link else { return .computed(by: nil) }
          link = next
          continue
        }
        guard Self.primitives.contains(node.type) else { return .computed(by: id(of: node)) }
        if let next = node.slots.first(where: { $0.widget != nil })?.link {
          link = next
          continue
        }
        let value = node.values?.kind == .object ? node.values?["value"] : node.values?[0]
        return value.map { .value($0, setBy: id(of: node)) } ?? .computed(by: nil)
      }
    }
    return .computed(by: nil)
  }

  /// What the instance supplies to the graph's input `name`; a link takes precedence over a value.
  private func supply(atInput name: String) -> Supply {
    if let known = supplies[name] { return known }
    let supply = findSupply(atInput: name)
    supplies[name] = supply
    return supply
  }

  private func findSupply(atInput name: String) -> Supply {
    guard let parent else { return .nothing }
    if let link = ownLinks[name] {
      switch parent.supply(through: link) {
      case .nothing: break
      case let supply: return supply
      }
    }
    return ownValues[name].map { .value($0, setBy: id) } ?? .nothing
  }

  /// The instance's `widgets_values` by the names of the graph's inputs.
  private func alignedValues() -> [String: JSONValue] {
    guard let instance else { return [:] }
    var result: [String: JSONValue] = [:]
    let values = instance.values?.kind == .array ? instance.values : nil
    guard let values else {
      let named = instance.values?.kind == .object ? instance.values : instance.namedValues
      for (name, value) in named?.uniqueMembers ?? [] where !value.isNull { result[name] = value }
      return result
    }
    let proxies = instance.properties?["proxyWidgets"]
    if let proxies, proxies.kind == .array, proxies.count > 0 {
      for (proxy, value) in zip(proxies.elements, values.elements) where !value.isNull {
        guard proxy[0].flatMap(GraphNode.id) == "-1", let name = proxy[1]?.string else { continue }
        result[name] = value
      }
    } else {
      for (name, value) in zip(graph.widgetInputs, values.elements) where !value.isNull {
        result[name] = value
      }
    }
    return result
  }
}
