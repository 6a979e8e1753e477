import SystemPackage
import Testing

@testable import ComfyCore

@Suite struct ModelLookupTests {
  /// A folder with files that share names, contents and sizes, and their index.
  private static func filled(_ folder: borrowing ModelFolder) throws -> ModelIndex {
    let index = try folder.openIndex()
    let files = [
      ("loras/a.pt", "one"), ("loras/sub/A.pt", "two"), ("vae/a.pt", "one"), ("vae/b.pt", "four"),
      (#"vae/quote".pt"#, "quote"), ("vae/unread.pt", "six"),
    ]
    for (name, content) in files {
      try folder.write(content, to: "models/" + name)
    }
    try Scanner.scan([folder.models], into: index)
    for model in try index.models() {
      guard let location = model.locations.first, !location.path.string.contains("unread") else {
        continue
      }
      _ = try index.fullHash(of: location, [.blake3, .sha256])
    }
    return index
  }

  @Test("Announced or not, a question has the answer of the index", arguments: [true, false])
  func answers(areAnnounced: Bool) throws {
    let folder = try ModelFolder()
    let index = try Self.filled(folder)
    let models = try index.models()
    let names = ["A.pt", "b.pt", #"quote".pt"#, "none.pt", "unread.pt", "a", "%", "\u{1}", ""]
    let hashes = models.compactMap(\.hash) + models.map(\.sampled.comfydock)
    let sha256 = models.compactMap(\.sha256)
    let lookup = ModelLookup(index)
    if areAnnounced {
      lookup.announce(names.map { .name(PathKey.folded($0)) })
    }
    for name in names {
      #expect(try lookup.models(.name(PathKey.folded(name))) == index.models(named: name))
    }
    if areAnnounced {
      let all = hashes.map { GivenHash.blake3($0) } + sha256.map { GivenHash.sha256($0) }
      lookup.announce(
        all.map { .hash($0) } + [3, 4, 5, 99].map { ModelLookup.Question.unread(size: $0) })
    }
    for hash in hashes {
      let found = try lookup.models(.hash(.blake3(hash)))
      #expect(try found == index.models(withHash: hash))
      #expect(!found.isEmpty)
    }
    for hash in sha256 {
      #expect(try lookup.models(.hash(.sha256(hash))) == index.models(withSHA256: hash))
    }
    for size in [3, 4, 5, 99] as [Int64] {
      #expect(try lookup.models(.unread(size: size)) == index.modelsToHash(ofSize: size))
    }
  }

  @Test("What is written to the index makes earlier answers void") func writes() throws {
    let folder = try ModelFolder()
    let index = try Self.filled(folder)
    let lookup = ModelLookup(index)
    let before = try lookup.models(.name("unread.pt"))
    let location = try #require(before.first?.locations.first)
    #expect(before.map(\.hash) == [nil])
    let read = try index.fullHash(of: location)
    #expect(try lookup.models(.name("unread.pt")) == [read])
    #expect(try lookup.models(.hash(.blake3(#require(read.hash)))) == [read])
  }

  @Test("A path is asked for by the last part of its name", arguments: ["sub/A.pt", #"sub\A.pt"#])
  func filename(path: String) throws {
    #expect(ModelLookup.Question(filenameOf: path) == .name("a.pt"))
  }
}
