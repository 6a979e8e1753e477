/// Names of parameters and headers that hold a secret, and texts that are secret whatever their
/// name.
enum SecretNames {
  /// Whether a name means a secret; `name` is lower case, `-` and `.` written as `_`.
  static func isSecret(_ name: String) -> Bool {
    names.contains(name)
      || prefixes.contains { name.hasPrefix($0) }
      || suffixes.contains { name.hasSuffix($0) }
  }

  /// Headers whose whole value is secret.
  static let headers: Set<String> = [
    "authorization", "cookie", "proxy_authorization", "set_cookie",
  ]

  /// Names that are secret as parameters of an address and plain words elsewhere.
  static let signatureOnly: Set<String> = [
    "auth", "bearer", "expires", "pass", "policy", "session", "sid", "sig", "sign",
  ]

  /// Parameters that are secret only next to a certain other one: those of Azure's shared access
  /// signatures, of links that web servers sign with a hash of path and expiry, and of Discord's
  /// links.
  static let beside: [(mark: String, others: Set<String>)] = [
    (
      "sig",
      [
        "se", "sip", "ske", "skoid", "sks", "skt", "sktid", "skv", "sp", "spr", "sr", "srt", "ss",
        "st", "sv",
      ]
    ),
    ("expires", ["hash", "md5", "st"]), ("e", ["st"]), ("st", ["e"]), ("hm", ["ex", "is"]),
    ("ex", ["hm"]),
  ]

  /// Whether a value is a time and its signature, as Cloudflare's rules check them: seconds, a
  /// dash, then base64.
  static func looksSigned(_ value: some StringProtocol) -> Bool {
    let seconds = value.utf8.prefix { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }
    let rest = value.utf8.dropFirst(seconds.count)
    return seconds.count >= 9 && rest.first == UInt8(ascii: "-") && rest.count > 20
  }

  /// Whether a text has the form of a token: its issuer's prefix, then so many of the issuer's
  /// characters that no file has such a name.
  static func looksLikeToken(_ text: some Collection<UInt8>) -> Bool {
    forms.contains { form in
      guard text.starts(with: form.prefix) else { return false }
      let rest = text.dropFirst(form.prefix.count)
      return rest.count >= form.length
        && rest.allSatisfy { byte in
          switch byte {
          case UInt8(ascii: "-"), UInt8(ascii: "_"): form.hasPunctuation
          case UInt8(ascii: "."), UInt8(ascii: "~"): false
          default: PercentEncoding.isUnreserved(byte)
          }
        }
    }
  }

  /// Whether a word is a name in a message rather than a token: it ends like a file name, or
  /// consists of words and small numbers, like `text-to-image-workflow_v2`.
  static func isName(_ word: [UInt8]) -> Bool {
    let name = String(decoding: word, as: UTF8.self)
    if ModelExtension(of: name) != nil { return true }
    if [".json", ".png", ".webp"].contains(where: { name.lowercased().hasSuffix($0) }) {
      return true
    }
    let parts = name.split(omittingEmptySubsequences: false) { "-_.".contains($0) }
    return parts.count > 1 && parts.allSatisfy(isWord)
  }

  /// Whether a part is letters of one case (the first may be in either), or up to three digits,
  /// with or without a `v` in front.
  private static func isWord(_ part: Substring) -> Bool {
    let number = part.lowercased().hasPrefix("v") && part.count > 1 ? part.dropFirst() : part
    if (1...3).contains(number.count), number.allSatisfy({ $0.isASCII && $0.isNumber }) {
      return true
    }
    guard (1...15).contains(part.count), part.allSatisfy({ $0.isASCII && $0.isLetter }) else {
      return false
    }
    let rest = part.dropFirst()
    return rest.allSatisfy(\.isLowercase) || part.allSatisfy(\.isUppercase)
  }

  private struct Form: Sendable {
    let prefix: [UInt8]
    /// Fewest characters after the prefix.
    let length: Int
    /// Whether `-` and `_` may be among them.
    let hasPunctuation: Bool

    init(_ prefix: String, _ length: Int, hasPunctuation: Bool = false) {
      self.prefix = Array(prefix.utf8)
      self.length = length
      self.hasPunctuation = hasPunctuation
    }
  }

  private static let forms = [
    Form("hf_", 30), Form("api_org_", 30), Form("ghp_", 36), Form("gho_", 36), Form("ghu_", 36),
    Form("ghs_", 36), Form("ghr_", 36), Form("github_pat_", 50, hasPunctuation: true),
    Form("glpat-", 20, hasPunctuation: true), Form("AIza", 35, hasPunctuation: true),
    Form("AKIA", 16), Form("ASIA", 16), Form("sk-", 32),
  ]
  private static let names: Set<String> = [
    "access_key", "accesskey", "api_key", "apikey", "auth", "auth_key", "authkey", "authorization",
    "awsaccesskeyid", "bearer", "cookie", "credential", "credentials", "expires", "googleaccessid",
    "hdnea", "hdntl", "hdnts", "hmac", "jwt", "key_pair_id", "keypairid", "ossaccesskeyid", "pass",
    "passwd", "password", "policy",
    "proxy_authorization", "pwd", "secret", "secret_key", "secretkey", "session", "session_id",
    "set_cookie", "sid", "sig", "sign", "signature", "tempauth", "x_api_key",
  ]
  private static let prefixes = ["q_ak", "q_sign_", "x_amz_", "x_cos_", "x_goog_", "x_oss_"]
  private static let suffixes = [
    "_apikey", "_api_key", "_password", "_secret", "_signature", "sessionid", "token",
  ]
}
