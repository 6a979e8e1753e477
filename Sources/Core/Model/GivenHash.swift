/// A hash that says which content is meant, of a kind that the index can look up.
public enum GivenHash: Sendable, Hashable {
  /// BLAKE3 of the whole file, or a sampled hash of 16 digits.
  case blake3(ModelHash)
  case sha256(SHA256Hash)

  /// The hash that a workflow gives for a model. Its kind may also be written before the digits, as
  /// in `sha256:DIGITS`.
  ///
  /// - Returns: `nil` if the workflow gives none, or one of another kind.
  init?(_ reference: ModelReference) {
    guard let text = reference.hash else { return nil }
    let parts = text.split(separator: ":", omittingEmptySubsequences: false)
    let kinds = [reference.hashType] + parts.dropLast().map(String.init)
    let named = Set(kinds.compactMap { $0.map(Self.kind) })
    guard let digits = parts.last?.trimmingWhitespace, named.count < 2 else { return nil }
    switch named.first {
    case "blake3":
      guard let hash = ModelHash(digits), hash.isFull else { return nil }
      self = .blake3(hash)
    case "sha256", nil:
      guard let hash = SHA256Hash(digits) else { return nil }
      self = .sha256(hash)
    default: return nil
    }
  }

  private static func kind(_ name: String) -> String {
    name.trimmingWhitespace.lowercased().replacing("-", with: "")
  }

  /// The hexadecimal digits.
  public var hex: String {
    switch self {
    case .blake3(let hash): hash.hex
    case .sha256(let hash): hash.hex
    }
  }
}
