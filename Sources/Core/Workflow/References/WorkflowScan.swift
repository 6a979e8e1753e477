/// One pass over a graph: every placed node in order, its references, entries and package.
struct WorkflowScan {
  /// Bounds on what subgraphs placed in subgraphs may grow to: values looked at and nodes placed,
  /// and subgraphs inside each other (the editor's own limit is far lower in practice).
  private static let visitLimit = 1 << 20
  private static let depthLimit = 100

  private let loaders: LoaderTable
  private var references: [ModelReference] = []
  private var spans: [Range<Int>?] = []
  private var entries = ModelEntries()
  private var types: [NodeTypeUse] = []
  private var typePlaces: [String: Int] = [:]
  private var visited = 0
  private var definitions: Definitions
  private var groups: GroupNodes
  private let visitLimit: Int

  private init(_ root: JSONValue, loaders: LoaderTable) {
    self.loaders = loaders
    definitions = Definitions(of: root)
    groups = GroupNodes(of: root)
    // Without placements nothing is looked at more than a few times.
    visitLimit = Self.visitLimit + 4 * root.storage.tape.count
  }

  /// Reads a document in either format, bare or under a `workflow`, `prompt` or `output` key.
  static func workflow(
    in document: JSONDocument, loaders: LoaderTable
  ) throws(WorkflowError) -> Workflow {
    try scan(document, loaders: loaders).workflow
  }

  /// As ``workflow(in:loaders:)``, and for each reference the bytes of the JSON string that is its
  /// value; `nil` for a name inside a longer text.
  static func scan(
    _ document: JSONDocument, loaders: LoaderTable
  ) throws(WorkflowError) -> (workflow: Workflow, spans: [Range<Int>?]) {
    guard let (root, format) = graph(in: document.root) else { throw .notAWorkflow }
    var scan = WorkflowScan(root, loaders: loaders)
    switch format {
    case .ui:
      try scan.visit(Placement(root: Graph(root)))
      scan.entries.addWorkflow(root["models"])
    case .api: try scan.visit(prompt: root)
    }
    let stale = scan.entries.apply(to: &scan.references)
    let workflow = Workflow(
      format: format, references: scan.references, staleEntries: stale, nodeTypes: scan.types)
    return (workflow, scan.spans)
  }

  /// The graph of a document and its format; `nil` when it has none.
  static func graph(in root: JSONValue) -> (JSONValue, WorkflowFormat)? {
    let candidates = [root] + ["workflow", "prompt", "output"].compactMap { root[$0] }
    for candidate in candidates {
      if candidate["nodes"]?.kind == .array { return (candidate, .ui) }
      if isPrompt(candidate) { return (candidate, .api) }
    }
    return nil
  }

  private static func isPrompt(_ value: JSONValue) -> Bool {
    value.members.contains { $0.value["class_type"]?.kind == .string }
  }

  private mutating func count(_ visits: Int) throws(WorkflowError) {
    visited += visits
    guard visited <= visitLimit else { throw .tooManyPlacements(limit: visitLimit) }
  }

  // MARK: UI format

  private mutating func visit(_ placement: Placement) throws(WorkflowError) {
    for node in placement.graph.nodes {
      try count(1)
      if let inner = place(node, in: placement) {
        // Entries on the instance are for the references inside.
        let first = references.count
        try visit(inner)
        entries.add(
          node.properties, of: inner.id, type: node.type, references: first..<references.count)
      } else {
        try visit(node, in: placement)
      }
    }
  }

  /// The subgraph that a node places; `nil` for a plain node.
  private mutating func place(_ node: GraphNode, in parent: Placement) -> Placement? {
    guard let graph = definitions.graph(node.type) else { return nil }
    let isInside = parent.definitions.contains(node.type)
    guard !isInside, parent.definitions.count < Self.depthLimit else {
      return Placement(Graph(), definition: node.type, instance: node, in: parent)
    }
    return Placement(graph, definition: node.type, instance: node, in: parent)
  }

  private mutating func visit(
    _ node: GraphNode, in placement: Placement
  ) throws(WorkflowError) {
    try count(node.slots.count + (node.values?.count ?? 0))
    try count(node.properties?["models"]?.count ?? 0)
    let id = placement.id(of: node)
    let first = references.count
    note(node.type, id: id, properties: node.properties)
    if !Placement.primitives.contains(node.type) {
      let loader = loaders.loader(of: node.type)
      let subject = ReferenceFinder.Subject(
        id: id, type: node.type, title: node.title, state: placement.state(of: node))
      var found = try find(
        subject, values: NodeValues(of: node, in: placement, loader: loader), loader: loader)
      if let definition = groups.definition(of: node.type, loaders: loaders) {
        GroupNodes.assign(&found, to: definition)
      }
      references += found
    }
    entries.add(
      node.properties, of: id, type: node.type, references: first..<references.count)
  }

  private mutating func find(
    _ subject: ReferenceFinder.Subject, values: NodeValues, loader: Loader?
  ) throws(WorkflowError) -> [ModelReference] {
    var finder = ReferenceFinder(subject, values: values, loader: loader)
    finder.run()
    try count(finder.visited)
    spans += finder.spans
    return finder.references
  }

  // MARK: API format

  private mutating func visit(prompt: JSONValue) throws(WorkflowError) {
    let members = prompt.uniqueMembers
    let nodes = Dictionary(members.map { ($0.name, $0.value) }, uniquingKeysWith: { $1 })
    for (id, node) in members {
      guard let type = node["class_type"]?.string else { continue }
      note(type, id: id, properties: nil)
      guard let inputs = node["inputs"], inputs.kind == .object,
        !Placement.primitives.contains(type)
      else { continue }
      let subject = ReferenceFinder.Subject(
        id: id, type: type, title: node["_meta"]?["title"]?.string, state: .active)
      references += try find(
        subject, values: NodeValues(ofInputs: inputs, among: nodes),
        loader: loaders.loader(of: type))
    }
  }

  // MARK: Packages

  private mutating func note(_ type: String, id: String, properties: JSONValue?) {
    let place = typePlaces[type] ?? types.count
    if place == types.count {
      typePlaces[type] = place
      types.append(NodeTypeUse(nodeType: type))
    }
    types[place].nodeIDs.append(id)
    guard let properties, types[place].registryID == nil, types[place].repositoryID == nil
    else { return }
    types[place].registryID = properties["cnr_id"]?.string
    types[place].repositoryID = properties["aux_id"]?.string
    types[place].version = properties["ver"]?.string
  }
}
