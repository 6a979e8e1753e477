import CommandSupport
import ComfyCore
import Foundation
import SystemPackage
import Testing

/// Work that takes long: a terminal shows how far it is, and Ctrl-C ends it without loss.
///
/// Each test waits for what is shown, and presses Ctrl-C while it is.
@Suite struct LongWorkTests {
  /// More bytes than any machine reads between two frames of a progress line; they take no space.
  private static let giant: Int64 = 64 << 30

  /// Starts a command, waits until `text` is shown, and presses Ctrl-C.
  private func interrupt(
    _ project: InteractiveProject, _ words: [String], at text: String
  ) throws -> Screen {
    var command = project.sandbox.command("comfy")
    command.arguments = words
    let sitting = try project.sit(columns: 80, at: command)
    try sitting.terminal.wait(for: text)
    try sitting.terminal.type("\u{3}")
    #expect(try sitting.terminal.waitForEnd() == .exited(130))
    #expect(!sitting.terminal.screen.everything.contains(text))
    #expect(sitting.terminal.screen.unknown == [])
    return sitting.terminal.screen
  }

  private func run(_ project: InteractiveProject, _ words: String...) throws -> String {
    var command = project.sandbox.command("comfy")
    command.arguments = words
    return try command.run().outputText
  }

  private func loaders(_ names: [(String, String)]) -> String {
    let nodes = names.enumerated().map { place, loader in
      #"{"id":\#(place + 1),"type":"\#(loader.0)","widgets_values":["\#(loader.1)"]}"#
    }
    return #"{"nodes":[\#(nodes.joined(separator: ","))]}"#
  }

  /// Models that are found by name are read whole before anything is asked.
  @Test func resolveWhileItReads() throws {
    let project = try InteractiveProject()
    try project.writeSparse(Self.giant, to: "models/vae/giant.safetensors")
    _ = try run(project, "update-index")
    try project.write(
      loaders([("LoraLoader", "soft.safetensors"), ("VAELoader", "giant.safetensors")]),
      to: "portrait.json")
    let screen = try interrupt(
      project, ["resolve", "--yes", "portrait.json"], at: "of 64.0 GiB  giant.safetensors")
    #expect(screen.everything == "error: stopped; what was done until then is kept")
    // What was read is known: the index has the hash.
    let models = try run(project, "list-models", "--json").split(separator: "\n")
    #expect(models.filter { $0.contains(#""hash":""#) }.count == 1)
    #expect(models.contains { $0.contains("soft.safetensors") && $0.contains(#""hash":""#) })
  }

  /// Replies until then are written, and what was read is known.
  @Test func matchRefsWhileItReads() throws {
    let project = try InteractiveProject()
    try project.writeSparse(Self.giant, to: "models/vae/giant.safetensors")
    _ = try run(project, "update-index")
    try project.write(
      loaders([("LoraLoader", "soft.safetensors"), ("VAELoader", "giant.safetensors")]),
      to: "portrait.json")
    let refs = try run(project, "list-refs", "--json", "portrait.json")
    try project.write(refs, to: "refs")
    let sitting = try project.sit(
      columns: 80,
      at: project.sandbox.command(
        "sh", "-c", "exec comfy match-refs --json <refs >matches"))
    try sitting.terminal.wait(for: "of 64.0 GiB  giant.safetensors")
    try sitting.terminal.type("\u{3}")
    #expect(try sitting.terminal.waitForEnd() == .exited(130))
    #expect(
      sitting.terminal.screen.everything.hasPrefix(#"{"type":"error","code":"interrupted""#))
    let matches = try String(
      contentsOfFile: project.place(of: "matches").string, encoding: .utf8)
    #expect(matches.split(separator: "\n").count == 1)
    #expect(matches.contains(#""status":"resolved""#) && matches.contains("soft.safetensors"))
    let models = try run(project, "list-models", "--json").split(separator: "\n")
    #expect(models.filter { $0.contains(#""hash":""#) }.count == 1)
  }

  /// Ctrl-Z takes the line away, so that the shell's words have the screen; `fg` brings it back.
  @Test func suspendedWhileItReads() throws {
    let project = try InteractiveProject()
    try project.writeSparse(Self.giant, to: "models/vae/giant.safetensors")
    _ = try run(project, "update-index")
    try project.write(loaders([("VAELoader", "giant.safetensors")]), to: "portrait.json")
    let sitting = try project.sit(
      columns: 80, at: project.sandbox.command("bash", "--norc", "--noprofile", "-i"))
    try sitting.terminal.type("comfy resolve --yes portrait.json\r")
    let line = "of 64.0 GiB  giant.safetensors"
    try sitting.terminal.wait(for: line)
    try sitting.terminal.type("\u{1a}")
    try sitting.terminal.wait(for: "Stopped")
    #expect(!sitting.terminal.screen.everything.contains(line))
    try sitting.terminal.type("fg\r")
    try sitting.terminal.wait(for: line)
    try sitting.terminal.type("\u{3}")
    try sitting.terminal.wait(for: "error: stopped; what was done until then is kept")
    try sitting.terminal.type("exit\r")
    _ = try sitting.terminal.waitForEnd()
  }

  /// What was stopped has not failed.
  @Test func syncWhileItDownloads() throws {
    let project = try InteractiveProject()
    try project.write(
      Self.manifest(size: 1000).replacing("com/giant", with: "com/slow/giant"),
      to: "pyproject.toml")
    let sitting = try project.sit(columns: 80, at: project.sandbox.command("comfy", "sync"))
    try sitting.terminal.wait(for: "0 of 1 files")
    try sitting.terminal.type("\u{3}")
    #expect(try sitting.terminal.waitForEnd() == .exited(130))
    #expect(
      sitting.terminal.screen.everything == """
        recorded models: 0 here, 0 downloaded, 1 to download
        error: stopped; what was done until then is kept
        """)
  }

  /// The file that was picked is read whole; the answers before it stay.
  @Test func resolveWhileItReadsAPick() throws {
    let project = try InteractiveProject()
    try project.writeSparse(Self.giant, to: "models/vae/huge.safetensors")
    _ = try run(project, "update-index")
    let sitting = try project.sit(columns: 100)
    try sitting.answer(">", "1")
    try sitting.answer(">", "l")
    try sitting.answer(">", "o")
    try sitting.answer("[Y/n/o/s/b/q/?]", "n")
    try sitting.answer(">", "a")
    try sitting.answer("[?] help", "1")
    try sitting.terminal.wait(for: "of 64.0 GiB  huge.safetensors")
    try sitting.terminal.type("\u{3}")
    #expect(try sitting.terminal.waitForEnd() == .exited(130))
    #expect(
      try project.commits().suffix(2) == [
        "comfy: set hash of base.safetensors (portrait)",
        "comfy: set criticality of ink_v3.safetensors (portrait)",
      ])
  }

  @Test func resolveWhileItScans() throws {
    let project = try InteractiveProject()
    for number in 0..<3_000 {
      try project.writeSparse(32 << 20, to: "models/loras/many/\(number).safetensors")
    }
    let commits = try project.commits()
    _ = try interrupt(project, ["resolve", "portrait.json"], at: "of 3,000 files")
    #expect(try project.commits() == commits)
  }

  @Test func syncWhileItCompares() throws {
    let project = try InteractiveProject()
    try project.writeSparse(Self.giant, to: "models/vae/giant.pt")
    try project.write(Self.manifest(size: Self.giant), to: "pyproject.toml")
    let manifest = try project.manifest
    _ = try interrupt(project, ["sync"], at: "of 64.0 GiB  giant.pt")
    #expect(try project.manifest == manifest)
  }

  @Test func fsckWhileItReads() throws {
    let project = try InteractiveProject()
    try project.writeSparse(Self.giant, to: "models/vae/giant.pt")
    try project.write(Self.manifest(size: Self.giant), to: "pyproject.toml")
    // The index is told the hash: reading the file for it would take as long.
    let path = project.place(of: "models/vae/giant.pt")
    let index = try ModelIndex(
      at: project.sandbox.home.pushing(".local/share/comfy/index.sqlite"), for: .write)
    try index.enter(
      path, below: ModelRoot(project.place(of: "models/")),
      hashes: FileHashes(
        blake3: ModelHash(Self.hash), sha256: nil, size: Self.giant))
    _ = try interrupt(project, ["fsck", "--full"], at: "Checking  0 of 1 file")
  }

  /// What was scanned before Ctrl-C stays in the index, and the next scan goes on from there.
  @Test func updateIndexWhileItScans() throws {
    let project = try InteractiveProject()
    let count = 3_000
    for number in 0..<count {
      try project.writeSparse(32 << 20, to: "models/loras/many/\(number).safetensors")
    }
    _ = try interrupt(project, ["update-index"], at: "of 3,000 files")
    let known = try run(project, "list-models", "--json").split(separator: "\n").count { line in
      line.contains("/many/")
    }
    #expect(known > 0)
  }

  private static let hash = String(repeating: "ab", count: 32)

  private static func manifest(size: Int64) -> String {
    """
    [tool.comfydock.models]
    "\(hash)" = { filename = "giant.pt", size = \(size), relative_path = "vae/giant.pt", category = "vae", sources = ["https://example.com/giant.pt"] }

    [tool.comfydock.workflows.portrait]

    [[tool.comfydock.workflows.portrait.models]]
    filename = "giant.pt"
    category = "vae"
    criticality = "required"
    status = "resolved"
    hash = "\(hash)"
    nodes = [{node_id = "1", node_type = "VAELoader", widget_idx = 0, widget_value = "giant.pt"}]

    """
  }
}
