internal import CCurl

extension FetchError {
  /// `CURLE_TOO_LARGE` of libcurl 8.6 and later.
  private static let tooLarge = CURLcode(rawValue: 100)

  /// What it means that a transfer ended with a code of libcurl's.
  ///
  /// - Parameter isHeadTooLong: Whether it was ended because the head was.
  init(transport code: CURLcode, host: String, isHeadTooLong: Bool) {
    let detail = String(cString: comfy_easy_strerror(code))
    switch code {
    case _ where isHeadTooLong, CURLE_OUT_OF_MEMORY, Self.tooLarge:
      // A line that is longer than libcurl's own limit has no memory left for it.
      self = .protocolViolation(host: host, detail: .headSize)
    case CURLE_PEER_FAILED_VERIFICATION, CURLE_SSL_ISSUER_ERROR, CURLE_SSL_CACERT_BADFILE,
      CURLE_SSL_CRL_BADFILE, CURLE_SSL_PINNEDPUBKEYNOTMATCH, CURLE_SSL_INVALIDCERTSTATUS,
      CURLE_SSL_CERTPROBLEM:
      self = .untrusted(host: host, detail: detail)
    default:
      self = .unreachable(host: host, code: Int(code.rawValue), detail: detail)
    }
  }

  /// Whether another try may end otherwise.
  var mayPass: Bool {
    switch self {
    case .untrusted, .protocolViolation: false
    default: true
    }
  }
}
