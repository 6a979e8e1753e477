import SystemPackage
import TestServer
import Testing

@testable import ComfyCore

/// A strict bucket behind a server, and files to be put there.
final class BucketScene {
  let root: FilePath
  let bucket: StrictBucket
  let server: TestServer
  var options = FetchOptions()
  var variables = ["AWS_ACCESS_KEY_ID": "KEY", "AWS_SECRET_ACCESS_KEY": "SECRET"]
  /// Parameters behind those that name service and region.
  var parameters = ""

  /// - Parameter falsify: What is answered instead of the bucket's own answer; `nil` for that one.
  init(
    _ bucket: StrictBucket = StrictBucket(),
    _ falsify: @escaping @Sendable (Request) -> Reply? = { _ in nil }
  ) throws {
    self.bucket = bucket
    server = try #require(TestServer { falsify($0) ?? bucket.reply(to: $0) })
    root = try makeTemporaryDirectory(for: "bucket")
    options.firstDelay = 1
    options.longestDelay = 4
    options.stallWindow = 2_000
    options.progressInterval = 0
    options.partSize = 5 << 20
    options.seed = 7
  }

  deinit {
    server.stop()
    removeTree(root)
  }

  var environment: ProcessEnvironment {
    ProcessEnvironment(
      variables: variables, home: root, currentDirectory: root,
      now: { Timestamp(seconds: 1_000_000_000) })
  }

  var address: StoreAddress {
    get throws {
      try StoreAddress(
        "s3://models/team?region=eu-1&endpoint=http://127.0.0.1:\(server.port)\(parameters)")
    }
  }

  func open(_ cancellation: Cancellation = .never) throws -> OpenStore {
    try OpenStore(
      address, options: options, environment: environment, cancellation: cancellation)
  }

  /// A file of so many bytes, none of them like its neighbours.
  func file(_ size: Int, named name: String = "a.pt", seed: UInt64 = 1) throws -> PushFile {
    let path = root.appending(name)
    var state = seed
    var bytes = [UInt8](repeating: 0, count: size)
    for place in bytes.indices {
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      bytes[place] = UInt8(truncatingIfNeeded: state >> 40)
    }
    let file = try FileDescriptor.open(
      path, .writeOnly, options: [.create, .truncate], permissions: .ownerReadWrite)
    try file.writeAll(bytes)
    try file.close()
    let hashes = try FileHasher.hash(path)
    return try PushFile(
      path,
      StoreRecord(
        sha256: try #require(hashes.sha256), blake3: try #require(hashes.blake3),
        size: hashes.size, filename: name, sources: []))
  }

  /// Puts files there.
  func push(_ files: PushFile..., cancellation: Cancellation = .never) throws -> [FetchOutcome] {
    let store = try open(cancellation)
    return StorePush(to: store, options: options, cancellation: cancellation)
      .run(files, events: { _ in })
  }

  /// The bytes that the bucket has of a file.
  func stored(_ file: PushFile) -> [UInt8]? {
    bucket.objects["team/" + StoreLayout.object(file.record.sha256)]
  }

  /// Whether the bucket has a file as it is, and both records.
  func has(_ file: PushFile) throws -> Bool {
    let bytes = try UploadBody.bytes(of: file.path, 0..<file.record.size)
    let records = [
      StoreLayout.record(file.record.sha256), StoreLayout.record(blake3: file.record.blake3),
    ].compactMap { bucket.objects["team/" + $0].flatMap { StoreRecord($0) } }
    return stored(file) == bytes && records == [file.record, file.record]
  }
}

extension FetchOutcome {
  /// How the file came there; `nil` when it did not.
  var arrival: FetchedFile.Arrival? {
    if case .landed(let file) = self { file.arrival } else { nil }
  }
}
