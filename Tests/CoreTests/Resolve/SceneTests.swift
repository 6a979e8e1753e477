import Foundation
import SystemLibrary
import SystemPackage
import TestServer
import Testing

@testable import ComfyCore

/// Generated projects: every command says that nothing remains exactly when ComfyUI would load the
/// recorded bytes for every reference.
@Suite struct SceneTests {
  /// `COMFY_SCENES=all` tries a thousand projects.
  static let groups = ProcessInfo.processInfo.environment["COMFY_SCENES"] == "all" ? 40 : 10

  @Test(arguments: 0..<groups)
  func nothingRemainsExactlyWhenComfyUILoadsTheRecordedBytes(_ group: Int) throws {
    for number in 0..<25 {
      var project = try GeneratedProject(seed: UInt64(group * 25 + number))
      try project.play()
    }
  }
}

/// One generated project, and ComfyUI's listing rule as a few lines over the names of its files.
private struct GeneratedProject {
  private struct Loader {
    let type: String
    /// The folders that ComfyUI searches, first one first.
    var folders: [String]
    let values: [String]
    /// Whether the values are prompts that name embeddings.
    var isPrompt = false
  }

  private let seed: UInt64
  private var random: SplitMix
  private let project: CheckedProject
  /// Content by path below the project's directory.
  private var files: [String: String] = [:]
  /// Files that may not be read.
  private var closed: Set<String> = []
  private var loaders: [Loader]
  private var nodes: [(loader: Loader, value: String)] = []

  private static let contents = ["one", "two", "three"]
  private static let below = ["", "", "sub/", "sub/deep/"]
  private static let names = [
    "m.safetensors", "m.safetensors", "M.safetensors", "n.ckpt", "m", "m.pt", "m.bin",
  ]
  private static let extensions = ["", ".safetensors", ".pt", ".bin"]

  init(seed: UInt64) throws {
    self.seed = seed
    random = SplitMix(seed: seed)
    project = try CheckedProject()
    let values = ["m.safetensors", "sub/m.safetensors", "M.safetensors", "n.ckpt"]
    loaders = [
      Loader(type: "VAELoader", folders: ["models/vae"], values: values),
      Loader(type: "CheckpointLoaderSimple", folders: ["models/checkpoints"], values: values),
      Loader(
        type: "UNETLoader", folders: ["models/unet", "models/diffusion_models"], values: values),
      Loader(type: "CLIPLoader", folders: ["models/text_encoders", "models/clip"], values: values),
      Loader(
        type: "CLIPTextEncode", folders: ["models/embeddings"],
        values: ["m", "sub/m", "m.pt", "deep/m"].map { "embedding:\($0)" }, isPrompt: true),
    ]
    try project.write("", to: "models/keep.txt")
    try addExtraFolder()
    for _ in 0..<Int.random(in: 1...3, using: &random) {
      let loader = pick(loaders)
      nodes.append((loader, pick(loader.values)))
    }
    try writeWorkflow()
    for _ in 0..<Int.random(in: 0...6, using: &random) { try addFile() }
  }

  /// Resolves, changes something behind the program's back, and asks every command.
  mutating func play() throws {
    _ = try resolve()
    try check("after resolve")
    for _ in 0..<Int.random(in: 1...3, using: &random) { try change() }
    try check("after a change")
    let isComplete = try resolve().isComplete
    #expect(try isComplete == expected(), "\(described), resolve")
    try check("after the second resolve")
  }

  // MARK: What ComfyUI does

  /// Whether every reference has a recorded hash, and the file that ComfyUI opens has it.
  private func expected() throws -> Bool {
    let entries = try project.opened.manifestStore().read().workflow(named: "w")?.models ?? []
    return nodes.enumerated().allSatisfy { place, node in
      let entry = entries.first { entry in
        entry.nodes.contains { $0.nodeID == "\(place + 1)" && $0.widgetValue == node.value }
      }
      let opened =
        node.loader.isPrompt
        ? embeddings(String(node.value.dropFirst("embedding:".count)))
        : [listed(node.value, by: node.loader)].compactMap(\.self)
      guard let pin = entry?.hash, !opened.isEmpty else { return false }
      return opened.allSatisfy { path in
        !closed.contains(path) && files[path].map { blake3(Array($0.utf8)) } == pin
      }
    }
  }

  /// The file that a loader opens: that of the first folder with a file of this very path.
  private func listed(_ value: String, by loader: Loader) -> String? {
    loader.folders.lazy.map { "\($0)/\(value)" }.first { files[$0] != nil }
  }

  /// The files of which a prompt opens any: in every folder the first of the name as it is, then with
  /// the extensions.
  private func embeddings(_ name: String) -> [String] {
    Self.below.map { "models/embeddings/\($0)" }.compactMap { folder in
      Self.extensions.lazy.map { "\(folder)\(name)\($0)" }.first { files[$0] != nil }
    }
  }

  // MARK: What the program says

  private func resolve() throws -> ResolutionResult {
    let opened = project.opened
    let source = try #require(
      try opened.workflowSources([project.path.appending("w.json").string]).first)
    var options = ResolutionOptions()
    options.fetches = false
    return try opened.resolveWorkflow(source, options: options)
  }

  private func check(_ moment: String) throws {
    guard try project.opened.manifestStore().read().workflow(named: "w") != nil else { return }
    let expected = try expected()
    let words = "\(described), \(moment)"
    #expect(try project.opened.projectStatus().isComplete == expected, "\(words), status")
    let plan = try project.opened.planSync()
    let isSynced =
      plan.missing.isEmpty && plan.withoutSource.isEmpty && plan.open.isEmpty
      && plan.undecided.isEmpty && plan.pending.isEmpty
    #expect(isSynced == expected, "\(words), sync")
    let faults = try project.opened.check().filter { fault in
      switch fault.kind {
      case .outsideRepository, .unusedRow, .broken: false
      default: true
      }
    }
    #expect(faults.isEmpty == expected, "\(words), fsck: \(faults)")
  }

  private var described: String {
    let listed = files.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" }
    return "seed \(seed): \(nodes.map { "\($0.loader.type) \($0.value)" }); \(listed); "
      + "closed \(closed.sorted())"
  }

  // MARK: Making it

  private mutating func pick<Element>(_ elements: [Element]) -> Element {
    elements[Int.random(in: elements.indices, using: &random)]
  }

  /// Sometimes a folder of VAEs elsewhere, before or behind the usual one.
  private mutating func addExtraFolder() throws {
    guard Int.random(in: 0..<3, using: &random) == 0 else { return }
    let isDefault = Bool.random(using: &random)
    try project.write(
      "more:\n  base_path: extra\n  is_default: \(isDefault)\n  vae: mine\n",
      to: "extra_model_paths.yaml")
    loaders[0].folders.insert("extra/mine", at: isDefault ? 0 : 1)
  }

  private func writeWorkflow() throws {
    let texts = nodes.enumerated().map { place, node in
      #"{"id":\#(place + 1),"type":"\#(node.loader.type)","widgets_values":["\#(node.value)"]}"#
    }
    try project.write(
      #"{"nodes":[\#(texts.joined(separator: ","))],"links":[],"version":0.4}"#, to: "w.json")
  }

  private mutating func addFile() throws {
    let folders = loaders.flatMap(\.folders) + nodes.flatMap(\.loader.folders) + ["models"]
    let path = "\(pick(folders))/\(pick(Self.below))\(pick(Self.names))"
    try write(pick(Self.contents), to: path)
  }

  private mutating func write(_ content: String, to path: String) throws {
    remove(path)
    files[path] = content
    try project.write(content, to: path)
  }

  private mutating func remove(_ path: String) {
    files[path] = nil
    closed.remove(path)
    project.delete(path)
  }

  private mutating func change() throws {
    switch Int.random(in: 0..<8, using: &random) {
    case 0: project.delete("data")
    case 1: try addFile()
    case 2:
      guard let path = files.keys.sorted().randomElement(using: &random) else { return }
      remove(path)
    case 3:
      guard let path = files.keys.sorted().randomElement(using: &random),
        let content = files[path]
      else { return }
      remove(path)
      try write(content, to: "\(pick(loaders.flatMap(\.folders)))/\(pick(Self.names))")
    case 4:
      // A directory where a file was.
      guard let path = files.keys.sorted().randomElement(using: &random) else { return }
      remove(path)
      try project.write("note", to: "\(path)/note.txt")
    case 5, 6:
      guard let path = files.keys.sorted().randomElement(using: &random) else { return }
      // What cannot be read may be read again.
      if closed.remove(path) != nil {
        try write(files[path] ?? "", to: path)
      } else if let unreadable = UnreadableFile.path {
        project.delete(path)
        symlink(unreadable, project.path.appending(path).string)
        closed.insert(path)
      }
    default:
      guard let path = files.keys.sorted().randomElement(using: &random) else { return }
      try write(pick(Self.contents), to: path)
    }
  }
}
