/// What a workflow can say about a model that it names, in the form that ComfyUI's frontend reads.
package struct EmbeddedModel: Sendable, Hashable {
  /// The value of the loader's widget, with `/` between folders.
  package var name: String
  package var url: String?
  /// The folder below the models directory.
  package var directory: String?
  package var sha256: SHA256Hash?

  package init(name: String, url: String?, directory: String?, sha256: SHA256Hash?) {
    self.name = name
    self.url = url
    self.directory = directory
    self.sha256 = sha256
  }

  /// The members of the entry, in the frontend's order.
  fileprivate var members: [(name: String, value: String)] {
    let hashType = sha256 == nil ? nil : "SHA256"
    return [
      ("name", name), ("url", url), ("hash", sha256?.hex), ("hash_type", hashType),
      ("directory", directory),
    ].compactMap { name, value in value.map { (name, $0) } }
  }
}

extension WorkflowReader {
  /// Writes what is known about models into the nodes that name them: `properties.models`.
  ///
  /// Existing entries keep their values; missing ones are added. Every other byte of the file
  /// stays.
  ///
  /// - Parameters:
  ///   - models: By ComfyUI's execution id of the node that names the model. A node of a subgraph
  ///     is written once, in the subgraph's definition.
  ///   - bytes: Content of a JSON file.
  /// - Throws: ``MetadataEditError``; ``MetadataEditError/noPlace`` for the API format.
  package func embedding(
    _ models: [String: [EmbeddedModel]], in bytes: [UInt8]
  ) throws(MetadataEditError) -> [UInt8] {
    let nodes = try NodeObjects(in: bytes, limits: limits)
    var edits = ByteEdits()
    var written: Set<Int> = []
    for (id, models) in models.sorted(by: { $0.key < $1.key }) {
      guard let node = nodes[id], written.insert(node.span.lowerBound).inserted else { continue }
      edits.embed(models, in: node)
    }
    return edits.applied(to: bytes)
  }

  /// Removes the entries of models from the nodes that name them.
  ///
  /// - Parameter names: Names of the entries to remove, by ComfyUI's execution id of the node.
  /// - Throws: Like ``embedding(_:in:)``.
  package func strippingModels(
    _ names: [String: Set<String>], in bytes: [UInt8]
  ) throws(MetadataEditError) -> [UInt8] {
    let nodes = try NodeObjects(in: bytes, limits: limits)
    var edits = ByteEdits()
    var written: Set<Int> = []
    for (id, names) in names.sorted(by: { $0.key < $1.key }) {
      guard let node = nodes[id], written.insert(node.span.lowerBound).inserted else { continue }
      edits.strip(names, from: node)
    }
    return edits.applied(to: bytes)
  }
}

/// Why model metadata cannot be written into a file.
package enum MetadataEditError: Error, Sendable, Hashable {
  /// The file is an image; its text cannot be changed without rewriting the image.
  case notJSON(WorkflowContainer)
  /// The file is not a readable workflow.
  case unreadable(WorkflowError)
  /// The API format has no place for it.
  case noPlace
}

/// The nodes of a workflow file by execution id.
private struct NodeObjects {
  private let root: JSONValue
  private let definitions: Definitions

  init(in bytes: [UInt8], limits: JSONLimits) throws(MetadataEditError) {
    if let container = WorkflowContainer(head: bytes.prefix(12)) { throw .notJSON(container) }
    let document: JSONDocument
    do throws(JSONError) {
      document = try JSONDocument(parsing: bytes, limits: limits)
    } catch {
      throw .unreadable(.json(error))
    }
    guard let (root, format) = WorkflowScan.graph(in: document.root) else {
      throw .unreadable(.notAWorkflow)
    }
    guard format == .ui else { throw .noPlace }
    self.root = root
    definitions = Definitions(of: root)
  }

  /// `143:190:10` is node 10 of the subgraph that node 190 places. Node 190 is in the subgraph that
  /// node 143 places.
  subscript(executionID: String) -> JSONValue? {
    var graph = root
    var node: JSONValue?
    for part in executionID.split(separator: ":") {
      if let placed = node {
        guard let definition = placed["type"]?.string.flatMap({ definitions.source($0) }) else {
          return nil
        }
        graph = definition
      }
      node = graph["nodes"]?.elements.first { Self.id(of: $0) == String(part) }
      guard node != nil else { return nil }
    }
    return node
  }

  private static func id(of node: JSONValue) -> String? {
    guard let id = node["id"] else { return nil }
    return id.string ?? id.source
  }
}

/// Changes of single places of a text, made all at once.
private struct ByteEdits {
  private var edits: [(range: Range<Int>, text: [UInt8])] = []

  func applied(to bytes: [UInt8]) -> [UInt8] {
    var result = bytes
    for edit in edits.sorted(by: { $0.range.lowerBound > $1.range.lowerBound }) {
      result.replaceSubrange(edit.range, with: edit.text)
    }
    return result
  }

  mutating func embed(_ models: [EmbeddedModel], in node: JSONValue) {
    guard let properties = node["properties"], properties.kind == .object else {
      let text = #""properties":{"models":["# + models.map(\.text).joined(separator: ",") + "]}"
      if node["properties"] == nil { insert(text, atEndOf: node) }
      return
    }
    guard let list = properties["models"] else {
      let text = #""models":["# + models.map(\.text).joined(separator: ",") + "]"
      return insert(text, atEndOf: properties)
    }
    guard list.kind == .array else { return }
    var added: [String] = []
    for model in models {
      let filename = PathKey.filename(model.name)
      let isOnly = models.count { PathKey.filename($0.name) == filename } == 1
      guard
        let entry = list.elements.first(where: { model.isDescribed(by: $0, orByFilename: isOnly) })
      else {
        added.append(model.text)
        continue
      }
      let missing = model.members.filter { entry[$0.name] == nil }
      // A hash without its type, or a type without its hash, must not be completed by ours.
      let isHashKnown = entry["hash"] != nil || entry["hash_type"] != nil
      let fitting = missing.filter { !isHashKnown || !$0.name.hasPrefix("hash") }
      guard !fitting.isEmpty else { continue }
      insert(EmbeddedModel.text(of: fitting), atEndOf: entry)
    }
    if !added.isEmpty { insert(added.joined(separator: ","), atEndOf: list) }
  }

  mutating func strip(_ names: Set<String>, from node: JSONValue) {
    guard let properties = node["properties"], let list = properties["models"],
      list.kind == .array
    else { return }
    let elements = Array(list.elements)
    let isGoing = elements.map { entry in
      entry["name"]?.string.map { names.contains(ModelReference.name(of: $0)) } ?? false
    }
    guard isGoing.contains(true) else { return }
    guard isGoing.contains(false) else { return remove("models", from: properties) }
    for (index, element) in elements.enumerated() where isGoing[index] {
      // The comma before the element is removed too, or the one after it if all elements before it
      // are removed as well.
      let hasKept = isGoing[..<index].contains(false)
      let start = hasKept ? elements[index - 1].span.upperBound : element.span.lowerBound
      let end = hasKept ? element.span.upperBound : elements[index + 1].span.lowerBound
      edits.append((start..<end, []))
    }
  }

  /// Inserts an element or member after the last one of a container.
  private mutating func insert(_ text: String, atEndOf container: JSONValue) {
    let last =
      container.kind == .array
      ? Array(container.elements).last?.span : Array(container.members).last?.value.span
    let place = last?.upperBound ?? container.span.lowerBound + 1
    edits.append((place..<place, Array(((last == nil ? "" : ",") + text).utf8)))
  }

  private mutating func remove(_ name: String, from object: JSONValue) {
    let members = Array(object.members)
    guard let index = members.lastIndex(where: { $0.name == name }) else { return }
    let end = members[index].value.span.upperBound
    guard index == 0 else {
      edits.append((members[index - 1].value.span.upperBound..<end, []))
      return
    }
    let isOnly = members.count == 1
    let start = object.span.lowerBound + 1
    let next = object.storage.bytes[end...].firstIndex { $0 == UInt8(ascii: ",") }
    edits.append((start..<(isOnly ? end : (next ?? end) + 1), []))
  }
}

extension EmbeddedModel {
  fileprivate var text: String { "{" + Self.text(of: members) + "}" }

  fileprivate static func text(of members: [(name: String, value: String)]) -> String {
    var bytes: [UInt8] = []
    for (name, value) in members {
      if !bytes.isEmpty { bytes.append(UInt8(ascii: ",")) }
      JSONText.encode(name, into: &bytes)
      bytes.append(UInt8(ascii: ":"))
      JSONText.encode(value, into: &bytes)
    }
    return String(decoding: bytes, as: UTF8.self)
  }

  /// Whether an entry is about this model: the same name and, if the entry gives one, the same
  /// folder.
  ///
  /// - Parameter orByFilename: Whether the file name alone stands for it too.
  fileprivate func isDescribed(by entry: JSONValue, orByFilename: Bool) -> Bool {
    guard let written = entry["name"]?.string else { return false }
    let plain = ModelReference.name(of: written)
    guard plain == name || orByFilename && plain == PathKey.filename(name) else { return false }
    guard let folder = entry["directory"]?.string, let directory else { return true }
    return Category(folder) == Category(directory)
  }
}
