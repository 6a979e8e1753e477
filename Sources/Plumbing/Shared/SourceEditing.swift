internal import ArgumentParser
internal import ComfyCore

/// What `add-source` and `drop-source` have in common: a URL and the model that it is about, from
/// the command line or from records.
struct SourceEditing {
  let kind: SourceChange.Kind
  let project: Project
  let context: Context

  /// A change, the reference that it is about where one was named, the hash that a `source` record
  /// declares, and the line of the input.
  typealias Edit = (
    change: SourceChange, reference: ModelReference?, declared: SHA256Hash?, line: Int?
  )

  /// The change that a command line asks for.
  func edit(
    _ workflow: String, _ name: String, _ url: String, _ reference: ReferenceOptions
  ) throws -> Edit {
    let targets = try reference.targets(of: workflow, named: name, in: project, recordedOnly: true)
    guard let first = targets.references.first else {
      throw ReferenceTargetError.unknownName(name, workflow: targets.workflow, known: [])
    }
    if kind == .add { try project.refuseLocalFile(url, for: nil) }
    let change = SourceChange(
      kind, workflow: targets.workflow, selection: .reference(first.key), urls: [try SourceURL(url)]
    )
    return (change, first, nil, nil)
  }

  /// The changes that records ask for: those of references, or with a `filename`, and a `url`.
  func edits(nul: Bool) throws -> [Edit] {
    var reader = RecordReader(context, nul: nul)
    var edits: [Edit] = []
    while let record = try reader.next() {
      let workflow = try record.required("workflow")
      if kind == .add { try record.refuseLocalFile(for: nil, in: project) }
      let urls = try record.value["sources"] == nil ? [record.url()] : record.sources()
      var reference: ModelReference?
      let selection: ModelSelection
      if let filename = try record.text("filename") {
        selection = .filename(filename)
      } else {
        let named = try record.reference()
        reference = named
        selection = .reference(named.key)
      }
      let change = SourceChange(kind, workflow: workflow, selection: selection, urls: urls)
      let isSource = record.type == "source"
      edits.append((change, reference, isSource ? reference?.declaredSHA256 : nil, record.line))
    }
    return edits
  }

  /// Writes the changes, all or none.
  func record(_ edits: [Edit], expecting expected: ExpectedHash) throws -> ExitStatus {
    guard !edits.isEmpty else { return .done }
    do {
      context.say(try project.change(edits.map(\.change), expecting: expected))
    } catch let error as ManifestError {
      let line = edits.first { error.concerns($0.change.selection, of: $0.change.workflow) }?.line
      guard let line else { throw error }
      throw error.failure.inInput(line: line)
    }
    return .done
  }
}

extension ModelReference {
  /// The SHA-256 beside the URL of a `source` record.
  fileprivate var declaredSHA256: SHA256Hash? {
    hashType?.uppercased() == "SHA256" ? hash.flatMap { SHA256Hash($0) } : nil
  }
}
