import Synchronization
import SystemLibrary
import SystemPackage
import TestServer
import Testing

@testable import ComfyCore

/// A models directory, a server and an engine with short waits.
final class Scene {
  let root: FilePath
  let server: TestServer
  var options = FetchOptions()
  var variables: [String: String] = [:]
  private(set) var events: [FetchEvent] = []
  private(set) var recorded: [Int] = []
  /// Gets every event as it comes.
  var onEvent: (FetchEvent) -> Void = { _ in }

  init(_ script: @escaping TestServer.Script) throws {
    server = try #require(TestServer(script))
    root = try makeTemporaryDirectory(for: "fetch")
    options.firstDelay = 1
    options.longestDelay = 4
    options.longestServerDelay = 5
    // A busy machine may be slow; what tests a stall sets a shorter one.
    options.stallWindow = 60_000
    options.waitInterval = 5
    options.progressInterval = 0
    options.seed = 7
  }

  deinit {
    server.stop()
    removeTree(root)
  }

  func request(
    _ path: String = "/m.safetensors", to target: String = "loras/m.pt",
    _ expectation: FetchExpectation = FetchExpectation()
  ) throws -> FetchRequest {
    FetchRequest(
      sources: [FetchSource(url: server.url(path), reach: .everyHost)], key: "test:\(path)",
      root: root, target: try RelativePath(target), expectation: expectation)
  }

  /// A credential for the server.
  func credential(_ secret: Secret) -> Credential {
    testCredential(secret, port: server.port)
  }

  /// Runs a batch.
  func run(
    _ requests: [FetchRequest], cancellation: Cancellation = .never,
    onLanded: (Int, FetchedFile) throws -> Void = { _, _ in }
  ) -> [FetchOutcome] {
    let environment = ProcessEnvironment(
      variables: variables, home: nil, currentDirectory: root,
      now: { Timestamp(seconds: 1_000_000_000) })
    return FetchEngine(options: options, environment: environment).run(
      requests, cancellation: cancellation,
      events: { index, event in
        let event = FetchEvent(
          FetchPosition(
            index: index + 1, count: requests.count, filename: requests[index].target.filename),
          event)
        events.append(event)
        onEvent(event)
      },
      onLanded: { landed in
        landed.map { landed in
          do {
            try onLanded(landed.place, landed.file)
            recorded.append(landed.place)
            return nil
          } catch {
            return error
          }
        }
      })
  }

  /// Runs one request.
  func run(
    _ request: FetchRequest, cancellation: Cancellation = .never
  ) throws -> FetchOutcome {
    try #require(run([request], cancellation: cancellation).first)
  }

  /// Bytes of a file below the models directory; `nil` when there is none.
  func bytes(_ path: String) -> [UInt8]? { readFile(root.appending(path)) }

  /// Whether a file below the models directory has these bytes.
  func holds(_ wanted: [UInt8], at path: String) -> Bool { bytes(path) == wanted }

  func put(_ bytes: [UInt8], at path: String) {
    mkdir(root.appending(path).removingLastComponent().string, 0o777)
    writeFile(root.appending(path), bytes)
  }

  /// Names in a directory below the models directory, sorted.
  func names(_ path: String = "loras") -> [String] { listDirectory(root.appending(path)) }

  /// `Range` headers that came, `-` for a request without.
  var ranges: [String] { server.requests.map { $0["Range"] ?? "-" } }
}

/// A credential for a server of this machine.
func testCredential(_ secret: Secret, port: some BinaryInteger) -> Credential {
  Credential(
    secret, for: WebOrigin(isSecure: false, host: "127.0.0.1", port: Int(port)),
    foundIn: .variable("TOKEN"), secrets: [secret])
}

/// Bytes that repeat nowhere and are no text.
func content(_ count: Int, seed: UInt64 = 1) -> [UInt8] {
  var state = seed
  var bytes = [UInt8](repeating: 0, count: count)
  for index in bytes.indices {
    state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
    bytes[index] = UInt8(truncatingIfNeeded: state >> 33)
  }
  if count > 0 { bytes[0] = 0x80 }
  return bytes
}

func blake3(_ bytes: [UInt8]) -> ModelHash {
  var hasher = Blake3Hasher()
  hasher.update(bytes)
  return hasher.finalize()
}

func sha256(_ bytes: [UInt8]) -> SHA256Hash {
  var hasher = SHA256Hasher()
  bytes.withUnsafeBytes { hasher.update($0) }
  return hasher.finalize()
}

extension FetchOutcome {
  /// The file, when it landed.
  var file: FetchedFile? { if case .landed(let file) = self { file } else { nil } }
  /// The error, when it failed.
  var error: FetchError? { if case .failed(let error) = self { error } else { nil } }
}

func readFile(_ path: FilePath) -> [UInt8]? {
  guard let file = try? FileDescriptor.open(path, .readOnly) else { return nil }
  defer { try? file.close() }
  var bytes: [UInt8] = []
  var buffer = [UInt8](repeating: 0, count: 1 << 20)
  while let count = try? buffer.withUnsafeMutableBytes({ try file.read(into: $0) }), count > 0 {
    bytes += buffer[..<count]
  }
  return bytes
}

func writeFile(_ path: FilePath, _ bytes: [UInt8]) {
  let permissions = FilePermissions(rawValue: 0o644)
  guard
    let file = try? FileDescriptor.open(
      path, .writeOnly, options: [.create, .truncate], permissions: permissions)
  else { return }
  defer { try? file.close() }
  _ = try? file.writeAll(bytes)
}

func listDirectory(_ path: FilePath) -> [String] {
  guard let stream = opendir(path.string) else { return [] }
  defer { closedir(stream) }
  var names: [String] = []
  while let entry = readdir(stream) {
    let name = withUnsafeBytes(of: entry.pointee.d_name) { raw in
      String(decoding: raw.prefix { $0 != 0 }, as: UTF8.self)
    }
    if name != ".", name != ".." { names.append(name) }
  }
  return names.sorted()
}

func removeTree(_ path: FilePath) {
  for name in listDirectory(path) { removeTree(path.appending(name)) }
  if unlink(path.string) != 0 { rmdir(path.string) }
}

/// A thread that runs a body.
final class Worker: @unchecked Sendable {
  // Set before the thread starts, used once after it ended.
  private var thread = pthread_t()

  private final class Start {
    let body: @Sendable () -> Void
    init(_ body: @escaping @Sendable () -> Void) { self.body = body }
  }

  init(_ body: @escaping @Sendable () -> Void) {
    let start = Unmanaged.passRetained(Start(body)).toOpaque()
    pthread_create(
      &thread, nil,
      { context in
        let context: UnsafeMutableRawPointer? = context
        if let context { Unmanaged<Start>.fromOpaque(context).takeRetainedValue().body() }
        return nil
      }, start)
  }

  func join() { pthread_join(thread, nil) }
}
