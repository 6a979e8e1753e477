import SystemPackage
import Testing

@testable import ComfyCore

/// Configuration read without libgit2: as the git program reads it, or not at all.
@Suite struct PlainConfigurationTests {
  static let texts = [
    "", "\n\n# c\n; c\n", "[comfy]\n\tindex = /a b\n", "[comfy] index=x # c\n", "[comfy]index=x;c",
    "[comfy]\nindex\n", "[comfy]\r\nindex\r\n", "[COMFY]\n\tIndex = \"a # b\" c \n",
    "[comfy]\nindex = a\\\n  b\n", "[comfy]\nindex = \"a\\\"b\\\\c\\td\"\n",
    "[comfy]\nindex = \"  a  \"  \n", "[comfy]\r\nindex = x\r\n", "\u{FEFF}[comfy]\nindex = x",
    "[comfy]\nindex = \"a\" \"b\"\n", "[comfy]\nindex =\n", "[comfy]\nindex = a\nindex = b\n",
    "[comfy \"Sub \\\"x\\\\\"]\nindex = a\n[comfy]\nindex = b\n", "[comfy]\nindex = a   b\n",
    "[a]\nb = c\n[comfy]\nindex = ä\n", "[comfy]\nindex = a\"b c\"d\n",
    "[comfy]\n index = 1\n\n[x]",
  ]

  /// Files that git reads in one way or refuses, and this reader leaves alone.
  static let left = [
    "[include]\npath = x\n", "[includeIf \"gitdir:x\"]\npath = x\n[comfy]\nindex = a\n",
    "[comfy]\nindex # c\n", "[comfy]\nindex = a\tb\n", "index = a\n", "[comfy\nindex = a\n",
    "[comfy]\nindex = \"a\n",
    "[comfy]\nindex = a\\q\n", "[comfy]\n-x = a\n?\n", "[comfy]\nindex a\n", "[comfy.sub]\nx = y\n",
    "[comfy \"a\nb\"]\n", "[comfy]\nindex = a\\",
  ]

  @Test(arguments: texts)
  func asGit(text: String) throws {
    let sandbox = try GitSandbox(initialised: false)
    let file = sandbox.root.appending("config")
    try sandbox.write(text, to: file)
    let read = try #require(PlainConfiguration(reading: file))
    let listed = try sandbox.git("config", "--file", file.string, "--null", "--list")
    let expected = listed.split(separator: "\0").map(String.init)
    #expect(read.entries.map { $0.key + ($0.value.map { "\n" + $0 } ?? "") } == expected)
  }

  @Test(arguments: left)
  func leftAlone(text: String) {
    #expect(PlainConfiguration(parsing: Array(text.utf8)) == nil)
  }

  @Test("no text of bytes near a file's traps")
  func damaged() {
    var random = SplitMix(seed: 7)
    let alphabet = Array("[]\"\\= \t\r\n#;.-ab\u{0}é".utf8)
    for _ in 0..<20_000 {
      let length = Int.random(in: 0...24, using: &random)
      let bytes = (0..<length).map { _ in
        alphabet[Int.random(in: alphabet.indices, using: &random)]
      }
      _ = PlainConfiguration(parsing: Array("[comfy]\n".utf8) + bytes)
    }
  }

  @Test(
    "settings are those that libgit2 would find, includes and all",
    arguments: [
      "", "[include]\n\tpath = more\n", "[extensions]\n\tworktreeConfig = true\n",
      "[comfy]\n\tjobs = 7\n",
    ])
  func settings(addition: String) throws {
    let sandbox = try GitSandbox()
    try sandbox.git("config", "comfy.modelsDir", "models")
    try sandbox.git("config", "--global", "comfy.jobs", "3")
    try sandbox.write(
      "[comfy]\n\tjobs = 5\n", to: sandbox.repository.appending(".git").appending("more"))
    let config = sandbox.repository.appending(".git").appending("config")
    let text = try sandbox.git("config", "--list", "--local", "--name-only")
    #expect(text.contains("comfy.modelsdir"))
    try sandbox.git("config", "comfy.commit", "never")
    let old = String(decoding: try FileBytes.read(config, limit: 1 << 20), as: UTF8.self)
    try sandbox.write(old + addition, to: config)
    sandbox.environment.currentDirectory = sandbox.repository
    let configured = try Settings.Configured(in: sandbox.environment)
    for setting in Setting.allCases {
      let result = try sandbox.status(of: ["config", setting.configurationKey])
      let value = String(decoding: result.output, as: UTF8.self).split(separator: "\n").last
      let held = configured.repositoryValues[setting] ?? configured.values[setting]
      #expect(held == value.map(String.init))
    }
    #expect(configured.base == sandbox.repository)
    #expect(configured.values[.jobs] == "3")
    #expect(configured.repositoryValues[.commit] == "never")
  }
}
