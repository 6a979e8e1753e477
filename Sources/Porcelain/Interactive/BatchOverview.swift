internal import ComfyCore
internal import Plumbing
internal import SystemPackage

/// What is about to be downloaded, as one screen.
struct BatchOverview {
  private let batch: DownloadBatch
  private let home: FilePath?

  /// - Parameter home: Paths below it are shown with `~`.
  init(_ batch: DownloadBatch, home: FilePath?) {
    self.batch = batch
    self.home = home
  }

  private var lines: [FetchPlan.Line] { batch.plan.lines }

  /// Volumes that the files do not fit on, as things are now.
  var tooSmall: [FetchPlan.Volume] { batch.plan.volumes.filter(\.isTooSmall) }

  /// Whether nothing could be fetched.
  var isHopeless: Bool { lines.allSatisfy { $0.problem != nil } }

  func show(on dialogue: Dialogue) {
    dialogue.say("")
    let count = Quantity.count(lines.count, "download", "downloads")
    let folder = batch.folder.shown(from: home)
    let names = batch.workflows
    let workflows = names.count == 1 ? names[0] : "\(names.count) workflows"
    dialogue.say("\(count, .strong) for \(workflows), to \(folder)")
    var list = NumberedList()
    for (place, line) in lines.enumerated() {
      list.append(place + 1, target(of: line), facts(of: line))
    }
    dialogue.show(list.lines(columns: dialogue.columns))
    for line in space { dialogue.say(line, indent: 2) }
    sayProblems(on: dialogue)
    warnOfSpace(on: dialogue)
  }

  /// That the files do not fit, once for each volume; nothing where they do.
  func warnOfSpace(on dialogue: Dialogue) {
    for volume in tooSmall {
      let missing = Quantity.size(volume.needed - (volume.free ?? 0))
      dialogue.warn("they do not fit in \(place(of: volume)): \(missing) more is needed")
    }
  }

  // MARK: Files

  private func target(of line: FetchPlan.Line) -> String {
    guard let target = line.item.target else { return line.item.filename }
    let root = batch.roots.destination(of: target)
    return root == batch.roots.main
      ? target.string : root.path(of: target).shown(from: home)
  }

  private func facts(of line: FetchPlan.Line) -> [StyledText] {
    let size = line.size.map { StyledText(Quantity.size($0)) }
    return [
      "\(line.host ?? "no address", .dim)", size ?? "size unknown", state(of: line) ?? "",
    ]
  }

  /// What is special about a file, in a word or three.
  private func state(of line: FetchPlan.Line) -> StyledText? {
    switch line.step {
    case .present: return "here already"
    case .reuse: return "copied on this machine"
    case .blocked: return "cannot be fetched"
    case .download where line.item.replaces && line.problem == nil: return "replaces the file there"
    case .download:
      if line.problem != nil { return "kept back" }
      return line.kept > 0 ? "\(Quantity.size(line.kept)) of it here" : nil
    }
  }

  // MARK: Space

  private var space: [StyledText] {
    let volumes = batch.plan.volumes
    return volumes.map { volume in
      var facts: [StyledText] = []
      if volume.needed > 0 || volume.unsized == 0 {
        let rest = volume.unsized > 0 ? " and more" : volumes.count > 1 ? "" : " in all"
        facts.append(StyledText(Quantity.size(volume.needed) + rest))
      }
      if let free = volume.free { facts.append("\(Quantity.size(free)) free") }
      let words = facts.joined(separator: ", ")
      return volumes.count > 1 ? "\(place(of: volume)): \(words)" : words
    }
  }

  private func place(of volume: FetchPlan.Volume) -> String {
    let isMain = volume.directory.starts(with: batch.folder)
    return (isMain ? batch.folder : volume.directory).shown(from: home)
  }

  // MARK: Trouble

  /// Each trouble once, with the numbers of the files that have it.
  private func sayProblems(on dialogue: Dialogue) {
    var problems: [(failure: Failure, numbers: [String])] = []
    for (place, line) in lines.enumerated() {
      guard let failure = line.problem else { continue }
      if let known = problems.firstIndex(where: { $0.failure == failure }) {
        problems[known].numbers.append("\(place + 1)")
      } else {
        problems.append((failure, ["\(place + 1)"]))
      }
    }
    for problem in problems {
      let numbers = problem.numbers.joined(separator: ", ")
      dialogue.warn("\(numbers, .strong): \(problem.failure.placedMessage)")
      if let hint = problem.failure.hint { dialogue.say(StyledText(hint), indent: 2) }
    }
  }
}

extension FetchPlan.Line {
  /// Why the file would not get there; `nil` when nothing is known to be in the way.
  fileprivate var problem: Failure? {
    if case .blocked(let error) = step { return Failure(error) }
    if let refusal { return Failure(refusal) }
    guard declared?.isPage == true else { return nil }
    return Failure(FetchError.notAModel(.html, beginning: []))
  }
}
