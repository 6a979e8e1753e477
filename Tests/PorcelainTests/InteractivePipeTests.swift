import CommandSupport
import Foundation
import SystemPackage
import TestServer
import Testing

/// `comfy resolve --interactive` answered through a pipe.
@Suite struct InteractivePipeTests {
  @Test func theEndOfInputStartsNoDownload() throws {
    let project = try InteractiveProject()
    let result = try project.resolve(
      answering: "1", "s", "https://example.com/ink_v3.safetensors", "y", "o", "o")
    #expect(result.status == .exited(1))
    #expect(result.errorText.contains("1 download for portrait"))
    #expect(result.errorText.hasSuffix("to continue\n"))
    #expect(project.server.requests.map(\.method) == ["HEAD", "HEAD"])
    #expect(try project.commits().count == 5)
  }

  @Test func nothingAtAll() throws {
    let project = try InteractiveProject()
    let result = try project.resolve()
    #expect(result.status == .exited(1))
    #expect(try project.commits() == ["comfy: set hash of soft.safetensors (portrait)"])
  }

  @Test func everythingToItsEnd() throws {
    let project = try InteractiveProject()
    let result = try project.resolve(
      answering: "2", "l", "https://example.com/ink_v3.safetensors", "y", "n", "a", "7", "c", "o",
      "y")
    #expect(result.status == .exited(0), "\(result.errorText)")
    #expect(result.output.isEmpty)
    #expect(
      result.errorText.contains("portrait: 3 on this machine, 1 fetched, 1 optional\n"))
    #expect(try project.commits().last == "comfy: set hash of ink_v3.safetensors (portrait)")
    // What was picked elsewhere was put in place; nothing is asked or downloaded any more.
    let requests = project.server.requests.count
    let again = try project.resolve()
    #expect(again.status == .exited(0))
    #expect(!again.errorText.contains("[1/"))
    #expect(project.server.requests.count == requests)
  }

  @Test func withoutFetchingNothingIsConfirmed() throws {
    let project = try InteractiveProject()
    let result = try project.resolve(
      "--no-fetch", answering: "1", "s", "https://example.com/ink_v3.safetensors", "y", "y", "s",
      "o")
    #expect(result.status == .exited(1))
    #expect(!result.errorText.contains("download now"))
    #expect(
      result.errorText.contains(
        "portrait: 1 on this machine, 1 to download, 2 misplaced, 1 optional\n"))
    #expect(
      result.errorText.contains(
        "hint: 'comfy resolve portrait' downloads what is pending\n"))
  }

  /// The workflow gives a hash and no URL; Civitai knows the hash.
  @Test(arguments: [true, false]) func aFileByItsHash(isOffline: Bool) throws {
    let hash = InteractiveProject.fileSHA256
    let project = try InteractiveProject { request in
      switch request.path {
      case "/api/v1/model-versions/by-hash/\(hash)", "/api/v1/model-versions/7":
        .text(
          200,
          """
          {"id":7,"files":[{"id":1,"name":"ink.safetensors","primary":true,"sizeKB":48.9,\
          "downloadUrl":"https://civitai.com/api/download/models/7",\
          "hashes":{"SHA256":"\(hash.uppercased())"}}]}
          """, type: "application/json")
      default: InteractiveProject.answer(to: request)
      }
    }
    let base = project.server.url("")
    _ = try project.sandbox.run("git", "config", "--global", "comfy.mirror", "civitai.com=\(base)")
    try project.write(
      """
      {"nodes":[{"id":1,"type":"LoraLoader","widgets_values":["by_hash.safetensors"],
      "properties":{"models":[{"name":"by_hash.safetensors","directory":"loras",
      "hash":"\(hash)","hash_type":"SHA256"}]}}],"links":[],"version":0.4}
      """, to: "portrait.json")
    var command = project.sandbox.command("comfy", "resolve", "--interactive", "portrait.json")
    command.environment["COMFY_MIRROR"] = nil
    if isOffline { command.arguments += ["--offline"] }
    command.input = .bytes(Array((isOffline ? "d\n\no\n" : "d\ny\ny\ny\n").utf8))
    let result = try command.run()
    #expect(result.errorText.contains("Civitai has the file") == !isOffline, "\(result.errorText)")
    #expect(project.server.requests.isEmpty == isOffline)
    #expect(result.status == .exited(0), "\(result.errorText)")
    let manifest = try project.manifest
    let address = "https://civitai.com/api/download/models/7"
    #expect(manifest.contains(address) == !isOffline, "\(manifest)")
  }

  @Test func filesThatCameSinceTheLastScanAreFound() throws {
    let project = try InteractiveProject()
    try project.write("new", to: "models/upscale_models/zzz.pth")
    let result = try project.resolve(answering: "1", "s", "o", "o")
    #expect(result.errorText.contains("5 models: 2 found on this machine, 3 to ask"))
    #expect(result.errorText.contains("1 misplaced"))
  }

  @Test func hostileAnswersDoNoHarm() throws {
    let project = try InteractiveProject()
    let result = try project.resolve(
      answering: "\u{1b}[2J", "99999999999999999999", "-1", "0", "\u{0}", "https://", "", "é", "q")
    #expect(result.status == .exited(1))
    #expect(!result.errors.contains(0x1b))
    #expect(result.errorText.contains(#"\x1b[2J"#))
    #expect(try project.commits().count == 1)
  }

  @Test func nobodyIsAskedOffline() throws {
    let project = try InteractiveProject()
    let result = try project.resolve(
      "--offline", answering: "o", "https://example.com/ink_v3.safetensors", "y", "o", "o", "l")
    #expect(result.status == .exited(1))
    #expect(
      result.errorText.contains("note: offline, so the server was not asked about the file\n"))
    #expect(result.errorText.contains("! 1: offline mode is on\n"))
    #expect(project.server.requests.isEmpty)
  }

  @Test("q stops at the questions about the downloads too", arguments: [["q"], ["e", "q"]])
  func stopsAtTheOverview(_ answers: [String]) throws {
    let project = try InteractiveProject()
    let start = ["o", "https://example.com/ink_v3.safetensors", "y", "o", "o"]
    var command = project.sandbox.command(
      "comfy", "resolve", "--interactive", "portrait.json", "--offline")
    command.input = .bytes(Array((start + answers).map { $0 + "\n" }.joined().utf8))
    let result = try command.run()
    #expect(result.status == .exited(1))
    #expect(result.errorText.contains("stopped; what was answered is kept: "))
    #expect(project.server.requests.isEmpty)
  }

  @Test func aPrivateAddressIsRefusedWithTheWayOut() throws {
    let project = try InteractiveProject(variables: ["COMFY_MIRROR": ""])
    let result = try project.resolve(
      answering: "o", project.server.url("/ink_v3.safetensors"), "b", "q")
    #expect(result.errorText.contains("! '127.0.0.1' is a private address\n"))
    #expect(
      result.errorText.contains(
        "git config --global comfy.allowPrivateHosts true', if you trust it"))
    #expect(project.server.requests.isEmpty)
    let allowed = try project.resolve(
      "--allow-private-hosts", answering: project.server.url("/ink_v3.safetensors"), "b", "", "q")
    #expect(allowed.errorText.contains("Download from 127.0.0.1: 48.8 KiB\n"))
  }

  @Test func whoCannotBeReachedMayBeUsedAnyway() throws {
    let project = try InteractiveProject()
    let result = try project.resolve(
      answering: "o", "https://nobody.example/ink_v3.safetensors", "", "", "q")
    #expect(result.errorText.contains("! cannot reach '127.0.0.1': "))
    #expect(result.errorText.contains("[u] another URL  [A] use it anyway  [s] skip"))
    #expect(try project.commits().last == "comfy: add intent for ink_v3.safetensors (portrait)")
  }

  /// A file that some address gave is known by it ever after.
  @Test func whatIsHereAlreadyIsSaid() throws {
    let project = try InteractiveProject()
    _ = try project.resolve(
      answering: "o", "https://example.com/ink_v3.safetensors", "", "o", "o", "y")
    try project.write(
      #"{"nodes":[{"id":1,"type":"LoraLoader","widgets_values":["other.safetensors"]}]}"#,
      to: "portrait.json")
    let result = try project.resolve(
      answering: "https://example.com/ink_v3.safetensors", "y", "y")
    #expect(
      result.errorText.contains(
        "  it is on this machine already, and taken from\n  ~/models/loras/ink_v3.safetensors\n"))
    #expect(result.errorText.contains("48.8 KiB  copied on this machine\n"))
    #expect(result.status == .exited(0))
  }

  /// The first default folder of a category is where its files go, and what is shown.
  @Test func theFolderOfTheCategoryIsShown() throws {
    let project = try InteractiveProject()
    try project.write(
      "mine:\n  base_path: more\n  is_default: true\n  loras: my-loras\n",
      to: "models/../extra_model_paths.yaml")
    try project.write("x", to: "models/../more/my-loras/a.txt")
    let result = try project.resolve(
      answering: "o", "https://example.com/ink_v3.safetensors", "y", "o", "o", "y")
    #expect(result.errorText.contains("  to ~/more/my-loras/ink_v3.safetensors\n"))
    #expect(result.errorText.contains("  1  ~/more/my-loras/ink_v3.safetensors  127.0.0.1"))
    #expect(result.status == .exited(0))
  }

  /// The folder is reached through links, as the person who made them wrote it.
  @Test func aLinkedFolderIsShownAndUsed() throws {
    let project = try InteractiveProject()
    try project.write(
      "mine:\n  base_path: disk\n  is_default: true\n  loras: my-loras\n",
      to: "models/../extra_model_paths.yaml")
    try project.write("x", to: "models/../volumes/one/real-loras/a.txt")
    for (link, target) in [("disk", "volumes/one"), ("volumes/one/my-loras", "real-loras")] {
      try FileManager.default.createSymbolicLink(
        atPath: project.sandbox.home.pushing(FilePath(link)).string, withDestinationPath: target)
    }
    let result = try project.resolve(
      answering: "o", "https://example.com/ink_v3.safetensors", "y", "o", "o", "y")
    #expect(result.errorText.contains("  to ~/disk/my-loras/ink_v3.safetensors\n"))
    #expect(result.errorText.contains("  1  ~/disk/my-loras/ink_v3.safetensors  127.0.0.1"))
    #expect(result.status == .exited(0))
    let landed = project.sandbox.home.pushing("volumes/one/real-loras/ink_v3.safetensors")
    #expect(FileManager.default.contents(atPath: landed.string) == Data(InteractiveProject.file))
  }

  @Test func theWorkflowIsUpdated() throws {
    let project = try InteractiveProject()
    try project.write(
      #"{"nodes":[{"id":1,"type":"LoraLoader","widgets_values":["a/soft.safetensors"]},"#
        + #"{"id":2,"type":"LoraLoader","widgets_values":["b/ink_v2.safetensors"]}]}"#,
      to: "portrait.json")
    let result = try project.sandbox.run(
      "comfy", "resolve", "--yes", "--update-workflow", "portrait.json")
    #expect(result.status == .exited(0))
    #expect(result.errorText.contains("'b/ink_v2.safetensors' is now 'ink_v2.safetensors'\n"))
    #expect(
      try project.commits() == [
        "comfy: set hash of 2 models (portrait)", "comfy: set widget 2 models (portrait)",
      ])
    #expect(
      try String(contentsOfFile: project.place(of: "portrait.json").string, encoding: .utf8)
        == #"{"nodes":[{"id":1,"type":"LoraLoader","widgets_values":["soft.safetensors"]},"#
        + #"{"id":2,"type":"LoraLoader","widgets_values":["ink_v2.safetensors"]}]}"#)
  }

  @Test func contradictingFlagsAreRefused() throws {
    let project = try InteractiveProject()
    let result = try project.resolve("--yes")
    #expect(result.status == .exited(129))
    #expect(result.errorText.contains("give one of them"))
  }
}
