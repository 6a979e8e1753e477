public import SystemPackage

/// The downloads that are about to start.
public struct DownloadBatch: Sendable {
  /// What each of them would do, in the manifest's order; at least one. Servers were asked once,
  /// before the first question; ``FetchPlan/volumes`` tells the space that is free now.
  public var plan: FetchPlan
  /// Where they go.
  package var roots: ModelRoots
  /// Whether there is a question about a model to go back to.
  public var hasPrevious = false

  /// The models directory.
  public var folder: FilePath { roots.main.path }

  /// The files, in the order of ``plan``.
  public var items: [FetchItem] { plan.lines.map(\.item) }
}

/// What was decided about a batch.
public enum DownloadAnswer: Sendable, Hashable {
  /// Download now.
  case start
  /// Download nothing in this run; the intents stay.
  case later
  /// The file at this place of ``DownloadBatch/items`` waits for another run.
  case leaveOut(Int)
  /// The workflow runs without the file at this place: it is not downloaded.
  case makeOptional(Int)
  /// The file at this place is not wanted from there: its intents are taken out of the manifest.
  case forget(Int)
  /// Ask the last question about a model again.
  case back
  /// End; everything decided is kept.
  case stop
}
