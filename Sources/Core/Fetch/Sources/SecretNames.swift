/// Names of parameters and headers that hold a secret, and values that are one whatever their name.
enum SecretNames {
  /// Whether a name means a secret; `name` is lower case, `-` and `.` written as `_`.
  static func isSecret(_ name: String) -> Bool {
    names.contains(name)
      || prefixes.contains { name.hasPrefix($0) }
      || suffixes.contains { name.hasSuffix($0) }
  }

  /// Parameters of an Azure shared access signature, secret when `sig` stands beside them.
  static let besideAzureSignature: Set<String> = [
    "se", "sip", "ske", "skoid", "sks", "skt", "sktid", "skv", "sp", "spr", "sr", "srt", "ss",
    "st", "sv",
  ]

  /// Whether a text is a token by its form: the prefix that its issuer gives it, and its length.
  static func looksLikeToken(_ text: some StringProtocol) -> Bool {
    tokenPrefixes.contains { prefix in
      text.hasPrefix(prefix) && text.utf8.count >= prefix.utf8.count + 16
        && text.utf8.allSatisfy {
          PercentEncoding.isUnreserved($0) && $0 != UInt8(ascii: ".") && $0 != UInt8(ascii: "~")
        }
    }
  }

  static let tokenPrefixes = [
    "hf_", "api_org_", "ghp_", "gho_", "ghu_", "ghs_", "ghr_", "github_pat_", "glpat-", "AIza",
    "AKIA", "ASIA", "sk-",
  ]

  private static let names: Set<String> = [
    "access_key", "accesskey", "accesstoken", "api_key", "apikey", "apitoken", "auth", "auth_key",
    "authkey", "authorization", "authtoken", "awsaccesskeyid", "bearer", "cookie", "credential",
    "credentials", "expires", "googleaccessid", "hmac", "jwt", "key_pair_id", "keypairid",
    "ossaccesskeyid", "passwd", "password", "policy", "proxy_authorization", "pwd", "secret",
    "secret_key", "secretkey", "session_id", "sessionid", "set_cookie", "sig", "sign", "signature",
    "token", "x_api_key",
  ]
  private static let prefixes = ["q_ak", "q_sign_", "x_amz_", "x_cos_", "x_goog_", "x_oss_"]
  private static let suffixes = ["_apikey", "_api_key", "_password", "_secret", "_token"]
}
