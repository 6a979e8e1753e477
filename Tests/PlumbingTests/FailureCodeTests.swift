import ComfyCore
import Foundation
import Testing

@testable import Plumbing

/// Codes are what programs know a failure by: new ones may come, none may go.
@Suite struct FailureCodeTests {
  static let codes = """
    commit.bare commit.foreign-owner commit.identity commit.ignored commit.in-progress
    commit.locked commit.moving commit.needs-git commit.outside commit.overlooked
    commit.staged commit.unmerged credential.file credential.netrc credential.token
    fetch.busy fetch.checksum fetch.conflicting-targets fetch.disk-full
    fetch.early-access fetch.exists fetch.file fetch.insecure-redirect fetch.no-space fetch.partial fetch.forbidden fetch.gated
    fetch.name-too-long fetch.no-curl fetch.no-target fetch.no-thread fetch.not-a-model
    fetch.not-found
    fetch.offline fetch.outside-root fetch.private-address fetch.protocol fetch.rate-limited
    fetch.redirects fetch.refused fetch.scheme fetch.server fetch.size fetch.source
    fetch.stalled fetch.unauthorized fetch.unreachable fetch.untrusted file.changed file.not-a-file
    git.configuration git.environment git.foreign-owner git.library git.no-repository
    git.program git.timeout git.unknown-revision git.unsupported index.busy index.changed
    index.damaged index.database index.full index.newer index.open index.outside
    index.read-only index.unset input.too-long intent.no-target
    interrupted json.syntax loaders.syntax manifest.ambiguous-model manifest.contended
    manifest.locked manifest.not-found manifest.stale manifest.structure manifest.syntax
    manifest.unfaithful manifest.unknown-model models.missing
    models.not-a-directory models.unset output path.absolute path.component path.empty
    path.nul path.unportable record.field record.syntax record.type scan.changed scan.depth
    scan.directory scan.file scan.link scan.loop scan.missing-root scan.name setting.invalid setting.mirror
    undo.conflict undo.no-change undo.no-decision undo.nothing undo.too-few undo.undone
    url.character url.empty url.host url.page url.port url.scheme url.secret url.several
    url.too-long url.userinfo usage usage.format workflow.ambiguous-model workflow.damaged
    workflow.format workflow.no-path workflow.none workflow.not-a-file workflow.too-large
    workflow.too-many-nodes workflow.unknown workflow.unknown-model workflow.unknown-node
    """

  @Test(arguments: codes.split(whereSeparator: \.isWhitespace).map(String.init))
  func aCodeStays(code: String) throws {
    #expect(try Self.sources.contains("\"\(code)\""), "the code '\(code)' is gone")
  }

  private static var sources: String {
    get throws {
      try
        (SourceRulesTests.sources("Sources/Plumbing")
        + SourceRulesTests.sources("Sources/Core/Fetch")
        + SourceRulesTests.sources("Sources/Core/Web"))
        .map(\.text).joined()
    }
  }

  /// No transcript waits that long.
  @Test func aStalledServer() {
    let failure = FetchError.stalled(host: "example.com", milliseconds: 30_000).failure
    #expect(failure.message == "'example.com' sent almost no data for 30 seconds")
    #expect(failure.hint == "run the same command again to resume")
  }

  @Test func aFailureAsARecord() {
    let failure = Failure(
      "json.syntax", "bytes that are not UTF-8", hint: "save it", path: "a\u{1B}.json", line: 3,
      column: 7)
    #expect(failure.placedMessage == "a\u{1B}.json:3:7: bytes that are not UTF-8")
    #expect(
      failure.record.json
        == #"{"type":"error","code":"json.syntax","message":"bytes that are not UTF-8","#
        + #""path":"a\u001b.json","line":3,"column":7,"hint":"save it"}"#)
    #expect(Failure("a.b", "c").record.json == #"{"type":"error","code":"a.b","message":"c"}"#)
    #expect(Failure("a.b", "c", status: .usage).status.rawValue == 129)
  }
}
