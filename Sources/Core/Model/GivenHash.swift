/// A hash that says which content is meant, of a kind that the index can look up.
public enum GivenHash: Sendable, Hashable {
  /// BLAKE3 of the whole file, or a sampled hash of 16 digits.
  case blake3(ModelHash)
  case sha256(SHA256Hash)

  /// The hash that a workflow gives for a model.
  ///
  /// - Returns: `nil` if the workflow gives none, or one of another kind.
  init?(_ reference: ModelReference) {
    guard let text = reference.hash else { return nil }
    switch reference.hashType?.lowercased() {
    case "blake3":
      guard let hash = ModelHash(text), hash.isFull else { return nil }
      self = .blake3(hash)
    case "sha256", "sha-256", nil:
      guard let hash = SHA256Hash(text) else { return nil }
      self = .sha256(hash)
    default: return nil
    }
  }

  /// The hexadecimal digits.
  public var hex: String {
    switch self {
    case .blake3(let hash): hash.hex
    case .sha256(let hash): hash.hex
    }
  }
}
