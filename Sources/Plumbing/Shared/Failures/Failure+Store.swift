package import ComfyCore

extension StoreError: FailureConvertible {
  package var failure: Failure {
    switch self {
    case .noStore:
      told("no store is set", Setting.store.command(setting: "file:///srv/models"))
    case .readOnly(let store):
      told(
        "'\(store)' is read-only",
        "name the place behind it, s3://… or file:///…, with --store or in comfy.store")
    case .noKeys(let store):
      told(
        "no keys for '\(store)'",
        "set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or a profile in ~/.aws/credentials")
    case .keys(let error): error.failure
    case .setting(let name, let origin):
      told(
        "the \(name) in \(origin.words) is not valid",
        "correct it, or name the \(name) in the address of the store: "
          + "see '\(Program.name) help store'")
    case .refused(let store, let status, let reason):
      told(
        "'\(store)' refused: HTTP \(status)\(reason.isEmpty ? "" : ", \(reason)")",
        Self.way(status: status, reason))
    case .expired(let store):
      told(
        "the session for '\(store)' has expired",
        "get new keys, then run the same command again to resume")
    case .corrupt(let store, let hash):
      told(
        "'\(store)' has different contents than were sent: \(hash.hex)",
        "run the same command again")
    case .changed(let path):
      told("'\(path)' changed while it was sent", "run the same command again")
    case .notHere(let hash):
      told("no file of this machine has the hash \(hash.hex)", ShellText.command("sync"))
    }
  }

  private func told(_ message: String, _ way: String?) -> Failure {
    Failure(code, message, hint: way)
  }

  private static func way(status: Int, _ reason: String) -> String {
    let keys = ["SignatureDoesNotMatch", "InvalidAccessKeyId"]
    let region = [
      "PermanentRedirect", "AuthorizationHeaderMalformed", "IllegalLocationConstraintException",
    ]
    if keys.contains(reason) { return "check the keys and the region" }
    if region.contains(reason) || [301, 307].contains(status) {
      return "name the bucket's region: s3://BUCKET/PREFIX?region=REGION"
    }
    if reason == "RequestTimeTooSkewed" { return "set this machine's clock" }
    if status == 404 { return "make the bucket, or correct its name" }
    if status >= 500 || status == 429 {
      return "run the same command again later to resume"
    }
    return "check the permissions of these keys"
  }
}

extension StoreSettingError: FailureConvertible {
  package var failure: Failure {
    let name =
      switch origin {
      case .flag: Setting.store.flagName
      case .variable: Setting.store.variableName
      case .configuration: Setting.store.configurationKey
      }
    return Failure(
      "setting.invalid", "\(name): '\(text)' is not a store: \(reason.words)",
      hint: "see '\(Program.name) help store'", status: origin == .flag ? .usage : .fatal)
  }
}

extension StoreAddressError {
  fileprivate var words: String {
    switch self {
    case .scheme: "it does not begin with https://, s3:// or file:///"
    case .url(let error): error.failure.message
    case .secret: "it holds a secret; keys come from the environment"
    case .query: "it has a query"
    case .folder: "file:// is followed by an absolute path, and nothing after it"
    case .bucket: "the bucket's name is not 3 to 63 of a-z, 0-9, '-' and '.'"
    case .prefix: "the prefix has characters other than A-Z, a-z, 0-9, '-', '.', '_', '~' and '/'"
    case .parameter(let name): "'\(name)' is not endpoint, region, style or profile"
    case .value(let name): "the value of '\(name)' is not valid"
    }
  }
}

extension PushError: FailureConvertible {
  package var failure: Failure {
    switch self {
    case .unknown(let text):
      Failure(
        "push.unknown", "no file of this machine has a hash that begins with '\(text)'",
        hint:
          "\(ShellText.commandInSentence("hash-model -w FILE")) makes the hashes of a file known")
    case .ambiguous(let text, let paths):
      Failure(
        "push.ambiguous",
        "several files have a hash that begins with '\(text)': "
          + paths.map { "'\($0)'" }.joined(separator: ", "),
        hint: "give more digits")
    }
  }
}
