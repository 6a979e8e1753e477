import SystemPackage
import TestServer
import Testing

@testable import ComfyCore

/// What a prompt's `embedding:NAME` means, with the hash of each candidate read.
struct EmbeddingMatch {
  let match: Match

  init(_ folder: borrowing ModelFolder, _ name: String, pin: ModelHash? = nil) throws {
    let reference = ModelReference(
      nodeID: "1", nodeType: "CLIPTextEncode", place: .widget(0),
      widgetValue: "embedding:\(name)", name: ModelReference.name(of: name),
      category: Category("embeddings"), via: .embedding)
    var context = ModelResolutionContext(workflowName: "w")
    if let pin {
      context.previousResolutions[reference.key] = ManifestWorkflowModel(
        filename: "f", category: nil, criticality: .required, status: .resolved, hash: pin,
        sources: [], nodes: [reference.key])
    }
    match = try MatchRules(index: folder.openIndex(), roots: ModelRoots(main: folder.models))
      .match(reference, in: context)
  }

  /// The contents that it may be, by their hashes where they are known.
  var paths: [String] {
    switch match {
    case .resolved(let candidate): [candidate.location.relativePath.string]
    case .ambiguous(let candidates): candidates.map(\.location.relativePath.string)
    default: []
    }
  }
}

@Suite struct EmbeddingMatchTests {
  /// ComfyUI's `load_embed` over the names of files: in every folder, those below included, the first
  /// of the name as it is and the name with three extensions.
  private static func opened(_ name: String, _ files: Set<String>) -> [String] {
    ["", "a/", "b/", "a/c/"].compactMap { folder in
      ["", ".safetensors", ".pt", ".bin"].lazy.map { "\(folder)\(name)\($0)" }
        .first(where: files.contains)
    }
  }

  @Test func isWhatComfyUIWouldOpen() throws {
    var random = SplitMix(seed: 11)
    let endings = ["", ".safetensors", ".pt", ".bin", ".ckpt", ".pt.bin"]
    for _ in 0..<60 {
      let folder = try ModelFolder()
      var files: Set<String> = []
      for _ in 0..<Int.random(in: 0...4, using: &random) {
        let place = ["", "a/", "b/", "a/c/"].randomElement(using: &random) ?? ""
        files.insert("\(place)neg\(endings.randomElement(using: &random) ?? "")")
      }
      // Every file has other bytes.
      for file in files { try folder.write(file, to: "models/embeddings/\(file)") }
      try Scanner.scan([folder.models], into: folder.openIndex())
      for name in ["neg", "neg.pt", "a/neg", "c/neg", "neg.bin", "a/c/neg.ckpt"] {
        let expected = Self.opened(name, files)
        let found = try EmbeddingMatch(folder, name)
        let place = expected.map { "embeddings/\($0)" }
        if expected.isEmpty {
          #expect(found.match.status != "resolved", "\(name) of \(files.sorted())")
        } else {
          #expect(found.paths.sorted() == place.sorted(), "\(name) of \(files.sorted())")
          #expect(found.match.status == (place.count == 1 ? "resolved" : "ambiguous"))
        }
      }
    }
  }

  @Test("of two files that ComfyUI may open, the other one has to go, whichever is recorded")
  func rivals() throws {
    let folder = try ModelFolder()
    let one = try folder.write("one", to: "models/embeddings/a/neg.pt")
    let two = try folder.write("two", to: "models/embeddings/b/neg.bin")
    try Scanner.scan([folder.models], into: folder.openIndex())
    let pins = try [one, two].map { try #require(try FileHasher.hash($0, .blake3).blake3) }
    #expect(
      try EmbeddingMatch(folder, "neg", pin: pins[0]).match == .blocked(.rivals(one, others: [two]))
    )
    #expect(
      try EmbeddingMatch(folder, "neg", pin: pins[1]).match == .blocked(.rivals(two, others: [one]))
    )
    try folder.move("models/embeddings/b/neg.bin", to: "models/embeddings/b/neg.bin.aside")
    try Scanner.scan([folder.models], into: folder.openIndex())
    #expect(try EmbeddingMatch(folder, "neg", pin: pins[0]).match.status == "resolved")
  }

  @Test("a backslash separates folders on Windows alone")
  func backslash() throws {
    let folder = try ModelFolder()
    try folder.write("one", to: "models/embeddings/a/neg.pt")
    try Scanner.scan([folder.models], into: folder.openIndex())
    #expect(try EmbeddingMatch(folder, "a\\neg").match.status == "misplaced")
    #expect(try EmbeddingMatch(folder, "a/neg").match.status == "resolved")
  }
}
