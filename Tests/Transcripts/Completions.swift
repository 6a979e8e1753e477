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

  // MARK: Real shells

  enum Shell: String, CaseIterable, Sendable {
    case bash, zsh, fish

    /// Whether the shell is on this machine.
    var isInstalled: Bool {
      let found = try? Sandbox().run("sh", "-c", "command -v \(rawValue)")
      return found?.status == .exited(0)
    }

    /// Asks the shell itself what it offers for the last word of a line.
    ///
    /// - Parameter script: The completion script, under the name that the shell looks for.
    func offers(for line: String, script: FilePath, in sandbox: Sandbox) throws -> [String] {
      let fixtures = Runner.root.appending("Tests/Fixtures/completion")
      let text =
        switch self {
        case .bash:
          try sandbox.run("bash", fixtures.appending("capture.bash").string, script.string, line)
            .outputText
        case .zsh:
          try sandbox.run(
            "zsh", "-f", fixtures.appending("capture.zsh").string, script.string, line
          ).outputText
        case .fish: try fishOffers(for: line, script, sandbox)
        }
      return text.split(separator: "\n").compactMap {
        $0.split(separator: "\t", omittingEmptySubsequences: false).first.map(String.init)
      }.sorted()
    }

    /// It knows a command line only on a terminal.
    private func fishOffers(
      for line: String, _ script: FilePath, _ sandbox: Sandbox
    ) throws -> String {
      let terminal = try PseudoTerminal()
      try terminal.start(sandbox.command("fish", "--no-config", "-i"))
      let found = sandbox.home.appending("found")
      try terminal.type("source \(script); bind \\t 'complete -C >\(found); exit'\r")
      try terminal.type("\(line)\t")
      _ = try terminal.waitForEnd()
      return try String(contentsOfFile: found.string, encoding: .utf8)
    }

    /// The file name of the script of a program.
    func scriptName(of program: String) -> String {
      switch self {
      case .bash: program
      case .zsh: "_" + program
      case .fish: program + ".fish"
      }
    }
  }

  /// What is typed after the program's name, and what each shell has to offer for its last word.
  static let lines: [(String, [String])] = [
    ("sho", ["show"]),
    ("show --js", ["--json"]),
    ("resolve ", ["portrait", "workflows/"]),
    ("resolve workflows/p", ["workflows/portrait.json"]),
    ("sync p", ["portrait"]),
    ("log p", ["portrait"]),
    ("fetch-intents p", ["portrait"]),
    ("drop-model portrait sh", ["sharp-4x.safetensors"]),
    ("fetch-intents portrait --only so", ["soft-light.safetensors"]),
    ("set-widget portrait pe", ["pencil-style.safetensors"]),
    ("set-widget portrait x sk", ["sketch-base.safetensors"]),
    ("add-intent portrait --node ", ["1", "10", "2", "3", "5:1", "6"]),
    ("set-criticality opt", ["optional"]),
    ("show sk", ["sketch-base.safetensors"]),
    ("show checkpoints/sk", ["checkpoints/sketch-base.safetensors"]),
    ("prune sk", ["sketch-base.safetensors"]),
    ("search --category l", ["loras"]),
    ("help tu", ["tutorial"]),
    ("help set-w", ["set-widget"]),
    ("-C workflows show sk", ["sketch-base.safetensors"]),
  ]

  @Test(arguments: Shell.allCases)
  func shellsOfferThem(_ shell: Shell) throws {
    guard shell.isInstalled else {
      print("skipped: \(shell.rawValue) is not installed")
      return
    }
    let sandbox = try Self.project()
    // Under our name, and under one that has a dash.
    for name in ["comfy", "my-models"] {
      let program = sandbox.home.removingLastComponent().appending("bin").appending(name)
      if name != "comfy" {
        try FileManager.default.createSymbolicLink(
          atPath: program.string, withDestinationPath: #require(Product.path()).string)
      }
      let written = try sandbox.run(name, "--generate-completion-script", shell.rawValue)
      #expect(written.status == .exited(0))
      let folder = sandbox.home.appending("completion-\(name)")
      try FileManager.default.createDirectory(
        atPath: folder.string, withIntermediateDirectories: false)
      let script = folder.appending(shell.scriptName(of: name))
      try Data(written.output).write(to: URL(fileURLWithPath: script.string))
      let lines = name == "comfy" ? Self.lines : Array(Self.lines.suffix(2))
      for (typed, expected) in lines {
        let offers = try shell.offers(for: "\(name) \(typed)", script: script, in: sandbox)
        #expect(offers == expected, "\(shell.rawValue): \(name) \(typed)")
      }
    }
  }

  @Test(arguments: Shell.allCases)
  func scriptsAreSound(_ shell: Shell) throws {
    let product = try #require(Product.path())
    let sandbox = try Sandbox(programs: ["comfy": product])
    let script = try sandbox.run("comfy", "--generate-completion-script", shell.rawValue)
    #expect(script.status == .exited(0) && script.outputText.contains("---completion"))
    // One function for each command: a second one would take the place of the first.
    let functions = script.outputText.split(separator: "\n").filter { $0.hasSuffix("() {") }
    #expect(Set(functions).count == functions.count)
  }

  @Test func anUnknownShellIsRefused() throws {
    let sandbox = try Sandbox(programs: ["comfy": #require(Product.path())])
    let result = try sandbox.run("comfy", "--generate-completion-script", "csh")
    #expect(result.status == .exited(129) && result.outputText.isEmpty)
  }
}
