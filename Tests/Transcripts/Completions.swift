import CommandSupport
import Foundation
import SystemPackage
import Testing

/// What shells are told while the user types.
@Suite struct Completions {
  /// A project whose intents are written and nothing is downloaded.
  private static func project() throws -> Sandbox {
    let product = try #require(Product.path())
    let hub = try TemporaryDirectory()
    let sandbox = try Sandbox(
      programs: ["comfy": product],
      variables: [
        "HUB": hub.path.string, "EXAMPLES": Runner.root.appending("Examples").string,
      ])
    let setup = Runner.root.appending("Tests/Fixtures/manual/setup").string
    try #require(try sandbox.run("sh", setup, "intents").status == .exited(0))
    return sandbox
  }

  /// The answers for the last of `words`, which is typed on.
  private static func answers(
    _ sandbox: Sandbox, _ argument: String, _ words: [String]
  ) throws -> [String] {
    var command = sandbox.command("comfy")
    let line = ["comfy"] + words
    command.arguments =
      ["---completion", words[0], "--", argument, "\(words.count)", "\(words.last?.count ?? 0)"]
      + line
    let result = try command.run()
    #expect(result.errorText.isEmpty && result.status == .exited(0))
    return result.outputText.split(separator: "\n").map(String.init)
  }

  static let models = [
    "sketch-base.safetensors", "soft-light.safetensors", "clear-vae.safetensors",
    "sharp-4x.safetensors",
  ]

  @Test(arguments: [
    ("positional@0", ["resolve", ""], ["portrait", "workflows/"]),
    ("positional@0", ["list-refs", "workflows/p"], ["portrait", "workflows/portrait.json"]),
    ("positional@0", ["fetch-intents", ""], ["portrait"]),
    ("positional@1", ["drop-model", "portrait", ""], models),
    (
      "positional@1", ["add-intent", "portrait", ""],
      models + ["pose-control.safetensors", "pencil-style.safetensors"]
    ),
    (
      "positional@2", ["set-criticality", "optional", "workflows/portrait.json", ""],
      models + ["pose-control.safetensors", "pencil-style.safetensors"]
    ),
    (
      "--category", ["list-models", "--category", ""],
      ["checkpoints", "loras", "upscale_models", "vae"]
    ),
  ])
  func comeFromTheManifest(_ argument: String, _ words: [String], _ expected: [String]) throws {
    #expect(try Self.answers(Self.project(), argument, words) == expected)
  }

  @Test(arguments: [nil, "[tool.comfydock\n", ""] as [String?])
  func areSilentAboutWhatCannotBeRead(_ manifest: String?) throws {
    let product = try #require(Product.path())
    let sandbox = try Sandbox(programs: ["comfy": product])
    if let manifest {
      try Data(manifest.utf8).write(
        to: URL(fileURLWithPath: sandbox.work.appending("pyproject.toml").string))
    }
    #expect(try Self.answers(sandbox, "positional@0", ["list-refs", ""]).isEmpty)
    #expect(try Self.answers(sandbox, "positional@1", ["drop-model", "x", ""]).isEmpty)
    #expect(try Self.answers(sandbox, "positional@1", ["add-intent", "x.json", ""]).isEmpty)
  }

  static let shells = [
    ("bash", "bash", ["-n"]), ("zsh", "zsh", ["-n"]), ("fish", "fish", ["--no-execute"]),
  ]

  @Test(arguments: shells)
  func scriptsAreSound(_ shell: String, _ program: String, _ check: [String]) throws {
    let product = try #require(Product.path())
    let sandbox = try Sandbox(programs: ["comfy": product])
    let script = try sandbox.run("comfy", "--generate-completion-script", shell)
    #expect(script.status == .exited(0) && script.outputText.contains("---completion"))
    guard try sandbox.run("sh", "-c", "command -v \(program)").status == .exited(0) else { return }
    let file = sandbox.work.appending("script")
    try Data(script.output).write(to: URL(fileURLWithPath: file.string))
    var command = sandbox.command(program)
    command.arguments = check + [file.string]
    let result = try command.run()
    #expect(result.status == .exited(0), "\(result.errorText)")
  }

  @Test func bashOffersThem() throws {
    let sandbox = try Self.project()
    let script = """
      source <(comfy --generate-completion-script bash)
      COMP_WORDS=(comfy drop-model portrait s) COMP_CWORD=3
      COMP_LINE="${COMP_WORDS[*]}" COMP_POINT=${#COMP_LINE}
      _comfy comfy s portrait
      printf '%s\\n' "${COMPREPLY[@]}"
      """
    let result = try sandbox.run("bash", "-c", script)
    #expect(
      result.outputText
        == "sketch-base.safetensors\nsoft-light.safetensors\nsharp-4x.safetensors\n",
      "\(result.errorText)")
  }
}
