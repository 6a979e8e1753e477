internal import CCurl

extension FetchError {
  /// What it means that a transfer ended with a code of libcurl's.
  init(transport code: CURLcode, host: String) {
    let detail = String(cString: comfy_easy_strerror(code))
    switch code {
    case CURLE_PEER_FAILED_VERIFICATION, CURLE_SSL_ISSUER_ERROR, CURLE_SSL_CACERT_BADFILE,
      CURLE_SSL_CRL_BADFILE, CURLE_SSL_PINNEDPUBKEYNOTMATCH, CURLE_SSL_INVALIDCERTSTATUS,
      CURLE_SSL_CERTPROBLEM:
      self = .untrusted(host: host, detail: detail)
    default:
      self = .unreachable(host: host, code: Int(code.rawValue), detail: detail)
    }
  }

  /// Whether another try may end otherwise.
  var mayPass: Bool { if case .untrusted = self { false } else { true } }
}
