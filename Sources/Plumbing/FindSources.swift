package import ArgumentParser
internal import ComfyCore
internal import SystemPackage

/// `comfy find-sources`: where the references on standard input could be had, best first.
package struct FindSources: Command {
  package static let configuration = CommandConfiguration(
    commandName: "find-sources", abstract: "Find where references could be had.",
    discussion: """
      Reads the records that 'list-refs --json' or 'match-refs --json' writes. Nothing is written
      down: a proposal becomes an intent when 'add-intent --stdin' gets it. References whose nodes
      do not run are left out, unless --all is given.
      """)

  @OptionGroup var options: ProjectOptions
  @OptionGroup var records: RecordOptions

  @Flag(name: .long, help: "Also references of muted, bypassed and switched-off nodes.")
  var all = false
  @Flag(name: .customLong("null"), help: "Records on standard input end in NUL.")
  var nulInput = false

  package init() {}

  package var reportsJSON: Bool { records.json }

  package func run(in context: Context) throws -> ExitStatus {
    let writer = try records.writer(to: context.output, for: .source)
    let project = try options.project(in: context)
    let search = try SourceSearch(in: project)
    var reader = RecordReader(context, nul: nulInput)
    var status = ExitStatus.done
    while let record = try reader.next() {
      if record.type == "stale" { continue }
      guard ["ref", "match", nil].contains(record.type) else {
        throw RecordError(record.line, .unwanted(type: record.type, expected: ["ref", "match"]))
      }
      let workflow = try record.required("workflow")
      let reference = try record.reference()
      guard all || reference.state == .active else { continue }
      let path = try record.text("path")
      let file = path.map { project.environment.absolute(FilePath($0)).lexicallyNormalized() }
      let proposals = try search.proposals(for: reference, in: file)
      if proposals.isEmpty { status = .remains }
      for proposal in proposals {
        writer.write(.source(proposal, for: reference, workflow: workflow, path: path))
      }
    }
    return status
  }
}
