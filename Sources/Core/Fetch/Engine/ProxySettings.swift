/// The proxy for an address, from the environment.
///
/// The variables are those of curl: `http_proxy` (only in lower case, because a client of a CGI
/// program can set `HTTP_PROXY`), and `https_proxy`, `all_proxy` and `no_proxy` in lower or upper
/// case.
struct ProxySettings: Sendable {
  private let http: String?
  private let https: String?
  private let exceptions: [String]

  init(_ environment: ProcessEnvironment) {
    func either(_ name: String) -> String? { environment[name] ?? environment[name.uppercased()] }
    let all = either("all_proxy")
    http = environment["http_proxy"] ?? all
    https = either("https_proxy") ?? all
    exceptions = (either("no_proxy") ?? "").lowercased()
      .split { $0 == "," || $0 == " " }.map(String.init)
  }

  /// The proxy for an address; `nil` to connect directly.
  func proxy(for address: WebAddress) -> String? {
    isException(address) ? nil : address.isSecure ? https : http
  }

  private func isException(_ address: WebAddress) -> Bool {
    exceptions.contains { entry in
      if entry == "*" { return true }
      let name = entry.hasPrefix(".") ? String(entry.dropFirst()) : entry
      let host = address.host
      return name == host || host.hasSuffix("." + name) || name == address.authority
        || name == "[\(host)]" || isInNetwork(name, host)
    }
  }

  /// Whether `host` is an IP address in `network`, which is written like `192.168.0.0/16`.
  private func isInNetwork(_ network: String, _ host: String) -> Bool {
    let parts = network.split(separator: "/")
    guard parts.count == 2, let base = IPAddress(parts[0])?.bytes, let address = IPAddress(host),
      let bits = Int(parts[1]), base.count == address.bytes.count,
      (0...base.count * 8).contains(bits)
    else { return false }
    return (0..<bits).allSatisfy { bit in
      let mask = UInt8(0x80) >> UInt8(bit % 8)
      return base[bit / 8] & mask == address.bytes[bit / 8] & mask
    }
  }
}
