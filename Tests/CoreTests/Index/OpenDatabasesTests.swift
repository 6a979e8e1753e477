import SystemLibrary
import SystemPackage
import Testing

@testable import ComfyCore

@Suite("An index that is opened more than once") struct OpenDatabasesTests {
  #if os(Linux)
    /// How many locks this process has on a file.
    private func locks(on path: FilePath) throws -> Int {
      let inode = try #require(IndexConnection.inode(of: path))
      let text = try String(decoding: FileBytes.read("/proc/locks", limit: 1 << 20), as: UTF8.self)
      return text.split(separator: "\n").count { line in
        let words = line.split(separator: " ")
        return words.contains(Substring("\(getpid())"))
          && words.contains { $0.hasSuffix(":\(inode)") }
      }
    }

    @Test("another opening takes away no lock of the first", arguments: [false, true])
    func locks(isThere: Bool) throws {
      let folder = try ModelFolder()
      if isThere { _ = try folder.openIndex() }
      let first = try folder.openIndex()
      _ = try first.models()
      let held = try locks(on: folder.indexPath)
      #expect(held > 0)
      _ = try ModelIndex(at: folder.indexPath, for: .read).models()
      _ = try ModelIndex(at: folder.indexPath, for: .write).models()
      #expect(try locks(on: folder.indexPath) == held)
      _ = first.path
    }
  #endif

  @Test("a file that is no database is refused by the first opening after the last connection")
  func refused() throws {
    let folder = try ModelFolder()
    do { _ = try folder.openIndex().models() }
    _ = try folder.write("a text\n", to: "data/index.sqlite")
    #expect(throws: IndexError.foreign(folder.indexPath)) { try folder.openIndex() }
    #expect(throws: IndexError.foreign(folder.indexPath)) { try folder.openIndex() }
  }
}
