import SystemPackage
import TestServer

@testable import ComfyCore

/// A project with a manifest, a models directory and an index of its own, outside of any repository.
final class CheckedProject {
  private let folder: ModelFolder
  var variables: [String: String] = [:]
  /// Where commands run; ``path``, which the models directory is in, unless it is set.
  var directory: FilePath?

  init() throws {
    folder = try ModelFolder()
    try manifest("")
  }

  var path: FilePath { folder.path }

  /// A new run over the project.
  var opened: Project {
    var variables = variables
    variables["COMFY_MODELS_DIR"] = folder.models.path.string
    variables["COMFY_INDEX"] = folder.indexPath.string
    variables["COMFY_ALLOW_PRIVATE_HOSTS"] = "true"
    variables["COMFY_COMMIT"] = "never"
    return Project(
      environment: ProcessEnvironment(
        variables: variables, home: nil, currentDirectory: directory ?? folder.path,
        now: { Timestamp(seconds: 1_000_000_000) }))
  }

  func write(_ bytes: [UInt8], to name: String) throws { try folder.write(bytes, to: name) }
  func write(_ text: String, to name: String) throws { try folder.write(text, to: name) }
  func overwrite(_ bytes: [UInt8], at name: String) throws {
    try folder.overwrite(bytes, at: name)
  }
  func delete(_ name: String) { folder.delete(name) }
  func move(_ name: String, to other: String) throws { try folder.move(name, to: other) }
  func read(_ name: String) -> [UInt8]? { readFile(folder.file(name)) }

  func manifest(_ text: String) throws {
    try folder.write("[tool.comfydock]\n" + text, to: "pyproject.toml")
  }

  func scan() throws { _ = try opened.updateIndex(of: [folder.models]) }

  /// A workflow with one resolved model, and its global row.
  static func resolved(
    _ hash: ModelHash, size: Int?, at path: String, sources: [String], workflow: String = "w"
  ) -> String {
    let filename = path.split(separator: "/").last.map(String.init) ?? path
    let list = sources.map { "\"\($0)\"" }.joined(separator: ", ")
    let size = size.map { "size = \($0), " } ?? ""
    return """
      [tool.comfydock.models]
      "\(hash)" = { filename = "\(filename)", \(size)relative_path = "\(path)", sources = [\(list)] }
      [tool.comfydock.workflows.\(workflow)]
      path = "\(workflow).json"
      [[tool.comfydock.workflows.\(workflow).models]]
      filename = "\(filename)"
      criticality = "required"
      status = "resolved"
      hash = "\(hash)"
      nodes = [{node_id = "1", node_type = "LoraLoader", input = "lora_name", \
      widget_value = "\(filename)"}]

      """
  }
}
