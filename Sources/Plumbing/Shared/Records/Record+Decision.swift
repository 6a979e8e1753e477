package import ComfyCore

extension RecordKind {
  /// `decision`: a recorded change of the manifest.
  package static let decision = RecordKind(
    type: "decision",
    fields: [
      "commit", "time", "author", "email", "action", "workflows", "models", "nodes", "undoes",
      "undone_by",
      "changes",
    ],
    columns: ["commit", "time", "action", "workflows", "models"])
}

extension Record {
  /// A decision as `log` and `undo` tell it.
  package static func decision(_ logged: LoggedDecision) -> Record {
    let decision = logged.decision
    let changes = logged.changes?.map { Value.object(Record.change($0).fields) } ?? []
    return Record(
      .decision,
      [
        ("commit", .text(decision.id.hex)), ("time", .text(decision.time.rfc3339)),
        ("author", .text(decision.author.name)), ("email", .text(decision.author.email)),
        ("action", .text(decision.message.action)),
        ("workflows", .texts(decision.message.workflows)),
        ("models", .texts(decision.message.models)),
        ("nodes", .texts(decision.message.nodes)),
        ("undoes", .texts(decision.message.undoes.map(\.hex))),
        ("undone_by", .text(logged.undoneBy?.hex)),
        ("changes", changes.isEmpty ? nil : .list(changes)),
      ])
  }
}
