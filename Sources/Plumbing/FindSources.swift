package import ArgumentParser
internal import ComfyCore
internal import SystemPackage

/// `comfy find-sources`: where the references on standard input, or the models that are here, could
/// be had, best first.
package struct FindSources: Command {
  package static let configuration = CommandConfiguration(
    commandName: "find-sources", abstract: "Find download sources for references.",
    discussion: """
      Reads the records that 'list-refs --json' or 'match-refs --json' writes. Nothing is written
      down: a proposal becomes an intent when 'add-intent --stdin' gets it. References whose nodes
      do not run are left out, unless --all is given.
      """)

  @OptionGroup package var options: ProjectOptions
  @OptionGroup var records: RecordOptions

  @Flag(name: .long, help: "Also references of muted, bypassed and switched-off nodes.")
  var all = false
  @Flag(name: .long, help: "Also ask Hugging Face, Civitai and ModelScope.") var online = false
  @Flag(name: .long, help: "Do not use the network.") var offline = false
  @Flag(
    name: .long,
    help: "Find sources for the recorded models on this machine that have none.")
  var local = false
  @Flag(name: .customLong("null"), help: "Records on standard input end in NUL.")
  var nulInput = false

  package init() {}

  package var reportsJSON: Bool { records.json }

  package func validate() throws {
    if local, all || nulInput {
      throw ValidationError("--local reads no records, so --all and --null cannot be used with it")
    }
  }

  package func run(in context: Context) throws -> ExitStatus {
    let writer = try records.writer(to: context.output, for: .source)
    let project = try options.project(in: context, flags: offline ? [.offline: "true"] : [:])
    return try local
      ? findLocal(project, context, writer) : findReferences(project, context, writer)
  }

  // MARK: References

  private struct Question {
    var question: SourceQuestion
    var workflow: String
    var path: String?
  }

  private func findReferences(
    _ project: Project, _ context: Context, _ writer: RecordWriter
  ) throws -> ExitStatus {
    let search = try SourceSearch(in: project)
    var reader = RecordReader(context, nul: nulInput)
    var status = ExitStatus.done
    // Hubs are asked about all references together, because other references show where to look.
    var waiting: [Question] = []
    while let record = try reader.next() {
      guard let question = try question(of: record, in: project) else { continue }
      if online {
        waiting.append(question)
      } else if try !answer(question, search, writer) {
        status = .remains
      }
    }
    guard online else { return status }
    let faults = try search.askHubs(
      about: waiting.map(\.question), cancellation: context.cancellation)
    try warn(of: faults, context)
    for question in waiting where try !answer(question, search, writer) { status = .remains }
    return status
  }

  /// - Returns: `nil` for a record that nothing is to be found for.
  private func question(of record: InputRecord, in project: Project) throws -> Question? {
    if record.type == "stale" { return nil }
    guard ["ref", "match", nil].contains(record.type) else {
      throw RecordError(record.line, .unwanted(type: record.type, expected: ["ref", "match"]))
    }
    let workflow = try record.required("workflow")
    let reference = try record.reference()
    guard all || reference.state == .active else { return nil }
    let path = try record.text("path")
    let file = path.map { project.environment.absolute(FilePath($0)).lexicallyNormalized() }
    return Question(
      question: SourceQuestion(reference: reference, file: file), workflow: workflow, path: path)
  }

  /// - Returns: Whether there is a proposal.
  private func answer(
    _ question: Question, _ search: SourceSearch, _ writer: RecordWriter
  ) throws -> Bool {
    let reference = question.question.reference
    let proposals = try search.proposals(for: reference, in: question.question.file)
    for proposal in proposals {
      writer.write(
        .source(proposal, for: reference, workflow: question.workflow, path: question.path))
    }
    return !proposals.isEmpty
  }

  // MARK: Models that are here

  private func findLocal(
    _ project: Project, _ context: Context, _ writer: RecordWriter
  ) throws -> ExitStatus {
    let models = try context.showing("Hashing") { progress in
      try project.sourcelessModels(cancellation: context.cancellation) {
        progress.update(file: $0, bytes: $1, of: $2)
      }
    }
    let search = try SourceSearch(in: project)
    if online {
      try warn(of: search.askHubs(about: models, cancellation: context.cancellation), context)
    }
    var status = ExitStatus.done
    for model in models {
      let places = try search.places(of: model)
      if places.isEmpty { status = .remains }
      for place in places {
        writer.write(
          .source(place, for: model.reference, workflow: model.workflow, path: nil))
      }
    }
    return status
  }

  private func warn(of faults: [HubFault], _ context: Context) throws {
    if context.cancellation.isRequested() { throw Failure.interrupted }
    for fault in faults { context.warn(fault.failure) }
  }
}
