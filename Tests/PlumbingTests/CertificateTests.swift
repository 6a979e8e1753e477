import CommandSupport
import ComfyCore
import Foundation
import SystemPackage
import TestServer
import Testing

/// The program itself, with a server behind TLS whose authority is made for the test.
@Suite(
  .enabled(
    if: ["openssl", "socat"].allSatisfy { name in
      ["/usr/bin", "/usr/local/bin", "/opt/homebrew/bin"]
        .contains { FileManager.default.isExecutableFile(atPath: "\($0)/\(name)") }
    }, "openssl or socat is missing"),
  .enabled(if: Product.path() != nil, "the program is not built beside the tests"))
struct CertificateTests {
  private let bytes = [0x80] + [UInt8](repeating: 7, count: 20_000)
  private let scene: FetchScene

  init() throws {
    scene = try FetchScene(["/m.pt": bytes])
    scene.variables["COMFY"] = try #require(Product.path()).string
    scene.variables["PORT"] = "\(scene.server.port)"
    try write(
      "ca.cnf",
      "[req]\ndistinguished_name = n\nx509_extensions = e\n[n]\n[e]\n"
        + "basicConstraints = critical, CA:TRUE\n")
    try write("leaf.cnf", "subjectAltName = IP:127.0.0.1\n")
    let made = try shell(
      """
      key='-newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes'
      for name in ca other; do
        openssl req -config ca.cnf -x509 $key -keyout $name.key -out $name.pem -subj /CN=$name
      done
      openssl req -config ca.cnf $key -keyout leaf.key -out leaf.csr -subj /CN=leaf
      openssl x509 -req -in leaf.csr -CA ca.pem -CAkey ca.key -CAcreateserial \\
        -extfile leaf.cnf -out leaf.pem
      mkdir authorities && cp ca.pem authorities && openssl rehash authorities
      """)
    try #require(made.status == .exited(0), "\(made.errorText)")
  }

  private func write(_ name: String, _ text: String) throws {
    try Data(text.utf8).write(to: URL(fileURLWithPath: scene.sandbox.work.appending(name).string))
  }

  private func shell(_ script: String) throws -> CommandResult {
    var command = CommandSupport.Command(
      "sh", ["-ec", script], environment: scene.variables, directory: scene.sandbox.work)
    command.limit = .seconds(100)
    return try command.run()
  }

  /// Fetches the file from `host` through a TLS front; the last line of the output is the number
  /// of connections that the front got.
  private func fetch(from host: String) throws -> CommandResult {
    try scene.intend("https://\(host):1/m.pt", "m.pt")
    return try shell(
      """
      socat -d -d OPENSSL-LISTEN:0,bind=127.0.0.1,fork,verify=0,cert=leaf.pem,key=leaf.key \\
        TCP:127.0.0.1:$PORT 2>front.log &
      front=$!
      trap 'kill $front' EXIT
      until port=$(sed -n 's/.*listening on .*127.0.0.1:\\([0-9]*\\).*/\\1/p' front.log) \\
        && [ -n "$port" ]; do kill -0 $front; sleep 0.02; done
      sed -i "s/:1\\//:$port\\//" pyproject.toml
      status=0
      "$COMFY" fetch-intents || status=$?
      grep -c 'accepting connection' front.log
      exit $status
      """)
  }

  @Test(
    "an authority of one's own is named by the usual variables",
    arguments: [
      ("SSL_CERT_FILE", "ca.pem"), ("CURL_CA_BUNDLE", "ca.pem"), ("SSL_CERT_DIR", "authorities"),
    ])
  func ownAuthority(variable: String, name: String) throws {
    scene.variables[variable] = scene.sandbox.work.appending(name).string
    let result = try fetch(from: "127.0.0.1")
    #expect(result.status == .exited(0), "\(result.errorText)")
    #expect(scene.bytes("loras/w/m.pt") == bytes)
  }

  @Test(
    "a certificate that cannot be trusted is told once, and asked no second time",
    arguments: [
      (String?.none, "127.0.0.1"), ("other.pem", "127.0.0.1"), ("ca.pem", "localhost"),
      ("missing.pem", "127.0.0.1"),
    ])
  func untrusted(authority: String?, host: String) throws {
    if let authority {
      scene.variables["SSL_CERT_FILE"] = scene.sandbox.work.appending(authority).string
    }
    let result = try fetch(from: host)
    #expect(result.status == .exited(1))
    let lines = result.errorText.split(separator: "\n")
    #expect(
      lines.contains { $0.contains("the certificate of '\(host)' cannot be trusted: ") },
      "\(result.errorText)")
    #expect(lines.contains { $0.hasPrefix("hint: ") && $0.contains("SSL_CERT_FILE") })
    #expect(!result.errorText.contains("retry"))
    #expect(scene.server.requests.isEmpty)
    // One for the size, one for the file.
    #expect(Int(result.outputText.split(separator: "\n").last ?? "") ?? 9 <= 2)
    #expect(scene.bytes("loras/w/m.pt") == nil)
  }
}
