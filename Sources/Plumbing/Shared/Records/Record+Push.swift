internal import ComfyCore
internal import SystemPackage

extension RecordKind {
  /// `push`: a file that is to be in a store, and whether it is there.
  static let push = RecordKind(
    type: "push",
    fields: ["state", "hash", "sha256", "size", "filename", "path", "store", "code", "error"],
    columns: ["state", "hash", "size", "path"])
}

extension Record {
  /// A file, and whether the store has it: `present`, `missing`, `failed`.
  static func push(
    _ file: PushFile, to store: StoreAddress, _ presence: Result<Bool, FetchError>
  ) -> Record {
    var state = "failed"
    var failure: Failure?
    switch presence {
    case .success(let isThere): state = isThere ? "present" : "missing"
    case .failure(let error): failure = error.failure
    }
    return Record(
      .push,
      [
        ("state", .text(state)), ("hash", .text(file.record.blake3.hex)),
        ("sha256", .text(file.record.sha256.hex)), ("size", .integer(file.record.size)),
        ("filename", .text(file.record.filename)), ("path", .text(file.path.string)),
        ("store", .text(store.text)), ("code", .text(failure?.code)),
        ("error", .text(failure?.message)),
      ])
  }

  /// A model that cannot be sent.
  static func push(_ model: UnsentModel, to store: StoreAddress) -> Record {
    let failure = model.error.failure
    return Record(
      .push,
      [
        ("state", .text("failed")), ("hash", .text(model.hash.hex)), ("size", .integer(model.size)),
        ("filename", .text(model.name)), ("path", .text(model.path?.string)),
        ("store", .text(store.text)), ("code", .text(failure.code)),
        ("error", .text(failure.message)),
      ])
  }
}
