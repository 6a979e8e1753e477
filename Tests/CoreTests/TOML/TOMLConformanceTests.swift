import Foundation
import Testing

@testable import ComfyCore

/// The toml-test suite, where its copy lies beside the package.
enum TOMLSuite {
  static let folder = URL(filePath: #filePath).deletingLastPathComponent()
    .appending(path: "../../../../shared/conformance/toml-test/tests").standardized

  static let isPresent = FileManager.default.fileExists(
    atPath: folder.appending(path: "files-toml-1.0.0").path)

  static func names(_ list: String, _ prefix: String) -> [String] {
    guard
      let text = try? String(contentsOf: folder.appending(path: list), encoding: .utf8)
    else { return [] }
    return text.split(separator: "\n").map(String.init)
      .filter { $0.hasPrefix(prefix) && $0.hasSuffix(".toml") }
  }

  static func bytes(_ name: String) throws -> [UInt8] {
    try Array(Data(contentsOf: folder.appending(path: name)))
  }
}

@Suite(
  "TOML conformance",
  .enabled(if: TOMLSuite.isPresent, "the toml-test suite is not beside the package"))
struct TOMLConformanceTests {
  @Test func theSuiteIsWhole() {
    #expect(TOMLSuite.names("files-toml-1.0.0", "valid/").count == 210)
    #expect(TOMLSuite.names("files-toml-1.0.0", "invalid/").count == 499)
  }

  @Test(arguments: TOMLSuite.names("files-toml-1.0.0", "valid/"))
  func readsWhatIsValid(name: String) throws {
    let bytes = try TOMLSuite.bytes(name)
    let document = try TOMLDocument(parsing: bytes)
    #expect(document.bytes == bytes)
    try compare(document, with: name)
  }

  @Test(arguments: TOMLSuite.names("files-toml-1.0.0", "invalid/"))
  func refusesWhatIsInvalid(name: String) throws {
    let bytes = try TOMLSuite.bytes(name)
    let error = #expect(throws: TOMLError.self) { try TOMLDocument(parsing: bytes) }
    let lines = bytes.split(separator: 10, omittingEmptySubsequences: false)
    let line = try #require(error?.line)
    let column = try #require(error?.column)
    #expect((1...lines.count).contains(line))
    #expect(column >= 1 && column <= lines[line - 1].count + 1)
  }

  @Test(arguments: TOMLSuite.names("files-toml-1.1.0", "valid/"))
  func readsTheNewerEditionWhenAsked(name: String) throws {
    let document = try TOMLDocument(parsing: TOMLSuite.bytes(name), version: .toml11)
    try compare(document, with: name)
  }

  @Test(arguments: TOMLSuite.names("files-toml-1.1.0", "invalid/"))
  func refusesWhatIsInvalidInTheNewerEdition(name: String) throws {
    let bytes = try TOMLSuite.bytes(name)
    #expect(throws: TOMLError.self) { try TOMLDocument(parsing: bytes, version: .toml11) }
  }

  private func compare(_ document: TOMLDocument, with name: String) throws {
    let json = try JSONSerialization.jsonObject(
      with: Data(TOMLSuite.bytes(String(name.dropLast(5)) + ".json")))
    var mismatches: [String] = []
    TaggedJSON.compare(document, TOMLDocument.root, json, at: name, &mismatches)
    #expect(mismatches.isEmpty)
  }
}

/// The suite's JSON: tables and arrays as they are, scalars as {type, value}.
enum TaggedJSON {
  static func compare(
    _ document: TOMLDocument, _ node: TOMLDocument.ID, _ json: Any, at path: String,
    _ mismatches: inout [String]
  ) {
    switch (document.kind(of: node), json) {
    case (.table, let object as [String: Any]):
      let children = Array(document.children(of: node))
      if children.count != object.count { mismatches.append("\(path): other keys") }
      for child in children {
        let key = document.key(of: child)
        guard let value = object[key], document.child(key, of: node) == child else {
          mismatches.append("\(path).\(key): not expected")
          continue
        }
        compare(document, child, value, at: path + "." + key, &mismatches)
      }
    case (.array, let array as [Any]):
      let children = Array(document.children(of: node))
      if children.count != array.count { mismatches.append("\(path): other count") }
      for (child, value) in zip(children, array) {
        compare(document, child, value, at: path + "[]", &mismatches)
      }
    case (let kind, let tagged as [String: Any]):
      let type = tagged["type"] as? String ?? ""
      let value = tagged["value"] as? String ?? ""
      if !isScalar(document, node, kind, type: type, value: value) {
        mismatches.append("\(path): \(kind) is not \(type) \(value)")
      }
    default: mismatches.append("\(path): other kind")
    }
  }

  private static func isScalar(
    _ document: TOMLDocument, _ node: TOMLDocument.ID, _ kind: TOMLNode.Kind, type: String,
    value: String
  ) -> Bool {
    switch (kind, type) {
    case (.string, "string"):
      return document.string(node).map { Array($0.utf8) } == Array(value.utf8)
    case (.integer, "integer"): return document.integer(node) == Int64(value)
    case (.boolean, "bool"): return document.boolean(node) == (value == "true")
    case (.float, "float"):
      guard let found = document.float(node), let wanted = Double(value) else { return false }
      return found == wanted || (found.isNaN && wanted.isNaN)
    case (.offsetDateTime, "datetime"), (.localDateTime, "datetime-local"),
      (.localDate, "date-local"), (.localTime, "time-local"):
      return moment(String(decoding: document.spelling(of: node), as: UTF8.self)) == moment(value)
    default: return false
    }
  }

  /// A date or time in one spelling: upper-case letters, `T`, seconds, no closing zeros.
  private static func moment(_ text: String) -> String {
    var text = text.uppercased().replacing(" ", with: "T").replacing("Z", with: "+00:00")
    let isTimeOnly = text.dropFirst(2).first == ":"
    if isTimeOnly || text.contains("T") {
      var head = isTimeOnly ? Substring(text) : text.split(separator: "T", maxSplits: 1)[1]
      var zone: Substring = ""
      if let sign = head.firstIndex(where: { $0 == "+" || $0 == "-" }) {
        zone = head[sign...]
        head = head[..<sign]
      }
      var time = String(head)
      if time.count == 5 { time += ":00" }
      if time.contains(".") {
        while time.hasSuffix("0") { time.removeLast() }
        if time.hasSuffix(".") { time.removeLast() }
      }
      let date = isTimeOnly ? "" : text.split(separator: "T")[0] + "T"
      text = date + time + zone
    }
    return text
  }
}
