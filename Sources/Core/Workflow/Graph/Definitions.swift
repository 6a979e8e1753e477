/// The subgraph definitions of a workflow, by id; each is read when it is first placed.
struct Definitions {
  private var sources: [String: JSONValue] = [:]
  private var graphs: [String: Graph] = [:]

  /// Collects the definitions of `root`, and of definitions inside definitions.
  init(of root: JSONValue) {
    var pending = [root]
    while let holder = pending.popLast() {
      for definition in holder["definitions"]?["subgraphs"]?.elements ?? holder.elements {
        guard let id = definition["id"]?.string, sources[id] == nil else { continue }
        sources[id] = definition
        pending.append(definition)
      }
    }
  }

  /// The definition `id` as it is in the file.
  func source(_ id: String) -> JSONValue? { sources[id] }

  /// The graph of the definition `id`.
  mutating func graph(_ id: String) -> Graph? {
    if let graph = graphs[id] { return graph }
    guard let source = sources[id] else { return nil }
    let graph = Graph(source)
    graphs[id] = graph
    return graph
  }
}
