import ComfyCore
import Testing

@Suite struct MediaFormatTests {
  @Test(
    arguments: [
      ("\0\0\0\u{18}ftypavif", .avif),
      ("PK\u{3}\u{4}", .zip), ("PK\u{3}\u{4}abcdefghijk", .zip), ("OggS", .ogg), ("ID3", .mp3),
      ("RIFF\0\0\0\0WAVE", .wav), ("GIF89a", .gif), ("%PDF-1.7", .pdf),
    ] as [(String, MediaFormat)])
  func isNamed(head: String, format: MediaFormat) {
    #expect(throws: WorkflowError.media(format)) { try WorkflowReader().read(Array(head.utf8)) }
  }

  @Test(
    arguments: [
      ([0xFF, 0xD8, 0xFF, 0xE0], .jpeg),
      ([0x37, 0x7A, 0xBC, 0xAF, 0x27, 0x1C], .sevenZip),
    ] as [([UInt8], MediaFormat)])
  func isNamedByBytes(head: [UInt8], format: MediaFormat) {
    #expect(throws: WorkflowError.media(format)) { try WorkflowReader().read(head) }
  }

  @Test(
    arguments: [
      ("\0\0\0\u{18}ftypisom", .mp4), ("fLaC\0\0", .flac),
    ] as [(String, WorkflowContainer)])
  func mayHoldAWorkflow(head: String, container: WorkflowContainer) {
    #expect(throws: WorkflowError.noWorkflow(in: container)) {
      try WorkflowReader().read(Array(head.utf8))
    }
  }

  @Test(arguments: ["", "{", "PK", "fLa", "[1]"])
  func isJSONOtherwise(text: String) {
    let result = Result { () throws(WorkflowError) in try WorkflowReader().read(Array(text.utf8)) }
    guard case .failure(let error) = result else { return }
    if case .media = error { Issue.record("taken for \(error)") }
  }
}
