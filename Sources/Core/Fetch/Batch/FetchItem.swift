/// One file of a batch, and the intents that wait for it.
public struct FetchItem: Sendable {
  /// In the manifest's order; empty for a file whose hash the manifest already knows.
  public var intents: [PendingIntent]
  /// Names of the workflows that need it, each once.
  package var workflows: [String] = []
  /// Where the file goes below the models directory; `nil` when unknown.
  public var target: RelativePath?
  /// Every address of the file, in order of preference, without duplicates.
  public var sources: [SourceURL]
  /// The error of the first source that is not a valid address.
  public var misreading: SourceURLError?
  /// Identity of the file, from the first valid address or else the expected BLAKE3; `nil` without
  /// either.
  package var key: SourceKey?
  /// What the workflows say the content must be.
  package var expectation: FetchExpectation
  /// The error if the workflow's statements about the file contradict each other.
  public var contradiction: FetchError?
  /// Where stores should have the file; tried before the sources.
  package var offers: [StoreOffer] = []
  /// Whether the file replaces a different one at its target.
  package var replaces = false

  /// Name for messages: the target's file name, or else the entry's.
  public var filename: String { target?.filename ?? intents.first?.entry.filename ?? "" }
}

extension FetchItem {
  init(
    intents: [PendingIntent], target: RelativePath?, sources: [String], mirrors: Mirrors,
    expectation: FetchExpectation
  ) {
    var urls: [SourceURL] = []
    var misreading: SourceURLError?
    for source in sources {
      do throws(SourceURLError) {
        urls.append(try SourceURL(source))
      } catch {
        misreading = misreading ?? error
      }
    }
    self.init(
      intents: intents, workflows: intents.map(\.workflow).unique, target: target, sources: urls,
      misreading: misreading,
      key: urls.first?.key(mirrors: mirrors)
        ?? expectation.blake3.map { SourceKey(blake3: $0) }, expectation: expectation)
  }
}

/// What a batch did.
public struct FetchReport: Sendable {
  /// One file, and how its work ended.
  public struct Line: Sendable {
    /// What was asked for.
    public var item: FetchItem
    /// How it ended.
    public var outcome: FetchOutcome
  }

  /// In the order of the batch.
  public var lines: [Line] = []
  /// The changes of the manifest, in order.
  public var recordings: [Recording] = []
  /// Addresses of stores that could not be asked, and why.
  package var storeFailures: [(store: String, error: FetchError)] = []

  /// An empty report.
  public init() {}

  /// Files that are at their targets and recorded.
  public var succeeded: [Line] { lines.filter { $0.outcome.isSuccess } }

  /// Files that are at their targets but could not be recorded.
  public var unrecorded: [Line] { lines.filter { $0.outcome.isUnrecorded } }

  /// How many files are at their targets.
  var arrived: Int { lines.count { $0.outcome.isSuccess || $0.outcome.isUnrecorded } }

  /// Files that are not at their targets or not recorded, whatever the reason.
  public var failed: [Line] { lines.filter { !$0.outcome.isSuccess } }

  /// Whether the user asked to stop before the end.
  public var wasCancelled: Bool {
    lines.contains(where: \.outcome.isCancelled)
  }
}
