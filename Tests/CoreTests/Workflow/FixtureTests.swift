import ComfyCore
import SystemPackage
import Testing

/// Every fixture gives, line for line and in order, what the `.expected` file beside it says.
@Suite struct FixtureTests {
  static let folder: FilePath = {
    var path = FilePath(#filePath)
    for _ in 0..<3 { path.removeLastComponent() }
    return path.appending("Fixtures/workflows")
  }()

  static let files: [FilePath] = {
    let names = (try? FileManifest.names(in: folder)) ?? []
    return names.filter { names.contains($0 + ".expected") }.map { folder.appending($0) }
  }()

  @Test func thereAreFixtures() {
    #expect(Self.files.count >= 30)
  }

  @Test(arguments: files)
  func givesWhatIsExpected(file: FilePath) throws {
    let expected = try FileManifest.bytes(of: FilePath(file.string + ".expected"))
    let lines = String(decoding: expected, as: UTF8.self).split(separator: "\n").map(String.init)
    let fromFile = Result { () throws(WorkflowError) in try WorkflowReader().read(file) }
    #expect(WorkflowText.lines(of: fromFile) == lines)
    let bytes = try FileManifest.bytes(of: file)
    let fromBytes = Result { () throws(WorkflowError) in try WorkflowReader().read(bytes) }
    #expect(WorkflowText.lines(of: fromBytes) == lines)
  }
}
