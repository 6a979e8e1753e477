/// The keys of the manifest, and values in their stored form.
enum ManifestSchema {
  /// The sections under `tool` that have this schema; the newer name comes first.
  static let sections = ["comfygit", "comfydock"]
  /// The section that a manifest without one gets.
  static let newSection = "comfydock"

  static let entryKeys = [
    "filename", "category", "criticality", "status", "hash", "sources", "relative_path", "nodes",
  ]
  static let rowKeys = [
    "filename", "size", "relative_path", "category", "sources", "criticality",
  ]
  static let workflowKeys = ["path", "nodes", "models"]

  /// The stored fields of an entry, in the order in which they are written. Absent ones are left
  /// out.
  static func pairs(of entry: ManifestWorkflowModel) -> [TOMLPair] {
    var pairs = [TOMLPair("filename", .string(entry.filename))]
    if let category = entry.category { pairs.append(TOMLPair("category", .string(category.name))) }
    pairs.append(TOMLPair("criticality", .string(entry.criticality.rawValue)))
    pairs.append(TOMLPair("status", .string(entry.status.rawValue)))
    if let hash = entry.hash { pairs.append(TOMLPair("hash", .string(hash.hex))) }
    if !entry.sources.isEmpty { pairs.append(TOMLPair("sources", strings(entry.sources))) }
    if let path = entry.relativePath {
      pairs.append(TOMLPair("relative_path", .string(path.string)))
    }
    if !entry.nodes.isEmpty {
      pairs.append(TOMLPair("nodes", .array(entry.nodes.map { .table(self.pairs(of: $0)) })))
    }
    return pairs
  }

  /// The stored fields of a reference.
  static func pairs(of reference: ReferenceKey) -> [TOMLPair] {
    var pairs = [
      TOMLPair("node_id", .string(reference.nodeID)),
      TOMLPair("node_type", .string(reference.nodeType)),
    ]
    switch reference.place {
    case .widget(let index): pairs.append(TOMLPair("widget_idx", .integer(Int64(index))))
    case .input(let name, let index):
      if let index { pairs.append(TOMLPair("widget_idx", .integer(Int64(index)))) }
      pairs.append(TOMLPair("input", .string(name)))
    case .unknown: break
    }
    pairs.append(TOMLPair("widget_value", .string(reference.widgetValue)))
    return pairs
  }

  /// The stored fields of a global row.
  static func pairs(of row: ManifestModel) -> [TOMLPair] {
    var pairs = [TOMLPair("filename", .string(row.filename))]
    if let size = row.size { pairs.append(TOMLPair("size", .integer(size))) }
    if let path = row.relativePath { pairs.append(TOMLPair("relative_path", .string(path.string))) }
    if let category = row.category { pairs.append(TOMLPair("category", .string(category.name))) }
    if !row.sources.isEmpty { pairs.append(TOMLPair("sources", strings(row.sources))) }
    if let criticality = row.criticality {
      pairs.append(TOMLPair("criticality", .string(criticality.rawValue)))
    }
    return pairs
  }

  /// The stored fields of a node package.
  static func pairs(of package: ManifestNodePackage) -> [TOMLPair] {
    [
      ("name", package.name), ("registry_id", package.registryID),
      ("repository", package.repository), ("version", package.version),
      ("source", package.source?.rawValue),
    ].compactMap { key, value in value.map { TOMLPair(key, .string($0)) } }
  }

  static func strings(_ texts: [String]) -> TOMLValue { .array(texts.map { .string($0) }) }
}
