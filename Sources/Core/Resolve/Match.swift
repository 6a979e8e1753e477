/// The state of one reference: what is meant by it, and whether ComfyUI would load that.
public indirect enum Match: Sendable, Hashable {
  /// The file that is meant is in place.
  case resolved(ModelCandidate)
  /// The file that is meant is on this machine, but its loader does not list it under the value.
  case misplaced(ModelCandidate)
  /// The loader would open other bytes than those that are meant.
  case changed(ChangedModel)
  /// Something keeps ComfyUI from loading a file where it looks for it.
  case blocked(Obstacle)
  /// The file is not here. The manifest has a download intent for it, or its hash and a source.
  /// Nothing needs to be asked.
  case pending(DownloadIntent)
  /// The manifest says that the workflow runs without it.
  case optional
  /// It could be one of several models, or one model that is never used without an answer. Best
  /// first, never empty.
  case ambiguous([ModelCandidate])
  /// The file is not here, and the workflow itself gives its URL.
  case downloadable(url: String)
  /// The file is not here, and no source is known.
  case missing
}

/// A file in place that is not the one that is meant.
public struct ChangedModel: Sendable, Hashable {
  /// What is meant.
  public var pin: Pin
  /// What ComfyUI would load.
  public var found: ModelCandidate
  /// A file on this machine with the contents that are meant; `nil` if none is known.
  public var known: ModelCandidate?
  /// Whether what ComfyUI would load is in a folder that the loader searches before the one where the
  /// meant file belongs: until it is taken away, it hides that file.
  package var isInFront = false

  /// Whether the bytes that are meant are on this machine, or a source of them is known, and they
  /// can take the place of the others.
  package var canBeRestored: Bool { !isInFront && (known != nil || !pin.sources.isEmpty) }
}

/// A model on this machine that could be what a reference names.
public struct ModelCandidate: Sendable, Hashable {
  /// The contents.
  public var model: IndexedModel
  /// The location of the model that fits the reference best.
  public var location: IndexedLocation
  /// How it was found.
  public var matchType: MatchType

  package init(model: IndexedModel, location: IndexedLocation, matchType: MatchType) {
    self.model = model
    self.location = location
    self.matchType = matchType
  }
}

/// The rule that matched a reference; the raw value is the `match_type` of a record.
public enum MatchType: String, Sendable, Hashable, CaseIterable {
  /// The manifest's own entry.
  case workflowContext = "workflow_context"
  /// The path as the workflow writes it.
  case exact
  /// The path, below one of the loader's folders.
  case reconstructed
  case caseInsensitive = "case_insensitive"
  /// The whole file name, in another folder.
  case filename
  /// The hash that the workflow gives.
  case hash
  /// A download intent in the manifest.
  case downloadIntent = "download_intent"
  /// The workflow's own URL.
  case propertyDownloadIntent = "property_download_intent"
  /// The user picked the file.
  case userSelected = "user_selected"

  /// How certain the match is, 0…1.
  public var confidence: Double {
    switch self {
    case .workflowContext, .hash, .exact, .downloadIntent, .propertyDownloadIntent, .userSelected: 1
    case .reconstructed: 0.9
    case .caseInsensitive: 0.8
    case .filename: 0.7
    }
  }
}
