import SystemLibrary
import SystemPackage
import Testing

@testable import ComfyCore

@Suite final class FolderStoreTests {
  let root: FilePath
  let store: FolderStore

  init() throws {
    root = try makeTemporaryDirectory(for: "store")
    store = FolderStore(at: root.appending("store"))
  }

  deinit { removeTree(root) }

  private func file(_ bytes: [UInt8], named name: String = "a.pt") throws -> (FilePath, StoreRecord)
  {
    let path = root.appending(name)
    let file = try FileDescriptor.open(
      path, .writeOnly, options: [.create, .truncate], permissions: .ownerReadWrite)
    defer { try? file.close() }
    try file.writeAll(bytes)
    let hashes = try FileHasher.hash(path)
    return (
      path,
      StoreRecord(
        sha256: try #require(hashes.sha256), blake3: try #require(hashes.blake3),
        size: hashes.size, filename: name, sources: [])
    )
  }

  @Test func aFileIsThereByEitherHash() throws {
    let (path, record) = try file([1, 2, 3])
    #expect(try store.put(path, record))
    #expect(try FileHasher.hash(store.path(of: record.sha256)).blake3 == record.blake3)
    #expect(store.record(blake3: record.blake3) == record)
    #expect(store.record(of: record.sha256) == record)
    #expect(try store.objects().map(\.hash) == [record.sha256])
    #expect(try DirectoryNames.sorted(in: store.root.appending("incoming")) == [])
    #expect(FileStatus(reaching: store.path(of: record.sha256)).map { $0.mode & 0o222 } == 0)
  }

  @Test func aSecondPutSendsNothingAndMakesUpARecord() throws {
    let (path, record) = try file([1, 2, 3])
    _ = try store.put(path, record)
    let place = store.root.appending(StoreLayout.record(blake3: record.blake3))
    unlink(place.string)
    #expect(try !store.put(path, record))
    #expect(store.record(blake3: record.blake3) == record)
  }

  @Test func aFileThatIsNotWhatItIsSaidToBeIsNotPut() throws {
    let (path, record) = try file([1, 2, 3])
    _ = try file([1, 2, 4])
    #expect(throws: StoreError.changed(path)) { try store.put(path, record) }
    #expect(try store.objects().isEmpty)
    #expect(try DirectoryNames.sorted(in: store.root.appending("incoming")) == [])
  }

  @Test func severalMayPutTheSameFileAtOnce() throws {
    let (path, record) = try file([UInt8](repeating: 7, count: 1 << 20))
    let store = store
    let ends = Concurrently.map(Array(0..<8), width: 8) { _ in
      Result { try store.put(path, record) }.map { _ in true }
    }
    for end in ends { #expect(try end.get()) }
    #expect(try FileHasher.hash(store.path(of: record.sha256)).sha256 == record.sha256)
  }

  @Test func aFileThatIsCutOffIsPutAgain() throws {
    let (path, record) = try file([1, 2, 3])
    _ = try store.put(path, record)
    unlink(store.path(of: record.sha256).string)
    let descriptor = try FileDescriptor.open(
      store.path(of: record.sha256), .writeOnly, options: .create, permissions: .ownerReadWrite)
    try descriptor.close()
    #expect(try store.put(path, record))
    #expect(store.size(of: record.sha256) == 3)
  }

  @Test func whatIsTakenOutIsNamedNoMore() throws {
    let (path, record) = try file([1, 2, 3])
    _ = try store.put(path, record)
    #expect(try store.remove(record.sha256) == 3)
    #expect(store.record(blake3: record.blake3) == nil)
    #expect(try store.objects().isEmpty)
    #expect(try store.remove(record.sha256) == nil)
  }
}
