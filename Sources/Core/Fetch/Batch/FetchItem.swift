/// One file of a batch: the intents that wait for it, and what became of it.
public struct FetchItem: Sendable {
  /// In the manifest's order; empty for a file whose hash the manifest knows already.
  public var intents: [PendingIntent]
  /// Where the file goes below the models directory; `nil` when nothing tells.
  public var target: RelativePath?
  /// Every address it can be had from, in order of preference, each file once.
  public var sources: [SourceURL]
  /// What is wrong with the first text that stands for an address and is none.
  public var misreading: SourceURLError?
  /// Identity of the file, as the first address tells it; `nil` for an address that is none.
  package var key: SourceKey?
  /// What the workflows say the content must be.
  package var expectation: FetchExpectation
  /// Why no file can be what the workflow says; `nil` when it does not contradict itself.
  public var contradiction: FetchError?
  /// Where stores should have it; asked before the sources.
  package var offers: [StoreOffer] = []

  /// Name for messages: the target's file name, else the entry's.
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
      intents: intents, target: target, sources: urls, misreading: misreading,
      key: urls.first?.key(mirrors: mirrors)
        ?? expectation.blake3.map { SourceKey(blake3: $0) }, expectation: expectation)
  }
}

/// What a batch did.
public struct FetchReport: Sendable {
  /// One file, and how its work ended.
  public struct Line: Sendable {
    public var item: FetchItem
    public var outcome: FetchOutcome
  }

  /// In the order of the batch.
  public var lines: [Line] = []
  /// The changes of the manifest, in order.
  public var recordings: [Recording] = []
  /// Stores that could not be asked, and why.
  package var storeFailures: [(store: String, error: FetchError)] = []

  public init() {}

  /// Files that are there and recorded.
  public var succeeded: [Line] { lines.filter { $0.outcome.isSuccess } }

  /// Files that are there, and could not be recorded.
  public var unrecorded: [Line] { lines.filter { $0.outcome.isUnrecorded } }

  /// Files that are not there, or not recorded, whatever the reason.
  public var failed: [Line] { lines.filter { !$0.outcome.isSuccess } }

  /// Whether the user asked to stop before the end.
  public var wasCancelled: Bool {
    lines.contains(where: \.outcome.isCancelled)
  }
}
