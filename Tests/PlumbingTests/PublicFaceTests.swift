import Foundation
import Testing

/// What a front end that embeds the library may name. Everything else is for our own targets.
@Suite struct PublicFaceTests {
  /// Reviewed, not counted: a type comes in because `Examples/Embedding` or a front end like it
  /// cannot do without it.
  static let types = """
    Base: Cancellation ProcessEnvironment SHA256Hash SettingOrigin Timestamp
    Files: FileError LockHolder Operation RelativePath RelativePathError
    TOML: Reason TOMLError
    JSON: JSONError
    Hash: ModelHash SafetensorsError SampledHashes
    Web: AccessRefusal Credential CredentialError Hub Missing Origin Reason SourcePage SourceURL \
      SourceURLError
    Model: Category Criticality GivenHash ModelReference ReferenceKey ReferenceRule ReferenceState \
      WidgetPlace
    Workflow: Kind MediaFormat NodeOrigin NodeTypeUse StaleEntry UnreadableWorkflow Workflow \
      WorkflowContainer WorkflowError WorkflowFormat
    Manifest: DownloadIntent ManifestError ManifestIssue ManifestNodePackage ManifestStore \
      ManifestWorkflowModel ModelSelection PendingIntent Problem Source State Status
    Index: IndexedLocation IndexedModel Reason ScanEvent ScanIssue
    Git: CommitOutcome GitError GitFailure GitOperation GitProgramReason ObjectID RecordedCommit \
      SkipReason
    History: Outcome Recording
    Store: StoreError
    Nodes: NodeMatchType NodeQuestion NodeReply NodeResolutionStrategy ResolvedNodePackage
    Fetch: Arrival BatchDownloadCallbacks FetchError FetchEvent FetchItem FetchOutcome FetchPlan \
      FetchPosition FetchProgress FetchReport FetchSelection FetchedFile ForeignContent \
      HTTPRefusal Line ProtocolDetail Source
    Resolve: ChangedModel DownloadAnswer DownloadBatch Match MatchType MatchedReference \
      ModelAnswer ModelCandidate ModelQuestion ModelResolutionStrategy Obstacle OpenReference Pin \
      PlacementMethod ResolutionEvent ResolutionOverview SyncItem
    Project: ChangedReference ComparisonEvent Initialisation MisplacedModel PlacedModel Project \
      ProjectStatus ResolutionOptions ResolutionResult ResolvedModel Setting WidgetChange \
      WorkflowSource WorkflowStatus
    """

  @Test func onlyTheReviewedTypesArePublic() throws {
    var found: [String: Set<String>] = [:]
    for file in try SourceRulesTests.sources("Sources/Core") {
      let folder = String(file.path.split(separator: "/")[0])
      for line in file.text.split(separator: "\n") {
        guard let match = line.prefixMatch(of: Self.declaration) else { continue }
        found[folder, default: []].insert(String(match.1))
      }
    }
    var reviewed: [String: Set<String>] = [:]
    for line in Self.types.split(separator: "\n") {
      let words = line.split(separator: " ").map(String.init)
      reviewed[String(words[0].dropLast())] = Set(words.dropFirst())
    }
    for folder in Set(found.keys).union(reviewed.keys) {
      #expect(found[folder] ?? [] == reviewed[folder] ?? [], "\(folder)")
    }
  }

  @Test func everyPublicDeclarationIsExplained() throws {
    var bare: [String] = []
    for file in try SourceRulesTests.sources("Sources/Core") {
      let lines = file.text.split(separator: "\n", omittingEmptySubsequences: false)
      for (index, line) in lines.enumerated() {
        let words = line.drop { $0 == " " }
        guard words.hasPrefix("public "), !words.hasPrefix("public import") else { continue }
        let above = lines[..<index].last { !$0.drop { $0 == " " }.hasPrefix("@") } ?? ""
        if !above.drop(while: { $0 == " " }).hasPrefix("///") {
          bare.append("\(file.path):\(index + 1)")
        }
      }
    }
    #expect(bare == [])
  }

  nonisolated(unsafe) private static let declaration =
    /\s*public (?:final |indirect )*(?:struct|class|enum|protocol|actor) (\w+)/
}
