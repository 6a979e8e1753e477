internal import ComfyCore

extension RecordKind {
  /// `node`: a node type of a workflow.
  static let node = RecordKind(
    type: "node",
    fields: ["workflow", "node_type", "origin", "cnr_id", "aux_id", "ver", "node_ids"],
    columns: ["workflow", "origin", "cnr_id", "aux_id", "ver", "node_type"])
}

extension Record {
  static func node(_ use: NodeTypeUse, workflow: String) -> Record {
    Record(
      .node,
      [
        ("workflow", .text(workflow)), ("node_type", .text(use.nodeType)),
        ("origin", .text(use.origin.rawValue)), ("cnr_id", .text(use.registryID)),
        ("aux_id", .text(use.repositoryID)), ("ver", .text(use.version)),
        ("node_ids", .texts(use.nodeIDs)),
      ])
  }
}
