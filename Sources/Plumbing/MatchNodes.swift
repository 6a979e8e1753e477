package import ArgumentParser
internal import ComfyCore

/// `comfy match-nodes`: the package that brings each node type of workflows.
package struct MatchNodes: Command {
  package static let configuration = CommandConfiguration(
    commandName: "match-nodes",
    abstract: "Find the packages that provide the node types of workflows.")

  @OptionGroup package var options: ProjectOptions
  @OptionGroup var records: RecordOptions
  @OptionGroup var input: WorkflowListOptions

  @Option(
    name: .long,
    help: ArgumentHelp("A node map to look in; may be repeated.", valueName: "file"),
    completion: .file())
  var nodeMap: [String] = []

  @Flag(name: .long, help: "Also the node types of ComfyUI itself.") var all = false
  @Flag(name: .long, help: "Ask the Comfy Registry about types that stay open.") var online = false
  @Flag(name: .long, help: "Do not use the network.") var offline = false

  package init() {}

  package var reportsJSON: Bool { records.json }

  package func run(in context: Context) throws -> ExitStatus {
    let writer = try records.writer(to: context.output, for: .matchedNode)
    let project = try options.project(in: context, flags: flags)
    let manifest = try project.manifestIfPresent()
    let matcher = try project.nodeMatcher()
    var isOpen = false
    func write(_ question: Question, by matcher: NodeMatcher) {
      let match = matcher.match(question.use, in: question.context)
      if match.isOpen { isOpen = true }
      guard all || match != .builtIn else { return }
      writer.write(.node(question.use, match, in: question.source, as: .matchedNode))
    }
    // The registry is asked about each type once, when all workflows are read.
    var waiting: [Question] = []
    let status = try input.forEachWorkflow(in: context, project, json: records.json) {
      source, workflow in
      let known = NodeResolutionContext(manifest: manifest, workflow: source.name)
      for use in workflow.nodeTypes {
        let question = Question(source: source, use: use, context: known)
        if online { waiting.append(question) } else { write(question, by: matcher) }
      }
    }
    if online {
      let (asked, faults) = try project.nodeMatcherAskingRegistry(
        about: waiting.map { ($0.use, $0.context) }, cancellation: context.cancellation)
      if context.cancellation.isRequested() { throw Failure.interrupted }
      for fault in faults { context.warn(fault.failure) }
      for question in waiting { write(question, by: asked) }
    }
    return status == .done && isOpen ? .remains : status
  }

  private struct Question {
    let source: WorkflowSource
    let use: NodeTypeUse
    let context: NodeResolutionContext
  }

  private var flags: [Setting: String] {
    var flags: [Setting: String] = [:]
    if !nodeMap.isEmpty {
      flags[.nodeMap] = nodeMap.joined(separator: Setting.nodeMap.separator ?? "")
    }
    if offline { flags[.offline] = "true" }
    return flags
  }
}
