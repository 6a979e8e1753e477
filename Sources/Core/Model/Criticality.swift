/// How much a workflow needs a model.
public enum Criticality: String, Sendable, Hashable, CaseIterable {
  case required, flexible, optional
}
