internal import CCurl

extension FetchError {
  /// `CURLE_TOO_LARGE` of libcurl 8.6 and later.
  private static let tooLarge = CURLcode(rawValue: 100)

  /// The error for a transfer that ended with this code of libcurl.
  ///
  /// - Parameter headFault: Why we ended it while the head arrived; `nil` if we did not.
  init(transport code: CURLcode, host: String, headFault: FetchError.ProtocolDetail? = nil) {
    let detail = String(cString: comfy_easy_strerror(code))
    switch code {
    case _ where headFault != nil, CURLE_OUT_OF_MEMORY, Self.tooLarge:
      // libcurl reports a line beyond its own limit as a lack of memory.
      self = .protocolViolation(host: host, detail: headFault ?? .headSize)
    case CURLE_PEER_FAILED_VERIFICATION, CURLE_SSL_ISSUER_ERROR, CURLE_SSL_CACERT_BADFILE,
      CURLE_SSL_CRL_BADFILE, CURLE_SSL_PINNEDPUBKEYNOTMATCH, CURLE_SSL_INVALIDCERTSTATUS,
      CURLE_SSL_CERTPROBLEM:
      self = .untrusted(host: host, detail: detail)
    default:
      self = .unreachable(host: host, code: Int(code.rawValue), detail: detail)
    }
  }

  /// Whether another try may succeed.
  var mayPass: Bool {
    switch self {
    case .untrusted, .protocolViolation: false
    default: true
    }
  }
}
