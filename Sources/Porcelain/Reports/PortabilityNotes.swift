internal import ComfyCore
internal import Plumbing
internal import SystemPackage

/// What another machine would lack, told at the end of a command that is about something else: it
/// changes no exit status.
struct PortabilityNotes {
  private var untracked: [UntrackedFile] = []
  private var elsewhere: [ProjectFault] = []
  private var withoutSource: [ProjectFault] = []
  private var names: [String] = []
  /// More files than this are not named in one command.
  private static let mostNamed = 8

  /// - Parameter workflows: Names; those that the manifest does not know are left out. All that it
  ///   knows without.
  /// - Throws: ``ManifestError``.
  init(of workflows: [String]? = nil, in project: Project) throws {
    guard let manifest = try project.manifestIfPresent() else { return }
    let known = workflows?.filter { manifest.hasWorkflow(named: $0) }
    guard known != [] else { return }
    for fault in try project.portabilityFaults(
      of: known ?? [], acceptingPrivateSources: true)
    {
      switch fault.kind {
      case .untrackedWorkflow(let file): untracked.append(file)
      case .workflowElsewhere, .workflowNested: elsewhere.append(fault)
      case .withoutSource(let item, _):
        withoutSource.append(fault)
        names.append("'\(item.filename)'")
      default: break
      }
    }
  }

  func tell(_ context: Context) {
    for fault in elsewhere {
      context.say("note: \(fault.failure.placedMessage)")
      if let hint = fault.failure.hint { context.say("hint: \(hint)") }
    }
    let place = context.environment.currentDirectory
    if let file = untracked.first {
      let several = "\(untracked.count) workflow files; another machine would lack them"
      let one = "'\(file.shown(from: place))'; another machine would lack it"
      context.say("note: git does not track \(untracked.count > 1 ? several : one)")
      let command = untracked.addCommand(from: place)
      context.say("hint: \(untracked.count > Self.mostNamed ? Self.list : command)")
    }
    guard let failure = withoutSource.first?.failure else { return }
    guard withoutSource.count > 1 else {
      context.say("note: \(failure.message)")
      if let hint = failure.hint { context.say("hint: \(hint)") }
      return
    }
    let shown = names.prefix(3).joined(separator: ", ") + (names.count > 3 ? ", …" : "")
    context.say(
      "note: no source is known for \(names.count) models (\(shown)); another machine cannot get them"
    )
    context.say("hint: \(Self.list)")
  }

  private static var list: String {
    "\(ShellText.commandInSentence("fsck --portable")) shows how to fix this"
  }
}
