public import SystemPackage

/// The downloads that are about to start.
public struct DownloadBatch: Sendable {
  /// What each download would do, in the manifest's order; at least one. The servers were asked
  /// once, before the first question. ``FetchPlan/volumes`` has the space that is free now.
  public var plan: FetchPlan
  /// Where the files go.
  package var roots: ModelRoots
  /// Whether there is a question about a model to go back to.
  public var hasPrevious = false

  /// The models directory.
  public var folder: FilePath { roots.main.path }

  /// The files, in the order of ``plan``.
  public var items: [FetchItem] { plan.lines.map(\.item) }

  /// Names of the workflows that need them, each once.
  package var workflows: [String] { items.flatMap(\.workflows).unique }
}

/// What was decided about a batch.
public enum DownloadAnswer: Sendable, Hashable {
  /// Download now.
  case start
  /// Download nothing in this run; the intents stay.
  case later
  /// Leave the file at this place of ``DownloadBatch/items`` to another run.
  case leaveOut(Int)
  /// The workflow runs without the file at this place: it is not downloaded.
  case makeOptional(Int)
  /// Do not download the file at this place from its source: its intents are removed from the
  /// manifest.
  case forget(Int)
  /// Ask the last question about a model again.
  case back
  /// Stop; all decisions are kept.
  case stop
}
