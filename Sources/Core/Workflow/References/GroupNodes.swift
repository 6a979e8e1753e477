/// Group nodes: an instance of type `workflow/NAME` or `workflow>NAME` whose inner nodes are in
/// `extra.groupNodes`.
struct GroupNodes {
  private let definitions: JSONValue?
  private var known: [String: Definition] = [:]

  /// The inner nodes' stored file names, in order.
  struct Definition {
    fileprivate var places: [Place]
  }

  init(of root: JSONValue) {
    definitions = root["extra"]?["groupNodes"]
  }

  /// The name of the group that a node type stands for; `nil` if it is not a group node.
  static func name(ofType nodeType: String) -> String? {
    ["workflow>", "workflow/"].first(where: nodeType.hasPrefix).map {
      String(nodeType.dropFirst($0.count))
    }
  }

  /// The nodes inside the group that a node type stands for, each with its number; groups inside
  /// the group are left out.
  func innerNodes(of nodeType: String) -> [(number: String, node: GraphNode)] {
    guard let source = Self.name(ofType: nodeType).flatMap({ definitions?[$0] }) else { return [] }
    return Self.innerNodes(of: source).filter { Self.name(ofType: $0.node.type) == nil }
  }

  private static func innerNodes(of definition: JSONValue) -> [(number: String, node: GraphNode)] {
    (definition["nodes"]?.elements.enumerated().map(\.self) ?? []).map { position, source in
      (source["index"].flatMap(GraphNode.id) ?? String(position), GraphNode(source))
    }
  }

  /// The definition of a node type; `nil` if it is not a group node.
  mutating func definition(of nodeType: String, loaders: LoaderTable) -> Definition? {
    guard let definitions, let name = Self.name(ofType: nodeType) else { return nil }
    if let definition = known[name] { return definition }
    guard let source = definitions[name] else { return nil }
    let definition = Definition(places: Self.innerPlaces(of: source, loaders: loaders))
    known[name] = definition
    return definition
  }

  /// Moves the instance's file names to the inner nodes they belong to.
  ///
  /// The file names among the instance's values form one list, those among the definition's stored
  /// values another. If both have the same length, their members correspond in order. Otherwise the
  /// references stay with the instance.
  static func assign(_ references: inout [ModelReference], to definition: Definition) {
    let mine = references.indices.filter { references[$0].via == .fileExtension }
    let places = definition.places
    for index in mine {
      references[index].via = .groupNode
      references[index].categories = []
    }
    guard mine.count == places.count else { return }
    for (index, place) in zip(mine, places) {
      let instance = references[index].nodeID
      references[index].nodeID = "\(instance):\(place.node)"
      references[index].nodeType = place.type
      references[index].place = place.index.map { .widget($0) } ?? .unknown
      references[index].input = place.input
      references[index].categories = place.categories
      references[index].setBy = references[index].setBy ?? instance
    }
  }

  /// A stored file name of an inner node.
  fileprivate struct Place {
    var node: String
    var type: String
    var index: Int?
    var input: String?
    var categories: [Category]
  }

  private static func innerPlaces(of definition: JSONValue, loaders: LoaderTable) -> [Place] {
    var places: [Place] = []
    for (number, node) in innerNodes(of: definition) {
      let loader = loaders.loader(of: node.type)
      for item in NodeValues(storedIn: node).items {
        for _ in 0..<fileNames(in: item.value) {
          let known = item.index.flatMap { loader?.input(at: $0) }
          places.append(
            Place(
              node: number, type: node.type, index: item.index,
              input: known.map { $0.input.place.name(ofRow: $0.row) } ?? item.input,
              categories: known?.input.categories ?? loader?.categories ?? []))
        }
      }
    }
    return places
  }

  /// Number of file names among the texts in a value, at any depth.
  private static func fileNames(in value: JSONValue) -> Int {
    var count = 0
    var pending = [value]
    while let value = pending.popLast() {
      if let text = value.string, ValueText.isFileName(ValueText.trimmed(text)) { count += 1 }
      pending += value.elements
      pending += value.uniqueMembers.map(\.value)
    }
    return count
  }
}
