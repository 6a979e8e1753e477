import CommandSupport
import Foundation
import SystemPackage
import Testing

/// Runs every case of `cases/`; `COMFY_TRANSCRIPTS=record` keeps what comes out as what must.
@Suite struct Runner {
  /// The root of the package.
  static let root = FilePath(#filePath).removingLastComponent().removingLastComponent()
    .removingLastComponent()

  static let cases = Transcript.cases(in: root.appending("Tests/Transcripts/cases"))

  @Test(arguments: cases.filter { !$0.needsRoot })
  func transcript(_ transcript: Transcript) throws { try run(transcript) }

  @Test(.enabled(if: getuid() == 0, "only root can do this"), arguments: cases.filter(\.needsRoot))
  func transcriptOfRoot(_ transcript: Transcript) throws { try run(transcript) }

  private func run(_ transcript: Transcript) throws {
    let found = try transcript.run(
      variables: ["FIXTURES": Self.root.appending("Tests/Fixtures").string])
    if ProcessInfo.processInfo.environment["COMFY_TRANSCRIPTS"] == "record" {
      return try transcript.record(found)
    }
    guard transcript.expected != found else { return }
    let difference = try transcript.difference(from: found)
    Issue.record("\(transcript.directory)\n\(difference.isEmpty ? found : difference)")
  }
}
