import SystemPackage
import Testing

@testable import ComfyCore

/// Packs that we write, read by `git`.
@Suite("Object packs")
struct ObjectPackTests {
  // MARK: Differences

  /// What a delta makes of its base, by git's description of the format.
  private func apply(_ delta: [UInt8], to base: [UInt8]) throws -> [UInt8] {
    var rest = delta[...]
    func next() throws -> UInt8 {
      let byte = rest.popFirst()
      return try #require(byte)
    }
    func size() throws -> Int {
      var (value, shift) = (0, 0)
      while true {
        let byte = try next()
        value |= Int(byte & 0x7F) << shift
        shift += 7
        if byte < 0x80 { return value }
      }
    }
    #expect(try size() == base.count)
    let count = try size()
    var result: [UInt8] = []
    while let code = rest.popFirst() {
      guard code & 0x80 != 0 else {
        try #require(code > 0 && rest.count >= Int(code))
        result += rest.prefix(Int(code))
        rest = rest.dropFirst(Int(code))
        continue
      }
      var parts = [0, 0]
      for bit in 0..<7 where code & 1 << bit != 0 {
        parts[bit / 4] |= Int(try next()) << (8 * (bit % 4))
      }
      if parts[1] == 0 { parts[1] = 0x10000 }
      try #require(parts[0] + parts[1] <= base.count)
      result += base[parts[0]..<(parts[0] + parts[1])]
    }
    #expect(result.count == count)
    return result
  }

  @Test("any two contents: a delta makes the one of the other", arguments: 0..<60)
  func delta(_ seed: UInt64) throws {
    var random = SplitMix(seed: seed)
    // Few different bytes, so that there is much that looks alike.
    let letters: ClosedRange<UInt8> = seed % 2 == 0 ? 97...98 : 0...255
    func noise(_ count: Int) -> [UInt8] {
      (0..<count).map { _ in UInt8.random(in: letters, using: &random) }
    }
    let old = noise(Int.random(in: 0...(seed % 5 == 0 ? 200_000 : 2_000), using: &random))
    var new = old
    for _ in 0..<Int.random(in: 0...6, using: &random) {
      let start = Int.random(in: 0...new.count, using: &random)
      let end = min(new.count, start + Int.random(in: 0...300, using: &random))
      new.replaceSubrange(start..<end, with: noise(Int.random(in: 0...300, using: &random)))
    }
    #expect(try apply(PackDelta.bytes(from: old, to: new), to: old) == new)
    #expect(try apply(PackDelta.bytes(from: new, to: old), to: new) == old)
  }

  @Test("of a text that differs in two places, only those are told")
  func smallDelta() throws {
    let lines = (0..<3_000).map { "key\($0) = \"value of the line \($0)\"\n" }
    var changed = lines
    changed.insert("one more = true\n", at: 100)
    changed[2_900] = "changed = 1\n"
    let (old, new) = (Array(lines.joined().utf8), Array(changed.joined().utf8))
    let delta = PackDelta.bytes(from: old, to: new)
    #expect(delta.count < 120)
    #expect(try apply(delta, to: old) == new)
  }

  // MARK: Packs

  @Test("git finds a pack sound and reads every object of it")
  func readByGit() throws {
    let sandbox = try GitSandbox()
    var pack = ObjectPack()
    var contents: [[UInt8]] = [[], [0x61], Array(repeating: 0x62, count: 70_000)]
    contents += (0..<40).map { number in
      Array((0..<9_000).map { "\($0 == number * 200 ? "changed" : "line") \($0)\n" }.joined().utf8)
    }
    var last: ObjectPack.Object?
    let objects = contents.map { content in
      // Far behind its base, too: the distance takes one to three bytes.
      let object = pack.add(.blob, content, like: content.count % 2 == 0 ? last : nil)
      last = last ?? object
      return object
    }
    let directory = sandbox.repository.pushing(".git/objects/pack")
    try pack.write(to: directory)
    for (object, content) in zip(objects, contents) {
      let id = try #require(ObjectID(object.id))
      let read = try sandbox.status(of: ["cat-file", "blob", id.hex])
      #expect(read.status == 0)
      #expect(read.output.elementsEqual(content))
    }
    #expect(try sandbox.git("count-objects", "-v").contains("in-pack: \(contents.count)\n"))
    #expect(try sandbox.git("count-objects", "-v").contains("garbage: 0\n"))
    let check = try sandbox.status(of: ["fsck", "--strict", "--full"])
    #expect(check.status == 0, "\(check.message)")
  }

  @Test("where a pack can not be written, nothing stays")
  func noDirectory() throws {
    let sandbox = try GitSandbox()
    var pack = ObjectPack()
    _ = pack.add(.blob, [1])
    let missing = sandbox.root.appending("missing")
    #expect(throws: FileError.self) { try pack.write(to: missing) }
    #expect(!sandbox.exists(missing))
  }
}
