public import SystemPackage

/// Why something cannot be done with a store.
public enum StoreError: Error, Sendable, Hashable {
  /// No writable store is set.
  case noStore
  /// The store is read-only; its address.
  case readOnly(String)
  /// No keys were found for the store; its address.
  case noKeys(String)
  /// The keys of the store were found but cannot be used.
  case keys(CredentialError)
  /// The `region` or `endpoint` that the environment or a profile gives is not valid.
  case setting(String, foundIn: Credential.Origin)
  /// The service refused. `code` is its own name for the reason, such as `AccessDenied`, or empty.
  case refused(store: String, status: Int, code: String)
  /// The session of the keys has expired.
  case expired(store: String)
  /// The store does not return the bytes of a file that were sent to it.
  case corrupt(store: String, SHA256Hash)
  /// The file changed after it was hashed, or while it was sent.
  case changed(FilePath)
  /// No file on this machine has the content.
  case notHere(ModelHash)

  /// A stable name of the kind of failure.
  public var code: String {
    switch self {
    case .noStore: "store.none"
    case .readOnly: "store.read-only"
    case .noKeys: "store.no-keys"
    case .keys(let error): error.code
    case .setting: "setting.invalid"
    case .refused: "store.refused"
    case .expired: "store.expired"
    case .corrupt: "store.corrupt"
    case .changed: "store.changed"
    case .notHere: "store.not-here"
    }
  }
}
