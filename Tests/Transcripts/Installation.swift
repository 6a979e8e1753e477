import CommandSupport
import Foundation
import SystemPackage
import Testing

/// `make install` and `make uninstall`, under a name that is not ours.
@Suite struct Installation {
  static let make = ["/usr/bin/make", "/usr/local/bin/make"]
    .first { FileManager.default.isExecutableFile(atPath: $0) }

  /// A sandbox with the program installed as `foo` below `root/usr`.
  private static func installed() throws -> (sandbox: Sandbox, root: FilePath) {
    let sandbox = try Sandbox()
    let root = sandbox.work.appending("root")
    try run("install", in: sandbox, root)
    return (sandbox, root)
  }

  private static func run(_ target: String, in sandbox: Sandbox, _ root: FilePath) throws {
    let make = try #require(make)
    let product = try #require(Product.path())
    let result = try sandbox.run(
      make, "-s", "-C", Runner.root.string, target, "NAME=foo", "PREFIX=/usr", "DESTDIR=\(root)",
      "BINARY=\(product)")
    try #require(result.status == .exited(0), "\(result.outputText)\(result.errorText)")
  }

  /// The files below a directory, by path.
  private static func files(below root: FilePath) -> [String] {
    let all = FileManager.default.enumerator(atPath: root.string)?.allObjects as? [String] ?? []
    return all.filter {
      (try? FileManager.default.attributesOfItem(atPath: root.appending($0).string)[.type])
        as? FileAttributeType != .typeDirectory
    }.sorted()
  }

  @Test(.enabled(if: make != nil, "make is not installed"))
  func putsEverythingUnderItsNameAndTakesItAway() throws {
    let (sandbox, root) = try Self.installed()
    let pages = try ManualPage.all(in: Runner.root.appending("man")).map { page in
      "usr/share/man/man\(page.path.extension ?? "")/foo\(page.description.dropFirst(5))"
    }
    let completions = [
      "usr/share/bash-completion/completions/foo", "usr/share/zsh/site-functions/_foo",
      "usr/share/fish/vendor_completions.d/foo.fish",
    ]
    #expect(Self.files(below: root) == (["usr/bin/foo"] + completions + pages).sorted())
    // Another program's page, which only looks like one of ours.
    let foreign = root.appending("usr/share/man/man1/foo-of-another.1")
    try Data("foreign\n".utf8).write(to: URL(fileURLWithPath: foreign.string))
    try Self.run("uninstall", in: sandbox, root)
    #expect(Self.files(below: root) == ["usr/share/man/man1/foo-of-another.1"])
  }

  @Test(.enabled(if: make != nil, "make is not installed"))
  func callsItselfByItsName() throws {
    let (sandbox, root) = try Self.installed()
    let program = root.appending("usr/bin/foo").string
    #expect(try sandbox.run(program, "--version").outputText.hasPrefix("foo version "))
    #expect(try sandbox.run(program, "set-hash", "-h").outputText.hasPrefix("usage: foo set-hash"))
    let failed = try sandbox.run(program, "list-refs", "nosuch")
    #expect(failed.errorText.contains("'foo status'"))
    #expect(try sandbox.run(program, "sttus").errorText.contains("not a foo command"))
    for completion in Self.files(below: root.appending("usr/share"))
    where !completion.hasPrefix("man/") {
      let text = try String(
        contentsOfFile: root.appending("usr/share").appending(completion).string, encoding: .utf8)
      #expect(text.contains("foo") && !text.contains("comfy"), "\(completion)")
    }
  }

  @Test(.enabled(if: make != nil, "make is not installed"))
  func pagesCallItByItsName() throws {
    let (sandbox, root) = try Self.installed()
    for section in ["1", "5", "7"] {
      for page in try ManualPage.all(in: root.appending("usr/share/man/man\(section)")) {
        #expect(page.lines[1].hasPrefix(".Dt FOO"))
        let old = page.lines.filter { line in
          line.hasPrefix(".Xr comfy") || line.hasPrefix(".Nm comfy") || line.hasPrefix("$ comfy")
        }
        #expect(old.isEmpty, "\(page)")
        guard let mandoc = Manuals.mandoc else { continue }
        let result = try sandbox.run(mandoc, "-Tlint", "-Wwarning", page.path.string)
        #expect(result.outputText.isEmpty, "\(result.outputText)")
      }
    }
    let overview = try ManualPage(root.appending("usr/share/man/man1/foo.1"))
    #expect(overview.lines.contains("$ foo init --models-dir ~/ComfyUI/models"))
    #expect(overview.lines.contains(".It Va comfy.modelsDir"))
  }

  /// In a pipe `help` writes the pages that are inside the program.
  @Test(.enabled(if: make != nil, "make is not installed"))
  func pagesInsideCallItByItsName() throws {
    let (sandbox, root) = try Self.installed()
    let program = root.appending("usr/bin/foo").string
    for page in try ManualPage.all(in: Runner.root.appending("man"))
    where page.path.extension != "1" {
      let topic = page.path.stem?.dropFirst("comfy-".count) ?? ""
      let text = try sandbox.run(program, "help", String(topic)).outputText
      #expect(text.hasPrefix("NAME"), "\(page)")
      let old = text.matches(of: /(?:^|[^A-Za-z0-9_.\/-])comfy[ -]\S*/).map(\.output)
      #expect(old.isEmpty, "\(page): \(old)")
    }
  }

  /// What opens manual pages is a program of ours here, which shows the path that it gets.
  @Test(
    .enabled(if: make != nil, "make is not installed"),
    arguments: [
      (["list-refs", "--help"], "man1/foo-list-refs.1"),
      (["help", "tutorial"], "man7/foo-tutorial.7"),
      (["help", "records"], "man5/foo-records.5"), (["--help"], "man1/foo.1"),
    ])
  func helpOpensThePageBesideTheProgram(_ words: [String], _ page: String) throws {
    let (sandbox, root) = try Self.installed()
    let bin = sandbox.work.appending("bin")
    try FileManager.default.createDirectory(
      atPath: bin.string, withIntermediateDirectories: false)
    try Data("#!/bin/sh\nls \"$1\" >shown\n".utf8)
      .write(to: URL(fileURLWithPath: bin.appending("man").string))
    try FileManager.default.setAttributes(
      [.posixPermissions: 0o755], ofItemAtPath: bin.appending("man").string)
    let terminal = try PseudoTerminal()
    var command = sandbox.command(root.appending("usr/bin/foo").string)
    command.arguments = words
    command.environment["PATH"] = "\(bin):/usr/bin:/bin"
    try terminal.start(command)
    #expect(try terminal.waitForEnd() == .exited(0))
    let shown = try String(
      contentsOfFile: sandbox.work.appending("shown").string, encoding: .utf8)
    #expect(shown == "\(root)/usr/share/man/\(page)\n")
  }
}
