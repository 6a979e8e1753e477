import CommandSupport
import Foundation
import SystemPackage
import Testing

/// A project with models and one workflow, in which `comfy resolve` has much to ask.
final class InteractiveProject {
  let sandbox: Sandbox
  private let program: FilePath

  /// Paths below the models directory, and sizes.
  private static let models = [
    "checkpoints/sd15/base.safetensors": 3_000, "checkpoints/sdxl/base.safetensors": 4_000,
    "loras/ink_v2.safetensors": 1_000, "loras/soft.safetensors": 900,
    "loras/styles/japanese/ink_wash_painting_v1.safetensors": 1_200,
    "diffusion_models/flux.safetensors": 5_000, "vae/sdxl_vae.safetensors": 3_300,
  ]

  private static let workflow = """
    {"nodes": [
      {"id": 1, "type": "CheckpointLoaderSimple", "widgets_values": ["base.safetensors"]},
      {"id": 2, "type": "LoraLoader", "title": "Ink", "widgets_values": ["ink_v3.safetensors"]},
      {"id": 3, "type": "LoraLoader", "widgets_values": ["ink_v3.safetensors"]},
      {"id": 4, "type": "VAELoader", "widgets_values": ["flux.safetensors"]},
      {"id": 5, "type": "UpscaleModelLoader", "widgets_values": ["zzz.pth"]},
      {"id": 6, "type": "LoraLoader", "widgets_values": ["soft.safetensors"]}
    ], "links": [], "version": 0.4}

    """

  init(variables: [String: String] = [:]) throws {
    program = try #require(Product.path(), "the program is not built")
    sandbox = try Sandbox(programs: ["comfy": program], variables: variables)
    for (path, size) in Self.models {
      try write(String(repeating: path, count: size).prefix(size), to: "models/" + path)
    }
    try write(Self.workflow, to: "portrait.json")
    let made = try sandbox.run("comfy", "init", "--models-dir", "models")
    try #require(made.status == .exited(0), "\(made.errorText)")
  }

  func write(_ text: some StringProtocol, to name: String) throws {
    let path = sandbox.work.pushing(FilePath(name))
    try FileManager.default.createDirectory(
      atPath: path.removingLastComponent().string, withIntermediateDirectories: true)
    try Data(text.utf8).write(to: URL(fileURLWithPath: path.string))
  }

  func delete(_ name: String) throws {
    try FileManager.default.removeItem(atPath: sandbox.work.pushing(FilePath(name)).string)
  }

  var manifest: String {
    get throws {
      try String(
        contentsOfFile: sandbox.work.appending("pyproject.toml").string, encoding: .utf8)
    }
  }

  /// Subjects of all commits but the first, oldest first.
  func commits() throws -> [String] {
    try sandbox.run("git", "log", "--reverse", "--format=%s").outputText
      .split(separator: "\n").dropFirst().map(String.init)
  }

  /// `comfy resolve --interactive`, answered through a pipe.
  func resolve(_ options: String..., answering lines: String...) throws -> CommandResult {
    var command = sandbox.command("comfy", "resolve", "--interactive", "portrait.json")
    command.arguments += options
    command.input = .bytes(Array(lines.map { $0 + "\n" }.joined().utf8))
    return try command.run()
  }

  /// `comfy resolve` on a terminal.
  func sit(columns: Int, rows: Int = 40, _ options: String...) throws -> Sitting {
    var command = sandbox.command("comfy", "resolve", "portrait.json")
    command.arguments += options
    let terminal = try PseudoTerminal(columns: columns, rows: rows)
    try terminal.start(command)
    return Sitting(terminal)
  }

  /// The talk with this sandbox's place as `SANDBOX`.
  func stable(_ text: String) -> String {
    text.replacing(sandbox.work.string, with: "SANDBOX")
  }
}

/// Somebody at a terminal, who answers when the question is there.
final class Sitting {
  let terminal: PseudoTerminal
  private var length = 0

  init(_ terminal: PseudoTerminal) { self.terminal = terminal }

  /// Waits until everything shown ends with `prompt`, and more is shown than at the last answer.
  func wait(for prompt: String) throws {
    try terminal.wait(for: prompt) { screen in
      let shown = screen.everything
      return shown.count > length && shown.hasSuffix(prompt)
    }
  }

  /// Waits for the question that ends with `prompt`, and types.
  func answer(_ prompt: String, _ keys: String, returning: Bool = true) throws {
    try wait(for: prompt)
    length = terminal.screen.everything.count + keys.count
    try terminal.type(keys + (returning ? "\r" : ""))
  }
}
