package import ArgumentParser
internal import ComfyCore

/// `comfy match-refs`: what this machine and the manifest know of each reference on standard input,
/// one reply a record, in order.
package struct MatchRefs: Command {
  package static let configuration = CommandConfiguration(
    commandName: "match-refs", abstract: "Match references against the models on this machine.",
    discussion: """
      Reads the records that 'list-refs --json' writes. References whose nodes do not run are left
      out, unless --all is given.
      """)

  @OptionGroup package var options: ProjectOptions
  @OptionGroup var records: RecordOptions

  @Flag(name: .long, help: "Also references of muted, bypassed and switched-off nodes.")
  var all = false
  @Flag(name: .customLong("null"), help: "Records on standard input end in NUL.")
  var nulInput = false

  package init() {}

  package var reportsJSON: Bool { records.json }

  package func run(in context: Context) throws -> ExitStatus {
    let writer = try records.writer(to: context.output, for: .match)
    let project = try options.project(in: context)
    try context.reportIssues(of: project, json: records.json)
    let progress = context.makeProgress("Reading")
    let issues = try project.scanModels(
      cancellation: context.cancellation, progress: progress.show)
    progress.finish()
    for issue in issues where issue.isMissingRoot { context.warn(Failure(issue)) }
    let matcher = try project.referenceMatcher(cancellation: context.cancellation) {
      progress.update(file: $0, bytes: $1, of: $2)
    }
    var contexts = ResolutionContexts(manifest: try project.manifestIfPresent())
    var reader = RecordReader(context, nul: nulInput)
    var status = ExitStatus.done
    while let record = try reader.next() {
      if record.type == "stale" { continue }
      guard ["ref", "match", nil].contains(record.type) else {
        throw RecordError(record.line, .unwanted(type: record.type, expected: ["ref"]))
      }
      let workflow = try record.required("workflow")
      let reference = try record.reference()
      guard all || reference.isNeeded else { continue }
      defer { progress.finish() }
      let matched = try matcher.match(reference, in: contexts[workflow])
      progress.finish()
      if matched.match.isOpen { status = .remains }
      writer.write(.match(matched, workflow: workflow, path: try record.text("path")))
    }
    return status
  }
}
