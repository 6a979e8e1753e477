package import ComfyCore

extension StoreFault: FailureConvertible {
  package var failure: Failure {
    switch self {
    case .missing(let item, let store):
      Failure(
        "store.missing", "'\(item.filename)' is not in '\(store)'", hint: ShellText.command("push"))
    case .wrong(let item, let hash, let store):
      Failure(
        "store.wrong", "'\(item.filename)' has different contents in '\(store)'",
        hint: "\(ShellText.command("prune --store --force \(hash.hex.prefix(12))")) && "
          + ShellText.command("push"))
    case .unreachable(let error, let store):
      Failure(
        "store.unreachable", "'\(store)' cannot be reached: \(error.failure.placedMessage)",
        hint: error.failure.hint)
    }
  }
}
