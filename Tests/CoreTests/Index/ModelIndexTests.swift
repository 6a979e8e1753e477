import SystemLibrary
import SystemPackage
import Testing

@testable import ComfyCore

@Suite struct ModelIndexTests {
  static func enter(
    _ text: String, as name: String, of folder: borrowing ModelFolder, into index: ModelIndex,
    sources: [IndexedSource] = []
  ) throws -> IndexedModel {
    let path = try folder.write(text, to: "models/" + name)
    return try index.enter(
      path, below: folder.models, hashes: FileHasher.hash(path), sources: sources)
  }

  @Test func anEnteredFileIsFoundByEverything() throws {
    let folder = try ModelFolder()
    let index = try folder.openIndex()
    let source = IndexedSource(url: "https://example.org/a", origin: "download")
    let name = "unet/Sub/Base.safetensors"
    let model = try Self.enter("bytes", as: name, of: folder, into: index, sources: [source])
    let other = try Self.enter("other", as: "vae/x.pt", of: folder, into: index)
    let hash = try #require(model.hash)
    let sha256 = try #require(model.sha256)
    #expect(hash.isFull && model.sources == [source] && model.size == 5)
    #expect(model.locations.map(\.relativePath.string) == [name])
    #expect(model.locations.first?.category == Category("diffusion_models"))
    #expect(model.locations.first?.path == folder.file("models/" + name))

    for access in [ModelIndex.Access.read, .write] {
      let index = try folder.openIndex(for: access)
      #expect(try index.models(withHash: hash) == [model])
      #expect(try index.models(withHash: model.sampled.comfydock) == [model])
      #expect(try index.models(withHash: model.sampled.comfygit) == [model])
      #expect(try index.models(withSHA256: sha256) == [model])
      for hex in [hash.hex, sha256.hex, model.sampled.comfygit.hex] {
        #expect(try index.models(withHashPrefix: String(hex.prefix(9)).uppercased()) == [model])
      }
      #expect(try index.models(atPath: name) == [model])
      #expect(try index.models(atPath: #"unet\Sub\Base.safetensors"#) == [model])
      #expect(try index.models(atPath: name.lowercased()) == [])
      #expect(try index.models(atPathIgnoringCase: name.uppercased()) == [model])
      let category = Category("diffusion_models")
      #expect(try index.models(in: category, atPath: "Sub/Base.safetensors") == [model])
      #expect(try index.models(in: category, atPath: "sub/base.safetensors") == [])
      #expect(
        try index.models(in: category, atPathIgnoringCase: #"sub\base.SAFETENSORS"#) == [model])
      #expect(try index.models(named: "BASE.safetensors") == [model])
      #expect(try index.models(named: "base.safetensors", in: category) == [model])
      #expect(try index.models(named: "base.safetensors", in: Category("vae")) == [])
      #expect(try index.models(from: source.url) == [model])
      #expect(try index.models(containing: "SUB/ba") == [model])
      #expect(try index.models(containing: "", limit: 1) == [model])
      #expect(try index.model(at: folder.file("models/" + name)) == model)
      #expect(try index.models() == [model, other])
      #expect(try index.models(in: Category("vae")) == [other])
      #expect(try index.roots() == [folder.models])
    }
  }

  @Test(arguments: ["ase.safetensors", "Base", "Base.safetensors.", "%", "_ase.safetensors", ""])
  func aNameMatchesWholeOrNotAtAll(_ name: String) throws {
    let folder = try ModelFolder()
    let index = try folder.openIndex()
    _ = try Self.enter("bytes", as: "vae/Base.safetensors", of: folder, into: index)
    #expect(try index.models(named: name) == [])
    #expect(try index.models(atPath: name) == [])
  }

  @Test(arguments: ["", "xyz", "%", String(repeating: "a", count: 65)])
  func anImpossibleHashPrefixFindsNothing(_ prefix: String) throws {
    let folder = try ModelFolder()
    let index = try folder.openIndex()
    _ = try Self.enter("bytes", as: "vae/a.pt", of: folder, into: index)
    #expect(try index.models(withHashPrefix: prefix) == [])
  }

  @Test func composedAndDecomposedNamesMatch() throws {
    let folder = try ModelFolder()
    let index = try folder.openIndex()
    let composed = try Self.enter("one", as: "vae/\u{E9}.pt", of: folder, into: index)
    #expect(try index.models(atPath: "vae/e\u{301}.pt") == [composed])
    #expect(try index.models(named: "E\u{301}.pt") == [composed])
    #expect(try index.models(in: Category("vae"), atPath: "e\u{301}.pt") == [composed])
    // Where both are there, both are kept: they are two files.
    let decomposed = try Self.enter("two", as: "vae/e\u{301}.pt", of: folder, into: index)
    #expect(try index.models(named: "\u{E9}.pt").count == 2)
    #expect(try index.model(at: folder.file("models/vae/e\u{301}.pt"))?.hash == decomposed.hash)
    #expect(try index.model(at: folder.file("models/vae/\u{E9}.pt"))?.hash == composed.hash)
  }

  @Test func equalContentIsOneModelWithTwoLocations() throws {
    let folder = try ModelFolder()
    let index = try folder.openIndex()
    let url = IndexedSource(url: "https://example.org/a", origin: "user")
    _ = try Self.enter("same", as: "vae/b.pt", of: folder, into: index, sources: [url])
    let again = IndexedSource(url: url.url, origin: "download")
    let model = try Self.enter("same", as: "vae/a.pt", of: folder, into: index, sources: [again])
    #expect(model.locations.map(\.relativePath.string) == ["vae/a.pt", "vae/b.pt"])
    #expect(model.sources == [url])
    #expect(try index.models() == [model])
  }

  @Test func enteringAnotherFileAtAPathReplacesIt() throws {
    let folder = try ModelFolder()
    let index = try folder.openIndex()
    let old = try Self.enter("old", as: "vae/a.pt", of: folder, into: index)
    let new = try Self.enter("newer", as: "vae/a.pt", of: folder, into: index)
    #expect(try index.models() == [new])
    #expect(try index.models(withHash: #require(old.hash)) == [])
  }

  @Test func enteringChecksSizeAndRoot() throws {
    let folder = try ModelFolder()
    let index = try folder.openIndex()
    let path = try folder.write("bytes", to: "models/vae/a.pt")
    var hashes = try FileHasher.hash(path)
    hashes.size += 1
    #expect(throws: IndexError.changed(path)) {
      try index.enter(path, below: folder.models, hashes: hashes)
    }
    let outside = try folder.write("bytes", to: "other/a.pt")
    #expect(throws: IndexError.outsideRoot(outside)) {
      try index.enter(outside, below: folder.models, hashes: FileHasher.hash(outside))
    }
    #expect(try index.models() == [])
  }

  @Test func sourcesAreAddedOnceAndOutliveTheFile() throws {
    let folder = try ModelFolder()
    let index = try folder.openIndex()
    let model = try Self.enter("bytes", as: "vae/a.pt", of: folder, into: index)
    let hash = try #require(model.hash)
    let source = IndexedSource(url: "https://example.org/a", origin: "user")
    #expect(try index.addSource(source, toModelWithHash: hash))
    #expect(try index.addSource(source, toModelWithHash: hash))
    let unknown = try #require(ModelHash(String(repeating: "0", count: 64)))
    #expect(try !index.addSource(source, toModelWithHash: unknown))
    let path = folder.file("models/vae/a.pt")
    #expect(try index.removeLocation(path))
    #expect(try !index.removeLocation(path))
    let kept = try index.models(from: source.url)
    #expect(kept.map(\.hash) == [hash] && kept.first?.locations == [])
    #expect(kept.first?.sources == [source])
  }

  @Test func removingTheLastLocationRemovesTheModel() throws {
    let folder = try ModelFolder()
    let index = try folder.openIndex()
    _ = try Self.enter("bytes", as: "vae/a.pt", of: folder, into: index)
    #expect(try index.removeLocation(folder.file("models/vae/a.pt")))
    #expect(try index.models() == [])
  }

  @Test func openedToReadItMakesNoFileAndRefusesWrites() throws {
    let folder = try ModelFolder()
    let index = try folder.openIndex(for: .read)
    #expect(try index.models() == [])
    #expect(folder.entries("") == ["models"])
    let path = folder.indexPath
    #expect(throws: IndexError.readOnly(path)) { try index.removeLocation(folder.file("a")) }
  }

  @Test func aFolderThatCanNotBeWrittenIsReadStill() throws {
    let folder = try ModelFolder()
    let model = try Self.enter(
      "bytes", as: "vae/a.pt", of: folder, into: try folder.openIndex())
    try folder.move("data", to: "da?ta #1%")
    folder.setMode("da?ta #1%", 0o555)
    let path = folder.file("da?ta #1%/index.sqlite")
    let models = try asOrdinaryUser(owning: folder.path) {
      try ModelIndex(at: path, for: .read).models()
    }
    #expect(models == [model])
    #expect(folder.entries("da?ta #1%") == ["index.sqlite"])
    folder.setMode("da?ta #1%", 0o755)
  }

  @Test func aDamagedFileIsSetAsideAndReported() throws {
    let folder = try ModelFolder()
    try folder.write(String(repeating: "\0", count: 5000), to: "data/index.sqlite")
    #expect(try folder.openIndex(for: .read).models() == [])
    #expect(folder.entries("data") == ["index.sqlite"])
    let index = try folder.openIndex()
    #expect(index.setAside == FilePath(folder.indexPath.string + ".damaged-1"))
    _ = try Self.enter("bytes", as: "vae/a.pt", of: folder, into: index)
    #expect(try folder.openIndex().setAside == nil)
    #expect(try folder.openIndex().models().count == 1)
  }

  @Test func aDamagedPageIsNoticed() throws {
    let folder = try ModelFolder()
    do {
      let index = try folder.openIndex()
      for number in 0..<300 {
        _ = try Self.enter("\(number)", as: "vae/\(number).pt", of: folder, into: index)
      }
      #expect(try index.isSound())
    }
    let descriptor = try FileDescriptor.open(folder.indexPath, .readWrite)
    try descriptor.closeAfter {
      let middle = try descriptor.seek(offset: 0, from: .end) / 2
      _ = try descriptor.writeAll(toAbsoluteOffset: middle, [UInt8](repeating: 0x5A, count: 600))
    }
    #expect(try !folder.openIndex(for: .read).isSound())
  }

  @Test(
    "a value of another type is damage",
    .enabled(if: access("/usr/bin/sqlite3", X_OK) == 0, "needs the command sqlite3"),
    arguments: [
      "location SET size = 'abc'", "location SET mtime = 'abc'", "location SET ctime = 'abc'",
      "model SET size = 'abc'", "location SET inode = x'00'",
    ])
  func valueOfAnotherType(change: String) throws {
    let folder = try ModelFolder()
    let index = try folder.openIndex()
    let model = try Self.enter("bytes", as: "vae/a.pt", of: folder, into: index)
    let location = try #require(model.locations.first)
    #expect(try index.isSound())
    try #require(system("/usr/bin/sqlite3 \(folder.indexPath) \"UPDATE \(change)\"") == 0)
    #expect(try !index.isSound())
    // Whatever it answers, it does not end the process.
    _ = try? index.models()
    _ = try? index.fullHash(of: location, .sha256)
    _ = try? Scanner.scan([folder.models], into: index)
  }

  @Test func whatIsNoFileIsRefused() throws {
    let folder = try ModelFolder()
    try folder.makeFolder("data")
    #expect(mkfifo(folder.indexPath.string, 0o600) == 0)
    for access in [ModelIndex.Access.read, .write] {
      #expect(throws: IndexError.notRegular(folder.indexPath)) {
        try folder.openIndex(for: access)
      }
    }
  }

  @Test(arguments: [18, 21, 45, 59])
  func aHeaderThatNobodyWritesIsDamage(offset: Int64) throws {
    let folder = try ModelFolder()
    _ = try folder.openIndex()
    let descriptor = try FileDescriptor.open(folder.indexPath, .readWrite)
    try descriptor.closeAfter {
      _ = try descriptor.writeAll(toAbsoluteOffset: offset, [UInt8(9)])
    }
    #expect(try folder.openIndex(for: .read).isDamaged)
    #expect(try folder.openIndex().setAside != nil)
  }

  @Test("a file that is no index is left alone", arguments: ["a key, and no database", "\0x"])
  func aForeignFileIsLeftAlone(text: String) throws {
    let folder = try ModelFolder()
    try folder.write(text, to: "data/index.sqlite")
    let before = try FileBytes.read(folder.indexPath, limit: 1 << 20)
    for access in [ModelIndex.Access.read, .write] {
      #expect(throws: IndexError.foreign(folder.indexPath)) { try folder.openIndex(for: access) }
    }
    #expect(try FileBytes.read(folder.indexPath, limit: 1 << 20) == before)
    #expect(folder.entries("data") == ["index.sqlite"])
  }

  @Test func damageFoundLaterIsSetAsideForTheNext() throws {
    let folder = try ModelFolder()
    do {
      let index = try folder.openIndex()
      for number in 0..<300 {
        _ = try Self.enter("\(number)", as: "vae/\(number).pt", of: folder, into: index)
      }
    }
    let descriptor = try FileDescriptor.open(folder.indexPath, .readWrite)
    try descriptor.closeAfter {
      let size = try descriptor.seek(offset: 0, from: .end)
      // The first pages hold the schema; everything behind is overwritten.
      let junk = [UInt8](repeating: 0x5A, count: Int(size) - (24 << 10))
      _ = try descriptor.writeAll(toAbsoluteOffset: 24 << 10, junk)
    }
    let index = try folder.openIndex()
    #expect(index.setAside == nil)
    #expect(throws: IndexError.damaged(folder.indexPath)) { try index.models() }
    #expect(folder.entries("data").contains("index.sqlite.damaged-1"))
    #expect(try folder.openIndex().models() == [])
  }

  @Test(.enabled(if: access("/usr/bin/sqlite3", X_OK) == 0, "needs the command sqlite3"))
  func aNewerIndexIsLeftAlone() throws {
    let folder = try ModelFolder()
    _ = try folder.openIndex()
    let statement = "INSERT INTO grdb_migrations VALUES ('999')"
    try #require(system("/usr/bin/sqlite3 \(folder.indexPath) \"\(statement)\"") == 0)
    for access in [ModelIndex.Access.read, .write] {
      #expect(throws: IndexError.newer(folder.indexPath)) { try folder.openIndex(for: access) }
    }
  }

  #if os(Linux)
    @Test("a second connection leaves the locks of the first")
    func locksStay() throws {
      let folder = try ModelFolder()
      let first = try folder.openIndex()
      _ = try first.models()
      for access in [ModelIndex.Access.read, .write] { _ = try folder.openIndex(for: access) }
      let file = try FileDescriptor.open(folder.indexPath, .readWrite)
      try file.closeAfter {
        var lock = flock()
        lock.l_type = Int16(F_WRLCK)
        lock.l_whence = Int16(SEEK_SET)
        // Locks of open files meet those of their own process, too: `F_OFD_GETLK`.
        try #require(fcntl(file.rawValue, 36, &lock) == 0)
        #expect(lock.l_type == Int16(F_RDLCK))
      }
      _ = first
    }
  #endif

  @Test func twoConnectionsWriteAtOnce() throws {
    let folder = try ModelFolder()
    let indexes = [try folder.openIndex(), try folder.openIndex()]
    var entries: [(writer: Int, path: FilePath, hashes: FileHashes)] = []
    for number in 0..<40 {
      let path = try folder.write("\(number)", to: "models/vae/\(number).pt")
      entries.append((number % 2, path, try FileHasher.hash(path)))
    }
    let root = folder.models
    let errors = Concurrently.map([0, 1], width: 2) { [entries] writer in
      Result {
        for entry in entries where entry.writer == writer {
          try indexes[writer].enter(entry.path, below: root, hashes: entry.hashes)
        }
      }
    }
    for error in errors { try error.get() }
    #expect(try folder.openIndex(for: .read).models().count == 40)
  }

  @Test(
    arguments: [
      (["XDG_DATA_HOME": "/data"], "/home/u", "/data/comfy/index.sqlite"),
      (["XDG_DATA_HOME": "data"], "/home/u", "/home/u/.local/share/comfy/index.sqlite"),
      ([:], "/home/u", "/home/u/.local/share/comfy/index.sqlite"), ([:], nil, nil),
    ] as [([String: String], String?, String?)])
  func theDefaultPathFollowsXDG(
    _ variables: [String: String], _ home: String?, _ expected: String?
  ) {
    let environment = ProcessEnvironment(
      variables: variables, home: home.map { FilePath($0) }, currentDirectory: "/",
      now: { Timestamp(seconds: 0) })
    #expect(ModelIndex.defaultPath(in: environment)?.string == expected)
  }
}
