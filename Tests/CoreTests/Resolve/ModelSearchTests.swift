import SystemPackage
import Testing

@testable import ComfyCore

@Suite struct NameSimilarityTests {
  @Test(arguments: [
    ("ink.safetensors", "loras/ink.safetensors", 1.0...1.0),
    ("Ink-V2.safetensors", "loras/ink_v2.ckpt", 1.0...1.0),
    ("ink_v3.safetensors", "loras/ink_v2.safetensors", 0.6...0.9),
    ("vae.safetensors", "vae/sdxl_vae.safetensors", 0.6...0.9),
    ("flux vae", "vae/flux/ae.safetensors", 0.5...0.9),
    ("realsitic vision", "checkpoints/realisticvision_v5.safetensors", 0.5...0.95),
    ("\u{e9}t\u{e9}.safetensors", "loras/\u{e9}t\u{e9}.safetensors", 1.0...1.0),
    ("fp8_model_flux.safetensors", "loras/wan_fp8.safetensors", 0.0...0.29),
    ("zzz.pth", "loras/ink.safetensors", 0.0...0.0),
    ("---", "loras/ink.safetensors", 0.0...0.0), ("", "", 0.0...0.0), ("a", "", 0.0...0.0),
  ])
  func scores(_ wanted: String, _ path: String, _ range: ClosedRange<Double>) {
    let score = NameSimilarity(to: wanted).score(of: PathKey.folded(path))
    #expect(range.contains(score), "\(score)")
  }

  @Test func anyTextHasAScoreBetweenNoneAndOne() {
    var random = SplitMix(seed: 7)
    let letters = Array("ab1_-./\\ é\u{301}漢.ckpt")
    for round in 0..<2_000 {
      func text() -> String {
        String(
          (0..<Int.random(in: 0...12, using: &random)).map { _ in
            letters.randomElement(using: &random) ?? "a"
          })
      }
      let (wanted, path) = (text(), text())
      let score = NameSimilarity(to: wanted).score(of: PathKey.folded(path))
      #expect((0...1).contains(score), "round \(round): '\(wanted)' and '\(path)'")
    }
  }
}

@Suite struct ModelSearchTests {
  private static let reference = ModelReference(
    nodeID: "1", nodeType: "LoraLoader", place: .widget(0), widgetValue: "ink_v3.safetensors",
    category: Category("loras"))

  private func index(of folder: borrowing ModelFolder, _ paths: [String]) throws -> ModelIndex {
    for path in paths { try folder.write(path, to: "models/" + path) }
    let index = try folder.openIndex()
    try Scanner.scan([folder.models], into: index)
    return index
  }

  private func paths(_ results: [ModelSearchResult]) -> [String] {
    results.map(\.candidate.location.relativePath.string)
  }

  @Test func theLoadersCategoryComesFirst() throws {
    let folder = try ModelFolder()
    let index = try index(
      of: folder,
      [
        "checkpoints/ink_v3.safetensors", "loras/ink.safetensors", "loras/old/ink_v2.safetensors",
        "loras/other.safetensors", "vae/ink.safetensors",
      ])
    let search = ModelSearch(index)
    let found = try search.results(for: "ink_v3.safetensors", reference: Self.reference, limit: 10)
    #expect(
      paths(found) == [
        "loras/old/ink_v2.safetensors", "loras/ink.safetensors", "checkpoints/ink_v3.safetensors",
        "vae/ink.safetensors",
      ])
    #expect(found.map { $0.isOfLoader } == [true, true, false, false])
    #expect(found.allSatisfy { $0.candidate.matchType == MatchType.userSelected })
    let first = try search.results(for: "ink", reference: Self.reference, limit: 1)
    #expect(paths(first) == ["loras/ink.safetensors"])
    #expect(try search.results(for: "./_", reference: Self.reference, limit: 5) == [])
    #expect(try search.results(for: "xylophone", reference: Self.reference, limit: 5) == [])
  }

  @Test("without a reference the likest name is first, whatever its category")
  func withoutReference() throws {
    let folder = try ModelFolder()
    let index = try index(
      of: folder, ["checkpoints/ink_v3.safetensors", "loras/ink_v2.safetensors", "vae/other.pt"])
    let search = ModelSearch(index)
    #expect(
      paths(try search.results(for: "ink v3 fp8", in: nil, limit: 9)) == [
        "checkpoints/ink_v3.safetensors", "loras/ink_v2.safetensors",
      ])
    #expect(
      paths(try search.results(for: "ink v3 fp8", in: Category("loras"), limit: 9)) == [
        "loras/ink_v2.safetensors"
      ])
  }

  @Test func whatIsGoneIsNotOffered() throws {
    let folder = try ModelFolder()
    let index = try index(
      of: folder, (1...30).map { "loras/ink\($0).safetensors" } + ["loras/ink.safetensors"])
    for number in 1...29 { folder.delete("models/loras/ink\(number).safetensors") }
    let found = try ModelSearch(index).results(for: "ink", reference: Self.reference, limit: 3)
    #expect(paths(found) == ["loras/ink.safetensors", "loras/ink30.safetensors"])
  }

  @Test func oneContentIsOfferedOnce() throws {
    let folder = try ModelFolder()
    try folder.write("same", to: "models/loras/a/ink.safetensors")
    try folder.write("same", to: "models/loras/b/ink.safetensors")
    let index = try index(of: folder, [])
    for location in try index.models().flatMap(\.locations) { _ = try index.fullHash(of: location) }
    let search = ModelSearch(index)
    let found = try search.results(for: "ink", reference: Self.reference, limit: 9)
    #expect(paths(found) == ["loras/a/ink.safetensors"])
    #expect(try search.listing(for: Self.reference).count == 1)
  }

  @Test func theListingIsReadInPages() throws {
    let folder = try ModelFolder()
    let index = try index(
      of: folder,
      ["checkpoints/z.ckpt", "loras/b.safetensors", "loras/a.safetensors", "vae/c.pt"])
    let listing = try ModelSearch(index).listing(for: Self.reference)
    #expect(listing.count == 4)
    #expect(listing.countOfLoader == 2)
    func names(_ places: Range<Int>) throws -> [String] {
      try listing.candidates(at: places).map { "\($0.place) \($0.candidate.location.relativePath)" }
    }
    #expect(try names(0..<2) == ["0 loras/a.safetensors", "1 loras/b.safetensors"])
    #expect(try names(2..<9) == ["2 checkpoints/z.ckpt", "3 vae/c.pt"])
    #expect(try names(9..<12) == [])
    try index.removeLocation(folder.file("models/loras/a.safetensors"))
    #expect(try names(0..<2) == ["1 loras/b.safetensors"])
  }
}
