internal import ComfyCore
internal import SystemPackage

extension RecordKind {
  /// `plan`: what a batch would do with one file.
  static let plan = RecordKind(
    type: "plan",
    fields: [
      "step", "workflows", "filename", "relative_path", "path", "sources", "host", "size", "kept",
      "hash", "sha256", "from", "access", "credential", "variables", "code", "error", "hint",
    ],
    columns: ["step", "size", "host", "access", "relative_path"])

  /// `volume`: what a batch would take of one volume.
  static let volume = RecordKind(
    type: "volume", fields: ["directory", "files", "needed", "unsized", "free", "fits"],
    columns: ["files", "needed", "free", "directory"])
}

extension Record {
  static func plan(_ line: FetchPlan.Line) -> Record {
    let item = line.item
    let failure = line.failure
    var workflows: [String] = []
    for intent in item.intents where !workflows.contains(intent.workflow) {
      workflows.append(intent.workflow)
    }
    return Record(
      .plan,
      [
        ("step", .text(line.step.name)), ("workflows", .texts(workflows)),
        ("filename", .text(item.filename)), ("relative_path", .text(item.target?.string)),
        ("path", .text(line.destination?.string)),
        ("sources", .texts(item.sources.map(\.cleaned))), ("host", .text(line.host)),
        ("size", .integer(line.size)), ("kept", .integer(line.kept > 0 ? line.kept : nil)),
        ("hash", .text((item.expectation.blake3 ?? line.declared?.blake3)?.hex)),
        ("sha256", .text((item.expectation.sha256 ?? line.declared?.sha256)?.hex)),
        ("from", .text(line.step.origin)), ("access", .text(line.access.name)),
        ("credential", .text(line.access.credential)), ("variables", .texts(line.access.variables)),
        ("code", .text(failure?.code)), ("error", .text(failure?.message)),
        ("hint", .text(failure?.hint)),
      ])
  }

  static func volume(_ volume: FetchPlan.Volume) -> Record {
    Record(
      .volume,
      [
        ("directory", .text(volume.directory.string)), ("files", .integer(volume.files)),
        ("needed", .integer(volume.needed)), ("unsized", .integer(volume.unsized)),
        ("free", .integer(volume.free)), ("fits", .truth(!volume.isTooSmall)),
      ])
  }
}

extension FetchPlan.Line {
  /// Why the file cannot be downloaded, as far as is known.
  var failure: Failure? {
    if case .blocked(let error) = step { return error.failure }
    return refusal?.failure
  }
}

extension FetchPlan.Step {
  fileprivate var name: String {
    switch self {
    case .present: "present"
    case .reuse: "reuse"
    case .download: "download"
    case .blocked: "blocked"
    }
  }

  /// Where a file of this machine lies that is used.
  fileprivate var origin: String? {
    if case .reuse(let location) = self { location.path.string } else { nil }
  }
}

extension FetchAccess {
  fileprivate var name: String {
    switch self {
    case .unknown: "unknown"
    case .open: "open"
    case .credential: "credential"
    case .refused: "refused"
    }
  }

  fileprivate var credential: String? {
    switch self {
    case .credential(.variable(let name)): name
    case .credential(.tokenFile(let path)), .credential(.netrc(let path)),
      .credential(.profile(let path)):
      path.string
    case .credential(.machine): "machine"
    case .unknown, .open, .refused: nil
    }
  }

  fileprivate var variables: [String] {
    if case .refused(let variables) = self { variables } else { [] }
  }
}
