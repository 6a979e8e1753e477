internal import CCurl
internal import SystemPackage

/// libcurl itself: loaded and initialised once for the process.
enum CurlLibrary {
  /// Loads libcurl.
  ///
  /// - Returns: `nil` on success, else what went wrong, from the first call on every time.
  static func load(_ environment: ProcessEnvironment) -> String? {
    comfy_curl_load(environment.installationPrefix?.string).map { String(cString: $0) }
  }

  /// The version that is loaded, and what it encrypts with: `7.88.1 OpenSSL/3.0.11`; `nil` where there
  /// is none that could be.
  static func version(_ environment: ProcessEnvironment) -> String? {
    guard load(environment) == nil else { return nil }
    return [comfy_curl_version(), comfy_curl_tls()].compactMap { $0.map { String(cString: $0) } }
      .joined(separator: " ")
  }

  /// The file of certificates of this system; `nil` where libcurl finds them by itself. One that came
  /// with a Python package looks where another system has them.
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
