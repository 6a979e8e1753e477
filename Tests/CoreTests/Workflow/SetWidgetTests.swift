import SystemPackage
import Testing

@testable import ComfyCore

/// Values written into workflow files, and the manifest that follows them.
@Suite struct SetWidgetTests {
  private let workflow = """
    {
      "1": {"class_type": "LoraLoader", "inputs": {"lora_name": "m.pt"}},
      "2": {"class_type": "LoraLoader", "inputs": {"lora_name": "other.pt"}}
    }

    """
  private let hash = blake3([1, 2, 3])

  private func project() throws -> CheckedProject {
    let project = try CheckedProject()
    try project.write(workflow, to: "w.json")
    try project.manifest(CheckedProject.resolved(hash, size: 3, at: "loras/m.pt", sources: []))
    return project
  }

  private func key(_ node: String, _ value: String) -> ReferenceKey {
    ReferenceKey(
      nodeID: node, nodeType: "LoraLoader", place: .input("lora_name"), widgetValue: value)
  }

  private func set(_ changes: [WidgetChange], in project: CheckedProject) throws -> WidgetUpdate {
    let opened = project.opened
    let source = try #require(try opened.workflowSources(["w"]).first)
    return try opened.setWidgets(changes, in: source)
  }

  @Test func changesTheFileAndTheEntry() throws {
    let project = try project()
    let change = WidgetChange(reference: key("1", "m.pt"), value: #"s/"m".pt"#)
    _ = try set([change], in: project)
    let text = String(decoding: try #require(project.read("w.json")), as: UTF8.self)
    #expect(text == workflow.replacing(#""m.pt""#, with: #""s/\"m\".pt""#))
    let entries = try project.opened.manifestStore().read().workflow(named: "w")?.models
    #expect(entries?.map(\.nodes) == [[key("1", #"s/"m".pt"#)]])
    #expect(entries?.map(\.hash) == [hash])
  }

  @Test("one change that cannot be made leaves the file alone")
  func allOrNothing() throws {
    let project = try project()
    let manifest = project.read("pyproject.toml")
    let changes = [
      WidgetChange(reference: key("1", "m.pt"), value: "n.pt"),
      WidgetChange(reference: key("9", "m.pt"), value: "n.pt"),
    ]
    #expect(throws: WidgetUpdateError.self) { try set(changes, in: project) }
    #expect(project.read("w.json") == Array(workflow.utf8))
    #expect(project.read("pyproject.toml") == manifest)
  }

  @Test func theSameValueIsNoChange() throws {
    let project = try project()
    let update = try set([WidgetChange(reference: key("1", "m.pt"), value: "m.pt")], in: project)
    #expect(update.changes.isEmpty && update.recording == nil)
  }

  @Test("a model that was found in another folder gives the loader's value for it")
  func foundElsewhere() throws {
    let project = try CheckedProject()
    try project.write(workflow, to: "w.json")
    try project.write([1, 2, 3], to: "models/loras/sub/m.pt")
    try project.write([4, 5], to: "models/loras/other.pt")
    try project.scan()
    let opened = project.opened
    let source = try #require(
      try opened.workflowSources([project.path.appending("w.json").string]).first)
    var options = ResolutionOptions()
    options.fetches = false
    let left = try opened.resolveWorkflow(source, options: options)
    #expect(left.modelsMisplaced.map(\.listedValue) == ["sub/m.pt"])
    #expect(!left.isComplete && left.widgetChanges.isEmpty)
    options.placement = .updateWorkflow
    let result = try project.opened.resolveWorkflow(source, options: options)
    #expect(
      result.widgetChanges == [WidgetChange(reference: key("1", "m.pt"), value: "sub/m.pt")])
    #expect(result.isComplete)
    let again = try project.opened.resolveWorkflow(source, options: options)
    #expect(again.widgetChanges.isEmpty && again.isComplete && again.decidedEarlier == 2)
  }
}
