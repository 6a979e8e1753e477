import ComfyCore
import SystemPackage
import Testing

/// Every file of the shared corpus gives the references written beside it.
@Suite(.enabled(if: Corpus.isPresent, "no ../shared/corpus beside the package"))
struct CorpusTests {
  @Test(arguments: Corpus.files)
  func givesWhatIsExpected(file: FilePath) throws {
    let expected = try Corpus.expectation(of: file)
    guard expected.format != nil else {
      #expect(throws: WorkflowError.self) { try WorkflowReader().read(file) }
      return
    }
    let workflow = try WorkflowReader().read(file)
    let prefix = workflow.container == .json ? "" : "\(workflow.container.rawValue)+"
    #expect(prefix + workflow.format.rawValue == expected.format)
    // A category that the corpus has no opinion on matches any; a listed one matches its also.
    var missing = expected.references
    for reference in workflow.references where !reference.isUncertain {
      let match = missing.firstIndex { $0.matches(reference) }
      if let match {
        missing.remove(at: match)
      } else if !expected.references.contains(where: { $0.matches(reference) }) {
        Issue.record("not expected: \(reference)")
      }
    }
    missing.removeAll { row in
      row.isUncertain || workflow.references.contains { row.matches($0) }
    }
    #expect(missing == [])
    let stale = Set(
      workflow.staleEntries.map {
        [$0.nodeID ?? "", ModelReference.name(of: $0.name), $0.url ?? ""]
      })
    #expect(stale == expected.stale)
  }
}

/// The folder of workflows with their expected output, when it lies beside the package.
enum Corpus {
  static let folder: FilePath = {
    var path = FilePath(#filePath)
    for _ in 0..<4 { path.removeLastComponent() }
    return path.appending("../shared/corpus/files")
  }()

  static let files: [FilePath] = {
    let names = (try? FileManifest.names(in: folder)) ?? []
    return names.filter { names.contains($0 + ".expected.ndjson") }.map { folder.appending($0) }
  }()

  static var isPresent: Bool { !files.isEmpty }

  struct Row: Hashable {
    var nodeID: String
    var nodeType: String
    var name: String
    var state: String
    var url: String?
    var hash: String?
    var categories: Set<String>
    var isUncertain: Bool

    func matches(_ reference: ModelReference) -> Bool {
      nodeID == reference.nodeID && nodeType == reference.nodeType && name == reference.name
        && state == reference.state.rawValue && url == reference.url && hash == reference.hash
        && (categories.isEmpty || reference.category.map { categories.contains($0.name) } == true)
    }
  }

  struct Expectation {
    var format: String?
    var references: [Row] = []
    var stale: Set<[String]> = []
  }

  static func expectation(of file: FilePath) throws -> Expectation {
    var result = Expectation()
    let text = try FileManifest.bytes(of: FilePath(file.string + ".expected.ndjson"))
    for line in text.split(separator: UInt8(ascii: "\n")) {
      let row = try JSONDocument(parsing: Array(line)).root
      switch row["kind"]?.string {
      case "file": result.format = row["format"]?.string
      case "ref":
        let also = row["also"]
        let categories =
          [row["category"]?.string, also?.string].compactMap(\.self)
          + (also?.elements.compactMap(\.string) ?? [])
        result.references.append(
          Row(
            nodeID: row["node_id"]?.string ?? "", nodeType: row["node_type"]?.string ?? "",
            name: row["name"]?.string ?? "", state: row["state"]?.string ?? "",
            url: row["url"]?.string, hash: row["hash"]?.string, categories: Set(categories),
            isUncertain: row["uncertain"]?.bool ?? false))
      case "stale":
        result.stale.insert([
          row["node_id"]?.string ?? "",
          ModelReference.name(of: row["name"]?.string ?? ""), row["url"]?.string ?? "",
        ])
      default: break
      }
    }
    return result
  }
}
