package import ArgumentParser
internal import ComfyCore
internal import SystemPackage

/// `comfy set-widget`: gives a loader of a workflow file another model, changing those bytes alone.
package struct SetWidget: Command {
  package static let configuration = CommandConfiguration(
    commandName: "set-widget", abstract: "Write another model name into a workflow file.",
    usage: """
      set-widget [<options>] <workflow> <name> <value>
      set-widget [<options>] --stdin [-z]
      """)

  @OptionGroup package var options: ProjectOptions
  @OptionGroup var input: InputOptions
  @OptionGroup var reference: ReferenceOptions
  package var reportsJSON: Bool { input.json }

  @Argument(help: "A workflow of the manifest, or its file.", completion: .workflow)
  var workflow: String?
  @Argument(help: "The model as the workflow names it.", completion: .model) var name: String?
  @Argument(help: "The name that the loader is to read.", completion: .loaderValue)
  var value: String?

  package init() {}

  package func validate() throws {
    try input.require([workflow, name, value], "a workflow, a name and a value")
    if value == "" {
      throw ValidationError("the value is empty; a loader needs the name of a file")
    }
  }

  package func run(in context: Context) throws -> ExitStatus {
    let project = try options.project(in: context)
    let edits = try input.stdin ? read(from: context, project) : [fromArguments(project)]
    if input.stdin { for edit in edits { try check(edit, project) } }
    for edit in edits {
      let update = try project.setWidgets(edit.changes, in: edit.source)
      if let recording = update.recording { context.say(recording) }
    }
    return .done
  }

  /// The changes of one workflow file.
  private struct Edit {
    let source: WorkflowSource
    var changes: [WidgetChange]
    /// The line of the input of each change.
    var lines: [Int] = []
  }

  /// All changes are tried before the first is written.
  private func check(_ edit: Edit, _ project: Project) throws {
    do {
      _ = try project.setWidgets(edit.changes, in: edit.source, isTrial: true)
    } catch {
      var place = edit.changes.startIndex
      if case .edit(_, let reference, _)? = error as? WidgetUpdateError {
        place = edit.changes.lastIndex { $0.reference == reference } ?? place
      }
      throw Failure(error).inInput(line: edit.lines[place])
    }
  }

  private func fromArguments(_ project: Project) throws -> Edit {
    guard let workflow, let name, let value else {
      throw ValidationError("a workflow, a name and a value are needed")
    }
    let source = try self.source(of: workflow, project)
    let references = try project.readWorkflow(source).references.filter {
      reference.node == nil || $0.nodeID == reference.node
    }
    let named = references.filter { $0.isNamed(name) }
    guard !named.isEmpty else {
      throw ReferenceTargetError.unknownName(
        name, workflow: source.name, known: references.map(\.name))
    }
    // Two addresses may differ only in what is masked in their names.
    let isMasked = named.contains { $0.shownValue != $0.widgetValue }
    guard !isMasked || Set(named.map(\.widgetValue)).count == 1 else {
      throw ReferenceTargetError.ambiguousName(
        name, workflow: source.name, nodes: named.map(\.nodeID))
    }
    return Edit(
      source: source, changes: named.map { WidgetChange(reference: $0.key, value: value) })
  }

  /// One change a record: the reference, and its new `value`.
  private func read(from context: Context, _ project: Project) throws -> [Edit] {
    var reader = RecordReader(context, nul: input.nul)
    var edits: [Edit] = []
    while let record = try reader.next() {
      let named = try record.text("path") ?? record.required("workflow")
      let change = WidgetChange(
        reference: try record.reference().key, value: try record.required("value"))
      let source: WorkflowSource
      do {
        source = try self.source(of: named, project)
      } catch {
        throw Failure(error).inInput(line: record.line)
      }
      if let known = edits.firstIndex(where: { $0.source == source }) {
        edits[known].changes.append(change)
        edits[known].lines.append(record.line)
      } else {
        edits.append(Edit(source: source, changes: [change], lines: [record.line]))
      }
    }
    return edits
  }

  private func source(of workflow: String, _ project: Project) throws -> WorkflowSource {
    guard let source = try project.workflowSources([workflow]).first else {
      throw ProjectError.unknownWorkflow(workflow, known: [])
    }
    return source
  }
}
