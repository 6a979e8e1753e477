internal import CCurl
internal import SystemPackage

/// The libcurl library: loaded and initialised once per process.
enum CurlLibrary {
  /// Loads libcurl on the first call.
  ///
  /// - Returns: `nil` on success, otherwise the text of the error; later calls return the same.
  static func load(_ environment: ProcessEnvironment) -> String? {
    comfy_curl_load(environment.installationPrefix?.string).map { String(cString: $0) }
  }

  /// The loaded version and its TLS library: `7.88.1 OpenSSL/3.0.11`; `nil` when libcurl cannot be
  /// loaded.
  static func version(_ environment: ProcessEnvironment) -> String? {
    guard load(environment) == nil else { return nil }
    return [comfy_curl_version(), comfy_curl_tls()].compactMap { $0.map { String(cString: $0) } }
      .joined(separator: " ")
  }

  /// The certificate file of this system; `nil` when libcurl finds it by itself, or there is none.
  /// A libcurl from a Python package looks for it in the places of another system.
  static func certificates(_ environment: ProcessEnvironment) -> String? {
    guard load(environment) == nil, let built = comfy_curl_certificates(),
      FileStatus(reaching: FilePath(String(cString: built))) == nil
    else { return nil }
    return [
      "/etc/ssl/certs/ca-certificates.crt", "/etc/pki/tls/certs/ca-bundle.crt",
      "/etc/ssl/ca-bundle.pem", "/etc/ssl/cert.pem",
    ].first { FileStatus(reaching: FilePath($0))?.isRegular == true }
  }
}
