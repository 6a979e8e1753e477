import SystemPackage
import Testing

@testable import ComfyCore

/// The rules in their order, over a real index of real files.
@Suite struct MatchRulesTests {
  /// A reference, what the manifest says of it, and what must come out.
  struct Case: Sendable, CustomTestStringConvertible {
    let testDescription: String
    var value = "base.safetensors"
    var category: String? = "checkpoints"
    var also: [String] = []
    var hash: String?
    var hashType: String?
    var url: String?
    var entry: Entry?
    /// Removed after the scan.
    var deleted: String?
    let expected: String

    init(_ description: String, expected: String, change: (inout Case) -> Void = { _ in }) {
      testDescription = description
      self.expected = expected
      change(&self)
    }
  }

  /// An entry of the manifest; `hash` is the path of the file whose hash it has.
  struct Entry: Sendable {
    var hashOf: String?
    var isSampled = false
    var criticality = Criticality.flexible
    var sources: [String] = []
    var value: String?
  }

  /// Path and content of every file; the full hash of each is known.
  private static let files = [
    "checkpoints/base.safetensors": "one", "checkpoints/sdxl/other.safetensors": "two",
    "checkpoints/twins/left/same.safetensors": "three",
    "checkpoints/twins/right/same.safetensors": "four", "loras/far.safetensors": "five",
    "vae/two.safetensors": "six", "vae_approx/two.safetensors": "seven",
    "checkpoints/copy/first.safetensors": "eight", "checkpoints/copy/second.safetensors": "eight",
    "loras/Cafe\u{301}.safetensors": "nine",
  ]

  private static let cases: [Case] = [
    Case(
      "path below the loader's folder",
      expected: "resolved checkpoints/base.safetensors reconstructed"),
    Case(
      "a path that starts with the folder is not listed",
      expected: "misplaced checkpoints/base.safetensors filename"
    ) {
      $0.value = "checkpoints/base.safetensors"
    },
    Case("backslashes", expected: "misplaced checkpoints/sdxl/other.safetensors reconstructed") {
      $0.value = "sdxl\\other.safetensors"
    },
    Case(
      "another case", expected: "misplaced checkpoints/sdxl/other.safetensors case_insensitive"
    ) {
      $0.value = "SDXL/Other.SafeTensors"
    },
    Case(
      "another composition", expected: "misplaced loras/Cafe\u{301}.safetensors reconstructed"
    ) {
      $0.value = "Caf\u{e9}.safetensors"
      $0.category = "loras"
    },
    Case(
      "whole file name in another folder",
      expected: "misplaced checkpoints/sdxl/other.safetensors filename"
    ) {
      $0.value = "old/folder/other.safetensors"
    },
    Case("part of a file name", expected: "missing") { $0.value = "ase.safetensors" },
    Case(
      "two files of that name",
      expected:
        "ambiguous checkpoints/twins/left/same.safetensors checkpoints/twins/right/same.safetensors"
    ) { $0.value = "same.safetensors" },
    Case(
      "one content at two places", expected: "misplaced checkpoints/copy/first.safetensors filename"
    ) {
      $0.value = "x/first.safetensors"
    },
    Case("another category is offered only", expected: "ambiguous loras/far.safetensors") {
      $0.value = "far.safetensors"
    },
    Case(
      "a further category of the input",
      expected: "resolved vae_approx/two.safetensors reconstructed"
    ) {
      $0.value = "two.safetensors"
      $0.category = "checkpoints"
      $0.also = ["vae_approx"]
    },
    Case("the first category wins", expected: "resolved vae/two.safetensors reconstructed") {
      $0.value = "two.safetensors"
      $0.category = "vae"
      $0.also = ["vae_approx"]
    },
    Case(
      "the given hash comes before the path",
      expected: "changed checkpoints/base.safetensors, not checkpoints/sdxl/other.safetensors"
    ) {
      $0.hash = "two"
      $0.hashType = "BLAKE3"
    },
    Case("a hash that contradicts the path", expected: "changed checkpoints/base.safetensors") {
      $0.hash = "unknown content"
      $0.hashType = "blake3"
    },
    Case(
      "a hash of another kind says nothing",
      expected: "resolved checkpoints/base.safetensors reconstructed"
    ) {
      $0.hash = "unknown content"
      $0.hashType = "CRC32"
    },
    Case("the workflow's own URL", expected: "downloadable https://example.com/new.safetensors") {
      $0.value = "new.safetensors"
      $0.url = "https://example.com/new.safetensors"
    },
    Case(
      "a URL before other categories", expected: "downloadable https://example.com/far.safetensors"
    ) {
      $0.value = "far.safetensors"
      $0.url = "https://example.com/far.safetensors"
    },
    Case("a file before the URL", expected: "resolved checkpoints/base.safetensors reconstructed") {
      $0.url = "https://example.com/base.safetensors"
    },
    Case("nothing", expected: "missing") { $0.value = "nowhere.safetensors" },
    Case(
      "the manifest's hash first",
      expected: "changed checkpoints/base.safetensors, not loras/far.safetensors"
    ) {
      $0.entry = Entry(hashOf: "loras/far.safetensors")
    },
    Case("a sampled hash", expected: "resolved loras/far.safetensors workflow_context") {
      $0.value = "far.safetensors"
      $0.category = "loras"
      $0.entry = Entry(hashOf: "loras/far.safetensors", isSampled: true)
    },
    Case(
      "another file is not taken for a deleted one",
      expected: "changed checkpoints/base.safetensors"
    ) {
      $0.entry = Entry(hashOf: "loras/far.safetensors")
      $0.deleted = "loras/far.safetensors"
    },
    Case(
      "a recorded file that is gone comes from its source",
      expected: "pending https://example.com/far.safetensors"
    ) {
      $0.value = "far.safetensors"
      $0.category = "loras"
      $0.url = "https://example.com/far.safetensors"
      $0.entry = Entry(
        hashOf: "loras/far.safetensors", sources: ["https://example.com/far.safetensors"])
      $0.deleted = "loras/far.safetensors"
    },
    Case(
      "a file in place before an intent",
      expected: "resolved checkpoints/base.safetensors reconstructed"
    ) {
      $0.entry = Entry(sources: ["https://example.com/i"])
    },
    Case("an intent", expected: "pending https://example.com/i") {
      $0.value = "nowhere.safetensors"
      $0.entry = Entry(sources: ["https://example.com/i"])
    },
    Case("optional", expected: "optional") { $0.entry = Entry(criticality: .optional) },
    Case("optional, with an intent", expected: "optional") {
      $0.entry = Entry(criticality: .optional, sources: ["https://example.com/i"])
    },
    Case("optional, and here", expected: "resolved loras/far.safetensors workflow_context") {
      $0.value = "far.safetensors"
      $0.category = "loras"
      $0.entry = Entry(hashOf: "loras/far.safetensors", criticality: .optional)
    },
    Case("unresolved without sources is asked about", expected: "missing") {
      $0.value = "nowhere.safetensors"
      $0.entry = Entry()
    },
    Case("another value is another question", expected: "missing") {
      $0.value = "nowhere.safetensors"
      $0.entry = Entry(criticality: .optional, value: "elsewhere.safetensors")
    },
  ]

  @Test(arguments: cases)
  func firstHitWins(_ test: Case) throws {
    let folder = try ModelFolder()
    for (path, content) in Self.files { try folder.write(content, to: "models/" + path) }
    let index = try folder.openIndex()
    try Scanner.scan([folder.models], into: index)
    for model in try index.models() {
      if let location = model.locations.first { _ = try index.fullHash(of: location) }
    }
    var reference = ModelReference(
      nodeID: "1", nodeType: "Loader", place: .widget(0), widgetValue: test.value,
      category: test.category.map { Category($0) }, alsoCategories: test.also.map { Category($0) },
      url: test.url, hashType: test.hashType)
    reference.hash = test.hash.map { content in
      var hasher = Blake3Hasher()
      hasher.update(content.utf8)
      return hasher.finalize().hex
    }
    var context = ModelResolutionContext(workflowName: "w")
    if let entry = test.entry {
      var key = reference.key
      key.widgetValue = entry.value ?? key.widgetValue
      let model = try entry.hashOf.flatMap { try index.models(atPath: $0).first }
      context.previousResolutions[key] = ManifestWorkflowModel(
        filename: "f", category: nil, criticality: entry.criticality, status: .unresolved,
        hash: entry.isSampled ? model?.sampled.comfygit : model?.hash, sources: entry.sources,
        nodes: [key])
    }
    if let deleted = test.deleted { folder.delete("models/" + deleted) }
    let match = try MatchRules(index: index, roots: ModelRoots(main: folder.models))
      .match(reference, in: context)
    #expect(Self.words(for: match) == test.expected)
  }

  private static func words(for match: Match) -> String {
    switch match {
    case .resolved(let candidate):
      "resolved \(candidate.location.relativePath) \(candidate.matchType.rawValue)"
    case .misplaced(let candidate):
      "misplaced \(candidate.location.relativePath) \(candidate.matchType.rawValue)"
    case .changed(let changed):
      "changed \(changed.found.location.relativePath)"
        + (changed.known.map { ", not \($0.location.relativePath)" } ?? "")
    case .blocked: "blocked"
    case .pending(let intent): "pending \(intent.sources.joined(separator: " "))"
    case .optional: "optional"
    case .ambiguous(let candidates):
      "ambiguous " + candidates.map(\.location.relativePath.string).joined(separator: " ")
    case .downloadable(let url): "downloadable \(url)"
    case .missing: "missing"
    }
  }
}
