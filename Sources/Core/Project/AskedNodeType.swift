/// A node type that was asked about.
struct AskedNodeType: Sendable {
  let use: NodeTypeUse
  /// As it was when it was first asked about.
  let match: NodeMatch
}
