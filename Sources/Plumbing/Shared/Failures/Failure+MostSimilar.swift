extension Failure {
  /// What helps where a name is unknown: the known one that was most likely meant; `nil` when none
  /// is near.
  ///
  /// - Parameter kind: What is named, where the message does not say it: `workflow`.
  package static func mostSimilar(
    _ kind: String = "one", to name: String, among known: [String]
  ) -> String? {
    mostSimilar(kind, is: EditDistance.nearest(to: name, among: known))
  }

  /// What helps where a name is unknown and the nearest known one has been looked for.
  package static func mostSimilar(_ kind: String = "one", is nearest: String?) -> String? {
    nearest.map { "the most similar \(kind) is '\($0)'" }
  }
}
