/// One pass over a graph: every placed node in order, its references, entries and package.
struct WorkflowScan {
  /// Limits on the growth of subgraphs placed inside subgraphs: the number of values visited and
  /// nodes placed, and the nesting of subgraphs.
  private static let visitLimit = 1 << 20
  private static let depthLimit = 100

  private let loaders: LoaderTable
  private let builtInNodes: BuiltInNodes
  private var references: [ModelReference] = []
  private var spans: [Range<Int>?] = []
  private var entries = ModelEntries()
  private var linkedFolders = LinkedFolders()
  private var implied: [ImpliedModel] = []
  private var types: [NodeTypeUse] = []
  private var typePlaces: [String: Int] = [:]
  private var visited = 0
  private var definitions: Definitions
  private var groups: GroupNodes
  private let visitLimit: Int

  private init(_ root: JSONValue, _ reader: WorkflowReader) {
    loaders = reader.loaders
    builtInNodes = reader.builtInNodes
    definitions = Definitions(of: root)
    groups = GroupNodes(of: root)
    // Without placements, no value is visited more than a few times.
    visitLimit = Self.visitLimit + 4 * root.storage.tape.count
  }

  /// Reads a document in either format. The graph is the document itself or under a `workflow`,
  /// `prompt` or `output` key, which may in turn be under `input`, as in the job format of
  /// services.
  ///
  /// - Returns: The workflow and, for each reference, the byte range of the JSON string that is its
  ///   value; `nil` for a name inside a longer text.
  static func scan(
    _ document: JSONDocument, with reader: WorkflowReader
  ) throws(WorkflowError) -> (workflow: Workflow, spans: [Range<Int>?]) {
    guard let (root, format) = graph(in: document.root) else { throw .notAWorkflow }
    var scan = WorkflowScan(root, reader)
    switch format {
    case .ui:
      let graph = Graph(root)
      // A list that grows by doubling can be half empty, and large workflows have large lists.
      scan.references.reserveCapacity(graph.nodes.count)
      try scan.visit(Placement(root: graph))
      scan.entries.addWorkflow(root["models"])
    case .api: try scan.visit(prompt: root)
    }
    scan.linkedFolders.apply(to: &scan.references)
    let stale = scan.entries.apply(to: &scan.references)
    var workflow = Workflow(
      format: format, references: scan.references, staleEntries: stale, nodeTypes: scan.types)
    workflow.impliedModels = scan.implied
    return (workflow, scan.spans)
  }

  /// The graph of a document and its format; `nil` if it has none.
  static func graph(in root: JSONValue) -> (JSONValue, WorkflowFormat)? {
    let keys = ["workflow", "prompt", "output"]
    let candidates =
      [root] + keys.compactMap { root[$0] } + keys.compactMap { root["input"]?[$0] }
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
      // A placement costs more the deeper it is.
      try count(1 + placement.definitions.count)
      if let inner = place(node, in: placement) {
        // Entries on the instance apply to the references inside it.
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
    try noteTypes(of: node, id: id)
    if !Placement.primitives.contains(node.type) {
      let loader = loaders.loader(of: node.type)
      let subject = ReferenceFinder.Subject(
        id: id, type: node.type, title: node.title, state: placement.state(of: node))
      var found = try find(
        subject, values: NodeValues(of: node, in: placement, loader: loader), loader: loader)
      if let definition = groups.definition(of: node.type, loaders: loaders) {
        GroupNodes.assign(&found, to: definition)
      }
      if let definition = placement.definitions.last {
        for place in found.indices where found[place].nodeID == id {
          found[place].definitionNodeID = "\(definition):\(node.id)"
        }
      }
      references += found
      noteFolders(of: node, in: placement, loader: loader)
    }
    entries.add(
      node.properties, of: id, type: node.type, references: first..<references.count)
  }

  /// Notes which nodes supply the file names that `node` loads.
  private mutating func noteFolders(of node: GraphNode, in placement: Placement, loader: Loader?) {
    guard let loader else { return }
    for slot in node.slots {
      guard let link = slot.link, let (input, _) = loader.input(named: slot.widget ?? slot.name),
        case .computed(let origin?) = placement.supply(through: link)
      else { continue }
      linkedFolders.note(input, of: origin)
    }
  }

  private mutating func find(
    _ subject: ReferenceFinder.Subject, values: NodeValues, loader: Loader?
  ) throws(WorkflowError) -> [ModelReference] {
    implied += ImpliedModels.models(of: subject, values)
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
      note(type, id: id)
      guard let inputs = node["inputs"], inputs.kind == .object,
        !Placement.primitives.contains(type)
      else { continue }
      let subject = ReferenceFinder.Subject(
        id: id, type: type, title: node["_meta"]?["title"]?.string, state: .active)
      let loader = loaders.loader(of: type)
      references += try find(
        subject, values: NodeValues(ofInputs: inputs, among: nodes), loader: loader)
      for (name, value) in inputs.members {
        guard let (input, _) = loader?.input(named: name),
          let origin = NodeValues.origin(of: value, among: nodes)
        else { continue }
        linkedFolders.note(input, of: origin)
      }
    }
  }

  // MARK: Packages

  /// The type of a group node is the workflow's own; the types of its inner nodes come from
  /// packages.
  private mutating func noteTypes(of node: GraphNode, id: String) throws(WorkflowError) {
    guard GroupNodes.name(ofType: node.type) != nil else {
      return note(node.type, id: id, properties: node.properties, signature: node.signature)
    }
    let innerNodes = groups.innerNodes(of: node.type)
    try count(innerNodes.count)
    for (number, inner) in innerNodes {
      note(inner.type, id: "\(id):\(number)", properties: inner.properties)
    }
  }

  private mutating func note(
    _ type: String, id: String, properties: JSONValue? = nil,
    signature: @autoclosure () -> String? = nil
  ) {
    let place = typePlaces[type] ?? types.count
    if place == types.count {
      typePlaces[type] = place
      types.append(
        NodeTypeUse(nodeType: type, isBuiltInName: builtInNodes.contains(type)))
    }
    types[place].nodeIDs.append(id)
    if types[place].signature == nil { types[place].signature = signature() }
    guard let properties, types[place].registryID == nil, types[place].repositoryID == nil
    else { return }
    types[place].registryID = properties["cnr_id"]?.string
    types[place].repositoryID = properties["aux_id"]?.string
    types[place].version = properties["ver"]?.string
  }
}
