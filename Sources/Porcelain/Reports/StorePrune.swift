internal import ComfyCore
internal import Plumbing

/// `prune --store`: what a store has that the manifest does not name; of files, deletes those that
/// are named.
struct StorePrune {
  static let kind = RecordKind(
    type: "stored", fields: ["hash", "sha256", "size", "filename", "recorded", "store"],
    columns: ["sha256", "size", "filename"])

  let context: Context
  let project: Project
  let isDryRun: Bool
  /// Whether recorded files may be deleted.
  let isForced: Bool
  let json: Bool

  /// - Parameter words: Beginnings of hashes; for none, files are listed and none is deleted.
  func run(_ words: [String]) throws {
    let (store, objects) = try context.showing("Looking") { _ in
      try project.storedObjects(cancellation: context.cancellation)
    }
    let chosen =
      words.isEmpty ? objects.filter { !$0.isRecorded } : try words.map { try object($0, objects) }
    for object in chosen {
      if !words.isEmpty, !isDryRun {
        if context.cancellation.isRequested() { throw Failure.interrupted }
        _ = try project.removeFromStore(object, cancellation: context.cancellation)
      }
      tell(object, of: store, isNamed: !words.isEmpty)
    }
    guard !json else { return }
    let size = Quantity.size(chosen.reduce(0) { $0 + $1.size })
    let count = Quantity.count(chosen.count, "file", "files")
    switch (words.isEmpty, isDryRun) {
    case (true, _):
      context.say("'\(store.text)': \(count) that this project does not record, \(size)")
      if !chosen.isEmpty {
        context.say(
          "hint: \(ShellText.commandInSentence("prune --store HASH")) deletes one; other projects may need it"
        )
      }
    case (false, true): context.say("would free \(size)")
    case (false, false): context.say("freed \(size)")
    }
  }

  private func object(_ word: String, _ objects: [StoredObject]) throws -> StoredObject {
    let word = word.lowercased()
    let found = objects.filter {
      $0.hash.hex.hasPrefix(word) || ($0.record?.blake3.hex.hasPrefix(word) ?? false)
    }
    guard word.utf8.count >= 4, let object = found.first else {
      throw Failure(
        "store.unknown", "the store has no file whose hash begins with '\(word)'",
        hint:
          "give four or more digits of a hash that \(ShellText.commandInSentence("prune --store")) lists"
      )
    }
    guard found.count == 1 else {
      throw Failure(
        "store.ambiguous", "several files of the store have a hash that begins with '\(word)'",
        hint: "give more digits")
    }
    guard isForced || !object.isRecorded else {
      throw Failure(
        "store.used", "this project records '\(object.record?.filename ?? object.hash.hex)'",
        hint: "--force deletes it from the store all the same")
    }
    return object
  }

  private func tell(_ object: StoredObject, of store: StoreAddress, isNamed: Bool) {
    let record = Record(
      Self.kind,
      [
        ("hash", object.record.map { .text($0.blake3.hex) }), ("sha256", .text(object.hash.hex)),
        ("size", .integer(object.size)), ("filename", object.record.map { .text($0.filename) }),
        ("recorded", .truth(object.isRecorded)), ("store", .text(store.text)),
      ])
    if json { return context.output.write(line: record.json) }
    let verb = isNamed ? (isDryRun ? "would delete " : "deleted ") : ""
    let name = object.record?.filename ?? "without a record"
    context.output.write(
      line: SafeText.escaped(
        "\(verb)\(object.hash.hex.prefix(12))  \(Quantity.size(object.size))  \(name)"))
  }
}
