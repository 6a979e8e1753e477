package import ComfyCore

extension RecordKind {
  /// `source`: a download source of a reference's file.
  static let source = RecordKind(
    type: "source",
    fields: ["workflow", "path"] + Record.referenceFields.filter { !$0.hasPrefix("hash") }
      + ["origin", "size", "hash", "hash_type", "confidence", "reason"],
    columns: ["workflow", "node_id", "confidence", "origin", "directory", "url", "name"])

  /// `list`: a list that the catalog was filled from.
  static let list = RecordKind(
    type: "list", fields: ["origin", "count", "read", "path"],
    columns: ["origin", "count", "read", "path"])
}

extension Record {
  /// A proposal. `url`, `directory`, `hash` and `hash_type` are its own, not the workflow's.
  package static func source(
    _ proposal: SourceProposal, for reference: ModelReference, workflow: String, path: String?
  ) -> Record {
    let entry = proposal.entry
    var reference = reference
    reference.url = entry.url.cleaned
    reference.directory = entry.category?.name
    (reference.hash, reference.hashType) = (nil, nil)
    return Record(
      .source,
      [("workflow", .text(workflow)), ("path", .text(path))] + fields(of: reference) + [
        ("origin", .text(entry.origin.rawValue)), ("size", .integer(entry.size)),
        ("hash", .text(entry.sha256?.hex)),
        ("hash_type", .text(entry.sha256 == nil ? nil : "SHA256")),
        ("confidence", .real(proposal.confidence)), ("reason", .text(proposal.reasonText)),
      ])
  }

  /// A list, and whether it was read just now.
  static func list(_ list: KnownList, wasRead: Bool) -> Record {
    Record(
      .list,
      [
        ("origin", .text(list.origin.rawValue)), ("count", .integer(list.entryCount)),
        ("read", .truth(wasRead)), ("path", .text(list.path)),
      ])
  }
}

extension SourceProposal {
  /// Why it is proposed, as people say it.
  package var reasonText: String {
    let who =
      switch entry.origin {
      case .workflow: "the workflow links to it"
      case .project: "the project records it"
      case .index: "a model of this name on this machine came from there"
      case .templates: "an official template has it"
      case .manager: "ComfyUI-Manager's list has it"
      case .catalog: "a list that comfy.catalog names has it"
      case .huggingface: "a repository at Hugging Face has it"
      case .civitai: "Civitai has it"
      case .modelscope: "a repository at ModelScope has it"
      }
    if reason.hashAgrees { return who + ", with the hash that the workflow gives" }
    var parts = [who]
    if let folder = entry.category, reason.folderAgrees { parts.append("for \(folder)") }
    if entry.category == nil { parts.append("without saying the folder") }
    if reason.rivals > 0 {
      parts.append(reason.rivals == 1 ? "as one of 2" : "as one of \(reason.rivals + 1)")
    }
    return parts.joined(separator: ", ")
  }
}
