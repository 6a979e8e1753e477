import ComfyCore
import SystemLibrary
import SystemPackage
import Testing

@Suite struct ManyFilesTests {
  private struct Stop: Error {}

  @Test func resultsComeInInputOrder() throws {
    let paths = (0..<40).flatMap { _ in FixtureTests.files }
    var seen: [FilePath] = []
    try WorkflowReader().read(paths) { path, result in
      seen.append(path)
      let name = path.lastComponent?.string ?? ""
      #expect((try? result.get()) == (try? WorkflowReader().read(path)), "\(name)")
    }
    #expect(seen == paths)
  }

  @Test func whatTheBodyThrowsEndsTheWork() {
    var calls = 0
    #expect(throws: Stop.self) {
      try WorkflowReader().read(FixtureTests.files) { _, _ in
        calls += 1
        throw Stop()
      }
    }
    #expect(calls == 1)
  }

  @Test func cancelledWorkGivesNothing() throws {
    try WorkflowReader().read(FixtureTests.files, cancellation: Cancellation { true }) { path, _ in
      Issue.record("read \(path)")
    }
  }

  @Test func directoriesAreExpandedInOrder() throws {
    try withFolder { folder in
      for name in ["b.json", "a.PNG", "c.txt", "sub/z.webp", "sub/deep/x.json"] {
        let path = FilePath(folder.string + "/" + name)
        let parent = path.removingLastComponent()
        for made in [parent.removingLastComponent(), parent] where made != folder {
          _ = mkdir(made.string, 0o700)
        }
        let file = try FileDescriptor.open(
          path, .writeOnly, options: [.create], permissions: .ownerReadWrite)
        try file.close()
      }
      #expect(symlink(folder.string, folder.string + "/sub/loop") == 0)
      #expect(symlink(folder.string + "/b.json", folder.string + "/link.json") == 0)
      let found = WorkflowFiles.expand([folder, "named.txt"])
      let names = found.map { String($0.path.string.dropFirst(folder.string.count + 1)) }
      #expect(
        names.dropLast() == ["a.PNG", "b.json", "link.json", "sub/deep/x.json", "sub/z.webp"])
      #expect(found.map(\.isNamed) == [false, false, false, false, false, true])
      #expect(found.last?.path == "named.txt")
    }
  }
  @Test func aFolderThatCannotBeListedStandsForItself() throws {
    try withFolder { folder in
      for name in ["a.json", "c.json"] {
        let file = try FileDescriptor.open(
          folder.appending(name), .writeOnly, options: [.create], permissions: .ownerReadWrite)
        try file.close()
      }
      let closed = folder.appending("b")
      #expect(mkdir(closed.string, 0) == 0)
      let found = try asOrdinaryUser(owning: folder) { WorkflowFiles.expand([folder]) }
      #expect(found.map { $0.path.lastComponent?.string } == ["a.json", "b", "c.json"])
      #expect(found.map { $0.listingError?.errno } == [nil, .permissionDenied, nil])
    }
  }
}
