import SystemPackage
import Testing

@testable import ComfyCore

/// Workflows in videos and sound; the files were made with FFmpeg, as ComfyUI makes them.
@Suite("Workflows in videos and sound")
struct MediaTextTests {
  private static let folder = FilePath(#filePath).removingLastComponent().removingLastComponent()
    .removingLastComponent().appending("Fixtures/media")

  private static func bytes(_ name: String) throws -> [UInt8] {
    try #require(readFile(folder.appending(name)))
  }

  /// How a text is read: the value of its one reference, or what is wrong.
  private static func outcome(
    _ bytes: [UInt8], _ reader: WorkflowReader = WorkflowReader()
  ) -> String {
    do throws(WorkflowError) {
      let workflow = try reader.read(bytes)
      return "\(workflow.container) \(workflow.format) \(workflow.references.map(\.widgetValue))"
    } catch {
      return switch error {
      case .noWorkflow(let container): "\(container) without"
      case .json: "json"
      default: "\(error)"
      }
    }
  }

  @Test(arguments: [
    ("flow.flac", "flac ui [\"clear.pt\"]"), ("flow.mp4", "mp4 ui [\"clear.pt\"]"),
    ("prompt.mov", "mp4 api [\"clear.pt\"]"), ("flow.webm", "webm ui [\"clear.pt\"]"),
    ("plain.webm", "webm without"),
  ])
  func isRead(name: String, expected: String) throws {
    #expect(Self.outcome(try Self.bytes(name)) == expected)
    let workflow = try? WorkflowReader().read(Self.folder.appending(name))
    #expect((workflow == nil) == expected.hasSuffix("without"))
  }

  @Test(
    "what breaks off is read as far as it goes",
    arguments: [
      "flow.flac", "flow.mp4", "prompt.mov", "flow.webm",
    ])
  func breaksOff(name: String) throws {
    let bytes = try Self.bytes(name)
    let whole = Self.outcome(bytes)
    var kinds: Set<String> = []
    for length in stride(from: 12, through: bytes.count, by: 1) {
      kinds.insert(Self.outcome(Array(bytes.prefix(length))))
    }
    #expect(kinds.contains(whole))
    let known = kinds.subtracting([whole, "json"]).filter {
      !$0.hasSuffix("without") && !$0.hasSuffix("api [\"clear.pt\"]")
    }
    #expect(known.isEmpty, "\(known)")
  }

  @Test(
    "no length that a file claims is believed",
    arguments: [
      "flow.flac", "flow.mp4", "prompt.mov", "flow.webm",
    ])
  func claims(name: String) throws {
    let bytes = try Self.bytes(name)
    let values: [UInt8] = [0, 1, 0x08, 0x7F, 0xFF]
    for index in 4..<min(bytes.count, 2_000) {
      var changed = bytes
      changed[index] = values[index % values.count]
      _ = Self.outcome(changed)
    }
  }

  @Test("texts longer than a workflow are left", arguments: ["flow.flac", "flow.mp4", "flow.webm"])
  func limit(name: String) throws {
    let reader = WorkflowReader(limits: JSONLimits(bytes: 40))
    #expect(Self.outcome(try Self.bytes(name), reader).hasSuffix("without"))
  }

  @Test("the names of fields are the same in any case")
  func anyCase() throws {
    let bytes = try Self.bytes("flow.flac")
    let text = String(decoding: bytes, as: UTF8.self)
    #expect(text.contains("workflow="))
    var changed = bytes
    let start = try #require(
      bytes.indices.first { bytes[$0...].starts(with: Array("workflow=".utf8)) })
    changed.replaceSubrange(start..<start + 8, with: Array("WORKFLOW".utf8))
    #expect(Self.outcome(changed) == "flac ui [\"clear.pt\"]")
  }
}
