import CommandSupport
import Foundation
import SystemPackage
import Testing

/// Runs every case of `cases/`; `COMFY_TRANSCRIPTS=all` the slow ones too, and
/// `COMFY_TRANSCRIPTS=record` keeps what comes out as what must.
@Suite struct Runner {
  /// The root of the package.
  static let root = FilePath(#filePath).removingLastComponent().removingLastComponent()
    .removingLastComponent()

  static let cases = Transcript.cases(in: root.appending("Tests/Transcripts/cases"))

  @Test(arguments: cases)
  func transcript(_ transcript: Transcript) throws {
    let mode = ProcessInfo.processInfo.environment["COMFY_TRANSCRIPTS"]
    if transcript.isSlow, mode == nil {
      return print("\(transcript) is passed over: COMFY_TRANSCRIPTS=all runs what takes a minute")
    }
    let found: String
    do {
      found = try transcript.run(
        variables: ["FIXTURES": Self.root.appending("Tests/Fixtures").string])
    } catch Transcript.Failure.notPossible(let need) {
      return print("\(transcript) is passed over: this machine does not allow '\(need)'")
    }
    if mode == "record" {
      return try transcript.record(found)
    }
    guard transcript.expected != found else { return }
    let difference = try transcript.difference(from: found)
    Issue.record("\(transcript.directory)\n\(difference.isEmpty ? found : difference)")
  }
}
