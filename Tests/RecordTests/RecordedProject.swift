import CommandSupport
import ComfyCore
import Foundation
import SystemPackage
import Testing

/// A project with a git repository, on which the real program and the real git work.
final class RecordedProject: Sendable {
  let sandbox: Sandbox
  let comfy: FilePath
  let variables: [String: String]

  var directory: FilePath { sandbox.work }
  var manifest: FilePath { directory.appending("pyproject.toml") }

  /// - Parameter models: File names that the workflow `flow.json` has a node for, ids from 1.
  init(models: [String] = ["a.safetensors"], variables: [String: String] = [:]) throws {
    sandbox = try Sandbox()
    comfy = try #require(Product.path(), "the program is not built beside the tests")
    self.variables = variables
    try write(Self.workflow(models), to: "flow.json")
    try git("init", "--quiet")
    try must("init")
  }

  /// A workflow with a loader of LoRAs for each name.
  static func workflow(_ models: [String]) -> String {
    let nodes = models.enumerated().map { index, name in
      #"{"id":\#(index + 1),"type":"LoraLoader","mode":0,"widgets_values":["\#(name)",1,1]}"#
    }
    return #"{"nodes":[\#(nodes.joined(separator: ","))],"links":[],"version":0.4}"#
  }

  func write(_ text: String, to name: String) throws {
    try Data(text.utf8).write(to: URL(fileURLWithPath: directory.appending(name).string))
  }

  func read(_ name: String) throws -> String {
    try String(contentsOfFile: directory.appending(name).string, encoding: .utf8)
  }

  func command(
    _ executable: String, _ arguments: [String], input: Command.Input = .nothing
  ) -> Command {
    var command = Command(
      executable, arguments, environment: sandbox.environment.merging(variables) { $1 },
      directory: directory)
    command.input = input
    command.limit = .seconds(600)
    return command
  }

  /// Runs the program, whatever comes of it.
  func run(_ arguments: String..., input: String? = nil) throws -> CommandResult {
    try command(
      comfy.string, arguments, input: input.map { .bytes(Array($0.utf8)) } ?? .nothing
    ).run()
  }

  /// Runs the program, which must end with 0; what it printed.
  @discardableResult
  func must(
    _ arguments: String..., input: String? = nil,
    sourceLocation: Testing.SourceLocation = #_sourceLocation
  ) throws -> String {
    let result = try command(
      comfy.string, arguments, input: input.map { .bytes(Array($0.utf8)) } ?? .nothing
    ).run()
    try #require(
      result.status == .exited(0), "\(arguments): \(result.errorText)",
      sourceLocation: sourceLocation)
    return result.outputText
  }

  /// Runs git, which must end with 0; what it printed, without the last newline.
  @discardableResult
  func git(
    _ arguments: String..., sourceLocation: Testing.SourceLocation = #_sourceLocation
  ) throws -> String {
    let result = try command("git", arguments).run()
    try #require(
      result.status == .exited(0), "git \(arguments): \(result.errorText)",
      sourceLocation: sourceLocation)
    return result.outputText.hasSuffix("\n")
      ? String(result.outputText.dropLast()) : result.outputText
  }

  /// Writes down where a model of `flow.json` is to come from.
  func intend(_ name: String) throws {
    try must("add-intent", "flow.json", name, "https://example.com/\(name)")
  }

  /// The entries of `flow` as the manifest has them.
  func entries() throws -> [ManifestWorkflowModel] {
    try ManifestStore(path: manifest).read().workflow(named: "flow")?.models ?? []
  }

  func names() throws -> [String] { try entries().map(\.filename) }

  func commits() throws -> Int { Int(try git("rev-list", "--count", "HEAD")) ?? -1 }

  /// What stands in a line of JSON under a key.
  static func field(_ name: String, of line: Substring) throws -> String? {
    let object = try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any]
    return object?[name].map { "\($0)" }
  }
}
