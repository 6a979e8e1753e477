/// Which entry of a workflow an edit means.
public enum ModelSelection: Sendable, Hashable {
  /// The entry that answers this reference.
  case reference(ReferenceKey)
  /// The one entry with this `filename`.
  case filename(String)
}

/// The hash that must be there before an edit is made.
public enum ExpectedHash: Sendable, Hashable {
  /// Whatever is there is right.
  case any
  /// No hash yet.
  case none
  /// This one.
  case hash(ModelHash)
}
