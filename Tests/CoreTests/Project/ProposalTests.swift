import SystemLibrary
import SystemPackage
import Testing

@testable import ComfyCore

/// What becomes of the sources that were found for a missing model.
@Suite struct ProposalTests {
  private static let url = "https://huggingface.co/atelier/inks/resolve/main/ink.safetensors"
  private static let hash = String(repeating: "ab", count: 32)

  /// - Parameters:
  ///   - declared: The SHA-256 in the template that a list is.
  ///   - given: The SHA-256 in the workflow.
  private func scene(declared: String? = nil, given: String? = nil) throws -> ResolutionProject {
    let project = try ResolutionProject(files: [:], loaders: [])
    var described = #""name":"ink.safetensors","directory":"loras""#
    if let given { described += #","hash":"\#(given)","hash_type":"SHA256""# }
    try project.sandbox.write(
      #"{"nodes":[{"id":1,"type":"LoraLoader","widgets_values":["ink.safetensors"],"#
        + #""properties":{"models":[{\#(described)}]}}],"links":[],"version":0.4}"#,
      to: project.sandbox.repository.appending("portrait.json"))
    let hash = declared.map { #","hash":"\#($0)","hash_type":"SHA256""# } ?? ""
    let folder = project.sandbox.root.appending(
      ".venv/lib/python3.12/site-packages/comfyui_workflow_templates_json/templates")
    try project.sandbox.makeDirectory(folder)
    try project.sandbox.write(
      #"{"models":[{"name":"ink.safetensors","directory":"loras","url":"\#(Self.url)"\#(hash)}]}"#,
      to: folder.appending("t.json"))
    return project
  }

  private func resolve(
    _ project: ResolutionProject, _ policy: String? = nil,
    asking strategy: (any ModelResolutionStrategy)? = nil
  ) throws -> ResolutionResult {
    project.sandbox.environment.variables["COMFY_SOURCES"] = policy
    return try project.resolve(asking: strategy)
  }

  @Test("a proposal is shown, and nothing is written, while no hash says that it is the file")
  func proposalsStayProposals() throws {
    for policy in [nil, "ask", "verified"] {
      let project = try scene(declared: Self.hash)
      let result = try resolve(project, policy)
      #expect(result.modelsUnresolved.count == 1)
      #expect(result.proposals.values.joined().map(\.entry.url.cleaned) == [Self.url])
      #expect(try project.entries().isEmpty)
    }
  }

  @Test(
    "a proposal with the workflow's hash is taken and committed, unless the user wants to be asked")
  func verifiedIsTaken() throws {
    let project = try scene(declared: Self.hash, given: Self.hash)
    #expect(try resolve(project, "ask").proposals.count == 1)
    #expect(try project.entries().isEmpty)
    let result = try resolve(project)
    #expect(result.pending == 1)
    #expect(result.modelsUnresolved.isEmpty)
    #expect(try project.entries().map(\.sources) == [[Self.url]])
    #expect(try project.entries().map(\.relativePath?.string) == ["loras/ink.safetensors"])
    #expect(try project.commits().last == "add intent for ink.safetensors")
  }

  @Test("a proposal with another hash than the workflow's is none")
  func anotherHash() throws {
    let project = try scene(
      declared: Self.hash, given: String(repeating: "cd", count: 32))
    #expect(try resolve(project, "catalog").proposals.values.joined().isEmpty)
    #expect(try project.entries().isEmpty)
  }

  @Test("the only proposal of a list is taken where the user says so")
  func catalogIsTaken() throws {
    let project = try scene()
    #expect(try resolve(project, "catalog").pending == 1)
    #expect(try project.entries().map(\.sources) == [[Self.url]])
  }

  @Test("the setting of a stranger's repository does not count")
  func repositoryIsNotBelieved() throws {
    let project = try scene()
    try project.sandbox.git("config", "comfy.sources", "catalog")
    #expect(try resolve(project).pending == 0)
    #expect(try project.entries().isEmpty)
  }

  @Test("a question carries the proposals; what is verified is not asked about")
  func questions() throws {
    let strategy = ListedAnswers([ListedAnswers.say(.skip)])
    _ = try resolve(try scene(), asking: strategy)
    #expect(strategy.questions.map { $0.proposals.map(\.entry.url.cleaned) } == [[Self.url]])
    let other = ListedAnswers([])
    _ = try resolve(try scene(declared: Self.hash, given: Self.hash), asking: other)
    #expect(other.questions.isEmpty)
    #expect(other.overviews.map(\.verified) == [1])
    #expect(other.overviews.map(\.count) == [1])
  }

  @Test("an entry that has a hash and no source keeps the hash, and gets the source")
  func pinStays() throws {
    let project = try scene()
    let content = "whatever"
    try project.write(content, to: "loras/ink.safetensors")
    try project.write("another", to: "loras/other.safetensors")
    _ = try project.resolve()
    let pin = try project.entries().first?.hash
    #expect(pin != nil)
    unlink(project.models.appending("loras/ink.safetensors").string)
    #expect(try resolve(project, "catalog").pending == 1)
    #expect(try project.entries().map(\.hash) == [pin])
    #expect(try project.entries().map(\.sources) == [[Self.url]])
  }
}
