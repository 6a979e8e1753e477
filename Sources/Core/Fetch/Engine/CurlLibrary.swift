internal import CCurl
internal import SystemPackage

/// The libcurl library: loaded and initialised once per process.
enum CurlLibrary {
  /// Loads libcurl on the first call.
  ///
  /// - Returns: `nil` on success, otherwise the error; later calls return the same.
  static func load(_ environment: ProcessEnvironment) -> FetchError? {
    comfy_curl_load(environment.installationPrefix?.string).map {
      shortage.map { .file(FileError(.open, "libcurl", $0)) }
        ?? .libraryUnavailable(detail: String(cString: $0))
    }
  }

  /// Why the library cannot be loaded although it may be there. It has some twenty others with it,
  /// which are opened one after another.
  private static let shortage = Shortage.reason(descriptors: 1, bytes: 16 << 20)

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
