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

    /// The words that a command gets after a line is typed, completed and sent.
    func words(for line: String, script: FilePath, in sandbox: Sandbox) throws -> [String] {
      let found = sandbox.home.appending("words")
      try? FileManager.default.removeItem(atPath: found.string)
      let fixtures = Runner.root.appending("Tests/Fixtures/completion")
      let terminal = try PseudoTerminal(columns: 200)
      let command =
        switch self {
        case .bash: sandbox.command("bash", "--norc", "--noprofile", "-i")
        case .zsh: sandbox.command("zsh", "-f", "-i")
        case .fish: sandbox.command("fish", "--no-config", "-i")
        }
      try terminal.start(command)
      try terminal.type(
        "source \(fixtures.appending("words.\(rawValue)")) \(script) \(found)\r")
      try terminal.wait(for: "ready>")
      // The last is for a line that the shell refuses.
      try terminal.type("\(line)\t\rexit\r")
      _ = try terminal.waitForEnd()
      return ((try? String(contentsOfFile: found.string, encoding: .utf8)) ?? "")
        .split(separator: "\0", omittingEmptySubsequences: false).dropLast().map(String.init)
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

  /// What is typed after the program's name before the tabulator key, and the words that the
  /// command gets after the return key.
  static let completed: [(String, [String])] = [
    ("add-intent portrait --node 5:", ["add-intent", "portrait", "--node", "5:1"]),
    ("add-intent portrait --node 5", ["add-intent", "portrait", "--node", "5:1"]),
    ("add-intent portrait --node=5:", ["add-intent", "portrait", "--node=5:1"]),
    ("list-refs od", ["list-refs", "odd one.json"]),
    (#"list-refs odd\ o"#, ["list-refs", "odd one.json"]),
    ("list-refs 'odd o", ["list-refs", "odd one.json"]),
    ("add-intent 'odd one.json' pl", ["add-intent", "odd one.json", "plain name.pt"]),
    (#"add-intent odd\ one.json plain\ "#, ["add-intent", "odd one.json", "plain name.pt"]),
    (#"add-intent "odd one.json" "plain n"#, ["add-intent", "odd one.json", "plain name.pt"]),
    ("add-intent 'odd one.json' a", ["add-intent", "odd one.json", "a=b:c@d e.pt"]),
    ("add-intent 'odd one.json' a=", ["add-intent", "odd one.json", "a=b:c@d e.pt"]),
    ("add-intent 'odd one.json' a=b:", ["add-intent", "odd one.json", "a=b:c@d e.pt"]),
    ("add-intent 'odd one.json' a=b:c", ["add-intent", "odd one.json", "a=b:c@d e.pt"]),
    ("add-intent 'odd one.json' it", ["add-intent", "odd one.json", "it's.pt"]),
    ("add-intent 'odd one.json' st", ["add-intent", "odd one.json", "star*[1]?{a,b}.pt"]),
    ("add-intent 'odd one.json' 墨", ["add-intent", "odd one.json", "墨 絵.pt"]),
    ("add-intent 'odd one.json' co", ["add-intent", "odd one.json", "copy (1).pt"]),
    ("add-intent 'odd one.json' n", ["add-intent", "odd one.json", "n&b;c #d.pt"]),
  ]

  /// Names that would do something were they ever taken for a command.
  static let dangerous = ["run$(touch ran)`touch ran`.pt", "d`touch ran`/x.pt"]

  @Test(arguments: Shell.allCases)
  func whatIsCompletedIsOneWord(_ shell: Shell) throws {
    guard shell.isInstalled else {
      print("skipped: \(shell.rawValue) is not installed")
      return
    }
    let sandbox = try Self.project()
    let names =
      Self.completed.compactMap { $0.1.last }.filter { $0.hasSuffix(".pt") } + Self.dangerous
    let nodes = names.enumerated().map {
      #"{"id":\#($0),"type":"LoraLoader","widgets_values":["\#($1)"]}"#
    }
    try Data(#"{"nodes":[\#(nodes.joined(separator: ","))]}"#.utf8).write(
      to: URL(fileURLWithPath: sandbox.work.appending("odd one.json").string))
    let script = sandbox.home.appending(shell.scriptName(of: "comfy"))
    let written = try sandbox.run("comfy", "--generate-completion-script", shell.rawValue)
    try Data(written.output).write(to: URL(fileURLWithPath: script.string))
    for (typed, expected) in Self.completed {
      let words = try shell.words(for: "comfy \(typed)", script: script, in: sandbox)
      #expect(words == expected, "\(shell.rawValue): comfy \(typed)")
    }
    let starts = ["run", "d", "", "\"run", "\"d", "'d"]
    for line in starts.map({ "comfy add-intent 'odd one.json' \($0)" }) {
      // A word that is not offered leaves its quotes open, and the shell waits for their end.
      _ = try? shell.words(for: line, script: script, in: sandbox)
    }
    #expect(!FileManager.default.fileExists(atPath: sandbox.work.appending("ran").string))
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
