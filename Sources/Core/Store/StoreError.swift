public import SystemPackage

/// What a store refuses, or lacks.
public enum StoreError: Error, Sendable, Hashable {
  /// No store is set that something can be put into.
  case noStore
  /// The store is only read from; its address.
  case readOnly(String)
  /// No keys were found for the store; its address.
  case noKeys(String)
  /// The keys of the store were found and cannot be used.
  case keys(CredentialError)
  /// The service refused, with its own word for the reason, as `AccessDenied`; empty for none.
  case refused(store: String, status: Int, code: String)
  /// The session of the keys is over.
  case expired(store: String)
  /// What the store has of a file is not what was sent there.
  case corrupt(store: String, SHA256Hash)
  /// The file changed while it was sent.
  case changed(FilePath)
  /// No file of this machine has the content.
  case notHere(ModelHash)

  /// A stable name of the kind of failure.
  public var code: String {
    switch self {
    case .noStore: "store.none"
    case .readOnly: "store.read-only"
    case .noKeys: "store.no-keys"
    case .keys(let error): error.code
    case .refused: "store.refused"
    case .expired: "store.expired"
    case .corrupt: "store.corrupt"
    case .changed: "store.changed"
    case .notHere: "store.not-here"
    }
  }
}
