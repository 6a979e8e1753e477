/// The nodes and links of a workflow or of a subgraph definition.
///
/// It is a class so that all placements of a definition share one graph, and so that links are read
/// only when first needed.
final class Graph {
  let nodes: [GraphNode]
  private let source: JSONValue?
  private(set) lazy var inputs = source?["inputs"].map { $0.elements.map(GraphInput.init) } ?? []
  private lazy var places = Dictionary(
    nodes.indices.map { (nodes[$0].id, $0) }, uniquingKeysWith: { first, _ in first })
  private lazy var origins = readLinks()
  private lazy var inputNode = source?["inputNode"]?["id"].flatMap(GraphNode.id) ?? "-10"

  /// A graph without nodes.
  init() {
    source = nil
    nodes = []
  }

  init(_ source: JSONValue) {
    self.source = source
    nodes =
      source["nodes"].map { $0.elements.filter { $0.kind == .object }.map(GraphNode.init) } ?? []
  }

  /// Where a link comes from.
  enum Origin {
    case node(GraphNode)
    /// The definition's own inputs.
    case input
    /// A node that does not exist.
    case nowhere
  }

  /// The origin of a link; `nil` if there is no such link.
  func origin(ofLink link: String) -> Origin? {
    guard let id = origins[link] else { return nil }
    if let place = places[id] { return .node(nodes[place]) }
    return id == "-10" || id == inputNode ? .input : .nowhere
  }

  /// Ids of the origin nodes by link id; links are arrays or objects.
  private func readLinks() -> [String: String] {
    var origins: [String: String] = [:]
    for link in source?["links"]?.elements.map(\.self) ?? [] {
      let isArray = link.kind == .array
      guard let id = (isArray ? link[0] : link["id"]).flatMap(GraphNode.id),
        let origin = (isArray ? link[1] : link["origin_id"]).flatMap(GraphNode.id)
      else { continue }
      origins[id] = origin
    }
    return origins
  }

  /// Name of the input that lists a link as its own.
  func input(ofLink link: String) -> String? { inputNames[link] }

  private lazy var inputNames = Dictionary(
    inputs.flatMap { input in input.links.map { ($0, input.name) } },
    uniquingKeysWith: { first, _ in first })

  /// Names of the inputs that reach a widget, in order; the values of an instance have the same
  /// order.
  private(set) lazy var widgetInputs: [String] = {
    var widgetLinks: Set<String> = []
    for node in nodes {
      for slot in node.slots where slot.widget != nil {
        if let link = slot.link { widgetLinks.insert(link) }
      }
    }
    return inputs.filter { $0.links.contains { widgetLinks.contains($0) } }.map(\.name)
  }()
}

/// An input of a subgraph definition.
struct GraphInput {
  var name: String
  var links: [String]

  init(_ input: JSONValue) {
    name = input["name"]?.string ?? ""
    links = input["linkIds"]?.elements.compactMap(GraphNode.id) ?? []
  }
}
