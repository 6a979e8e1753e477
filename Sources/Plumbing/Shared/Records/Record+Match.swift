package import ComfyCore

extension RecordKind {
  /// `match`: a reference and what is known of it.
  static let match = RecordKind(
    type: "match",
    fields: ["workflow", "path"] + Record.referenceFields + [
      "status", "match_type", "confidence", "relative_path", "candidates",
    ],
    columns: [
      "workflow", "node_id", "status", "match_type", "confidence", "hash", "relative_path",
      "widget_value",
    ])
}

extension Record {
  /// A match. Its `hash` is the model's own; the one that the workflow gives stays only where
  /// nothing was found, with its `hash_type`. An unresolved one has a `url` only where that may be
  /// taken as an intent: not where it names no file, nor for a model that was here and is gone.
  static func match(_ matched: MatchedReference, workflow: String, path: String?) -> Record {
    var reference = matched.reference
    if matched.match.model != nil { (reference.hash, reference.hashType) = (nil, nil) }
    if case .missing = matched.match { reference.url = nil }
    var fields: [(String, Value?)] = [("workflow", .text(workflow)), ("path", .text(path))]
    fields += Record.fields(of: reference)
    fields += [
      ("hash", .text(matched.match.model?.model.hash?.hex)),
      ("status", .text(matched.match.status)),
      ("match_type", .text(matched.match.matchType?.rawValue)),
      ("confidence", matched.match.matchType.map { .real($0.confidence) }),
      ("relative_path", .text(matched.match.relativePath?.string)),
      ("candidates", candidates(of: matched.match)),
    ]
    return Record(.match, fields)
  }

  /// The models that a reference could mean; `nil` when there is no choice.
  package static func candidates(of match: Match) -> Value? {
    match.candidates.isEmpty ? nil : .list(match.candidates.map(candidate))
  }

  private static func candidate(_ candidate: ModelCandidate) -> Value {
    var fields: [Field] = []
    if let hash = candidate.model.hash { fields.append(Field("hash", .text(hash.hex))) }
    fields.append(Field("relative_path", .text(candidate.location.relativePath.string)))
    fields.append(Field("size", .integer(candidate.model.size)))
    fields.append(Field("match_type", .text(candidate.matchType.rawValue)))
    return .object(fields)
  }
}
