import SystemPackage
import Testing

@testable import ComfyCore

/// A catalog that is damaged is made again.
@Suite final class DamagedCatalogTests {
  private let folder: ModelFolder
  private var path: FilePath { folder.file("catalog.sqlite") }

  init() throws {
    folder = try ModelFolder()
    let catalog = try Catalog(at: path)
    let url = try SourceURL("https://x.org/ink.pt")
    try catalog.replace(
      CatalogList(modelList: "/list.json", origin: .manager), stamp: "1",
      with: (0..<400).map { number in
        CatalogEntry(
          name: "ink\(number).pt", category: nil, url: url, size: nil, sha256: nil,
          origin: .manager)
      })
  }

  /// Overwrites everything after the first bytes, or cuts it off.
  private func damage(after kept: Int, cutting: Bool = false) throws {
    let bytes = try #require(readFile(path))
    try #require(bytes.count > 3 * 4096)
    let rest = cutting ? [] : [UInt8](repeating: 0x55, count: bytes.count - kept)
    writeFile(path, bytes.prefix(kept) + rest)
  }

  @Test("the next catalog is a new one", arguments: [100, 4096])
  func isMadeAgain(kept: Int) throws {
    try damage(after: kept)
    // The damage shows when the file is opened, or with the first question.
    do {
      _ = try Catalog(at: path).lists()
    } catch IndexError.damaged {}
    let next = try Catalog(at: path)
    #expect(try next.lists().isEmpty)
    try next.replace(
      CatalogList(modelList: "/list.json", origin: .manager), stamp: "2", with: [])
    #expect(try Catalog(at: path).lists().count == 1)
  }

  @Test("a file of another program stays, whatever is in it")
  func foreign() throws {
    let bytes = Array("SQLite format 3\0".utf8) + [UInt8](repeating: 0x55, count: 5000)
    writeFile(path, bytes)
    _ = try Catalog(at: path).lists()
    #expect(readFile(path) == bytes)
  }

  @Test("a command that meets the damage goes on with a new one")
  func command() throws {
    let project = try CheckedProject()
    let count = try project.opened.updateCatalog().lists.count
    #expect(count > 0)
    let path = project.path.pushing("data/catalog.sqlite")
    let bytes = try #require(readFile(path))
    writeFile(path, bytes.prefix(4096) + [UInt8](repeating: 0x55, count: bytes.count - 4096))
    #expect(try project.opened.updateCatalog().lists.count == count)
  }
}
