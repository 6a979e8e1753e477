import CommandSupport
import ComfyCore
import Foundation
import SystemPackage
import TestServer
import Testing

/// A project with models and one workflow, in which `comfy resolve` has much to ask; and a server
/// that example.com and huggingface.co are mirrored at.
///
/// The models directory is below the home directory: shown with `~`, so that no screen depends on
/// where the sandbox is.
final class InteractiveProject {
  let sandbox: Sandbox
  let server: TestServer
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

  /// - Parameter script: What the server does; without, as ``answer(to:)``.
  init(
    variables: [String: String] = [:],
    script: @escaping TestServer.Script = InteractiveProject.answer
  ) throws {
    program = try #require(Product.path(), "the program is not built")
    let server = try #require(TestServer(script))
    self.server = server
    let base = server.url("")
    let own = [
      "COMFY_MIRROR":
        "example.com=\(base) huggingface.co=\(base) nobody.example=http://127.0.0.1:1"
    ]
    sandbox = try Sandbox(
      programs: ["comfy": program], variables: own.merging(variables) { $1 })
    for (path, size) in Self.models {
      try write(String(repeating: path, count: size).prefix(size), to: "models/" + path)
    }
    try write(Self.workflow, to: "portrait.json")
    let made = try sandbox.run("comfy", "init", "--models-dir", "../home/models")
    try #require(made.status == .exited(0), "\(made.errorText)")
  }

  deinit { server.stop() }

  /// What a path of the server does, by the folder it is in: `missing`, `gated`, `forbidden`,
  /// `page`, `slow`, `huge`; a file of 50,000 bytes in any other.
  @Sendable static func answer(to request: Request) -> Reply {
    let folders = request.path.split(separator: "/")
    for folder in folders {
      switch folder {
      case "missing": return .text(404, "Entry not found")
      case "gated":
        var reply = Reply.text(401, "Access is restricted")
        reply.set("X-Error-Code", "GatedRepo")
        return reply
      case "forbidden": return .text(403, "no")
      case "page": return .text(200, "<html>Sign in</html>", type: "text/html; charset=utf-8")
      case "slow":
        var reply = Reply(200)
        reply.delay = 60_000
        return reply
      case "huge":
        var reply = Reply(200)
        reply.length = .text("1000000000000000000")
        return reply
      default: continue
      }
    }
    var reply = ServedFile(file).reply(to: request)
    if folders.first == "owner" { reply.set("X-Linked-Etag", "\"\(fileSHA256)\"") }
    return reply
  }

  /// A safetensors file of one tensor.
  static let file: [UInt8] = {
    let count = 50_000
    let header = #"{"a":{"dtype":"U8","shape":[\#(count)],"data_offsets":[0,\#(count)]}}"#
    let length = (0..<8).map { UInt8(truncatingIfNeeded: header.utf8.count >> ($0 * 8)) }
    return length + header.utf8 + [UInt8](repeating: 7, count: count)
  }()

  /// What the hub says of ``file``.
  static let fileSHA256: String = {
    var hasher = SHA256Hasher()
    file.withUnsafeBytes { hasher.update($0) }
    return hasher.finalize().hex
  }()

  /// Where a file is: below the models directory, or in the project.
  func place(of name: String) -> FilePath {
    (name.hasPrefix("models/") ? sandbox.home : sandbox.work).pushing(FilePath(name))
  }

  func write(_ text: some StringProtocol, to name: String) throws {
    let path = place(of: name)
    try FileManager.default.createDirectory(
      atPath: path.removingLastComponent().string, withIntermediateDirectories: true)
    try Data(text.utf8).write(to: URL(fileURLWithPath: path.string))
  }

  /// Writes a file of that many bytes that takes no space.
  func writeSparse(_ size: Int64, to name: String) throws {
    try write("", to: name)
    let file = try FileDescriptor.open(place(of: name), .writeOnly)
    try file.closeAfter { try file.resize(to: size) }
  }

  func delete(_ name: String) throws {
    try FileManager.default.removeItem(atPath: place(of: name).string)
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
    return try sit(columns: columns, rows: rows, at: command)
  }

  /// A command on a terminal.
  func sit(columns: Int, rows: Int = 40, at command: Command) throws -> Sitting {
    let terminal = try PseudoTerminal(columns: columns, rows: rows)
    try terminal.start(command)
    return Sitting(terminal)
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
