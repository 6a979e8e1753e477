import SystemPackage
import TestServer
import Testing

@testable import ComfyCore

@Suite struct BucketTests {
  @Test func aSmallFileIsPutOnce() throws {
    let scene = try BucketScene()
    let file = try scene.file(100_000)
    #expect(try scene.push(file).map(\.arrival) == [.uploaded])
    #expect(try scene.has(file))
    let before = scene.bucket.received
    #expect(try scene.push(file).map(\.arrival) == [.stored])
    #expect(scene.bucket.received == before)
  }

  @Test func anEmptyFileIsPutToo() throws {
    let scene = try BucketScene()
    let file = try scene.file(0)
    #expect(try scene.push(file).map(\.arrival) == [.uploaded])
    #expect(try scene.has(file))
  }

  @Test func aLargeFileGoesInParts() throws {
    let scene = try BucketScene()
    let file = try scene.file((11 << 20) + 5)
    #expect(try scene.push(file).map(\.arrival) == [.uploaded])
    #expect(try scene.has(file))
    #expect(scene.bucket.log.count { $0.contains("partNumber=") } == 3)
    #expect(scene.bucket.openUploads == 0)
  }

  @Test func manyFilesArePutAtOnce() throws {
    let scene = try BucketScene()
    let files = try (0..<12).map { try scene.file(1000, named: "f\($0)", seed: UInt64($0) + 3) }
    let store = try scene.open()
    let ends = StorePush(to: store, options: scene.options).run(files, events: { _ in })
    #expect(ends.allSatisfy { $0.arrival == .uploaded })
    for file in files { #expect(try scene.has(file)) }
  }

  @Test func aBusyServiceIsAskedAgain() throws {
    let scene = try BucketScene()
    var trouble = StrictBucket.Trouble()
    trouble.slowDowns = 3
    scene.bucket.cause(trouble)
    let file = try scene.file(10)
    #expect(try scene.push(file).map(\.arrival) == [.uploaded])
  }

  @Test func aServiceThatStaysBusyIsGivenUp() throws {
    let scene = try BucketScene()
    var trouble = StrictBucket.Trouble()
    trouble.slowDowns = 1000
    scene.bucket.cause(trouble)
    let file = try scene.file(10)
    let error = try scene.push(file).first?.error
    #expect(error?.code == "store.refused")
  }

  @Test func aWrongSecretIsRefusedAtOnce() throws {
    let scene = try BucketScene()
    scene.variables["AWS_SECRET_ACCESS_KEY"] = "OTHER"
    let file = try scene.file(10)
    let end = try scene.push(file).first?.error
    guard case .store(.refused(_, 403, "SignatureDoesNotMatch")) = end else {
      Issue.record("\(String(describing: end))")
      return
    }
    #expect(scene.bucket.objects.isEmpty)
  }

  @Test func withoutKeysNothingIsSent() throws {
    let scene = try BucketScene()
    scene.variables = [:]
    let file = try scene.file(10)
    #expect(try scene.push(file).first?.error == .store(.noKeys(try scene.address.text)))
  }

  @Test func theSessionGoesAlong() throws {
    let scene = try BucketScene(StrictBucket(token: "SESSION"))
    scene.variables["AWS_SESSION_TOKEN"] = "SESSION"
    let file = try scene.file(6 << 20)
    #expect(try scene.push(file).map(\.arrival) == [.uploaded])
  }

  @Test func aSessionThatEndsMidwayLosesNoPart() throws {
    let scene = try BucketScene()
    scene.options.jobs = 1
    let file = try scene.file(22 << 20)
    var trouble = StrictBucket.Trouble()
    trouble.lastsFor = 5
    scene.bucket.cause(trouble)
    #expect(try scene.push(file).first?.error == .store(.expired(store: try scene.address.text)))
    #expect(scene.bucket.openUploads == 1)
    let sent = scene.bucket.received
    #expect(sent >= 5 << 20)
    scene.bucket.renew(secret: "FRESH", token: "T")
    scene.variables["AWS_SECRET_ACCESS_KEY"] = "FRESH"
    scene.variables["AWS_SESSION_TOKEN"] = "T"
    #expect(try scene.push(file).map(\.arrival) == [.uploaded])
    #expect(try scene.has(file))
    #expect(scene.bucket.log.count { $0.contains("partNumber=") && $0.hasSuffix(" 200") } == 5)
    #expect(scene.bucket.openUploads == 0)
  }

  @Test func freshKeysInTheFileAreTakenWithoutAnEnd() throws {
    let bucket = StrictBucket()
    let scene = try BucketScene(bucket)
    scene.variables = [:]
    let path = scene.root.appending(".aws/credentials")
    try path.removingLastComponent().makeDirectories()
    func write(_ secret: String) throws {
      let file = try FileDescriptor.open(
        path, .writeOnly, options: [.create, .truncate], permissions: .ownerReadWrite)
      defer { try? file.close() }
      try file.writeAll(
        Array("[default]\naws_access_key_id=KEY\naws_secret_access_key=\(secret)\n".utf8))
    }
    try write("SECRET")
    let file = try scene.file(10)
    let store = try scene.open()
    try write("FRESH")
    var trouble = StrictBucket.Trouble()
    trouble.lastsFor = 2
    trouble.nextSecret = "FRESH"
    bucket.cause(trouble)
    let ends = StorePush(to: store, options: scene.options).run([file], events: { _ in })
    #expect(ends.map(\.arrival) == [.uploaded])
    #expect(bucket.log.contains { $0.hasSuffix(" 400") })
  }

  @Test func aFailureBehindTheCompletionIsOne() throws {
    let scene = try BucketScene()
    var trouble = StrictBucket.Trouble()
    trouble.failsBehindCompletion = true
    scene.bucket.cause(trouble)
    let file = try scene.file(6 << 20)
    #expect(try scene.push(file).first?.error?.code == "store.refused")
    #expect(scene.bucket.openUploads == 1)
    #expect(try scene.push(file).map(\.arrival) == [.uploaded])
    #expect(scene.bucket.log.count { $0.contains("partNumber=") } == 2)
  }

  @Test(arguments: [100_000, 6 << 20]) func whatIsDamagedThereIsFoundAndTakenAway(_ size: Int)
    throws
  {
    let scene = try BucketScene()
    var trouble = StrictBucket.Trouble()
    trouble.damages = true
    scene.bucket.cause(trouble)
    let file = try scene.file(size)
    #expect(try scene.push(file).first?.error?.code == "store.corrupt")
    #expect(scene.stored(file) == nil)
  }

  @Test func aFileThatChangedIsNotSent() throws {
    let scene = try BucketScene()
    let file = try scene.file(1000)
    _ = try scene.file(1001)
    #expect(try scene.push(file).first?.error == .store(.changed(file.path)))
    #expect(scene.bucket.objects.isEmpty)
  }

  @Test func partsTooSmallAreRefused() throws {
    let scene = try BucketScene()
    scene.options.partSize = 1 << 20
    let file = try scene.file(3 << 20)
    guard case .store(.refused(_, 400, "EntityTooSmall"))? = try scene.push(file).first?.error
    else {
      Issue.record("taken")
      return
    }
  }

  @Test func aListGoesOverManyPages() throws {
    let scene = try BucketScene(StrictBucket(pageSize: 3))
    let files = try (0..<4).map { try scene.file(20, named: "f\($0)", seed: UInt64($0) + 3) }
    let store = try scene.open()
    _ = StorePush(to: store, options: scene.options).run(files, events: { _ in })
    guard case .bucket(let bucket) = store.way else { return }
    #expect(try Set(bucket.objects().map(\.hash)) == Set(files.map(\.record.sha256)))
    #expect(try bucket.objects().allSatisfy { $0.size == 20 })
  }

  @Test func anotherPrefixIsAnotherStore() throws {
    let scene = try BucketScene()
    scene.bucket.set("other/sha256/aa/bb/cc", [1])
    guard case .bucket(let bucket) = try scene.open().way else { return }
    #expect(try bucket.objects().isEmpty)
  }

  @Test func theEngineReadsWithASignature() throws {
    let scene = try BucketScene()
    let file = try scene.file(3 << 20)
    _ = try scene.push(file)
    guard case .bucket(let bucket) = try scene.open().way else { return }
    let source = FetchSource(
      url: bucket.place.url(StoreLayout.object(file.record.sha256)),
      credential: bucket.credential, reach: .ownHost)
    let request = FetchRequest(
      sources: [source], key: "k", root: scene.root, target: try RelativePath("loras/m.pt"),
      expectation: FetchExpectation(blake3: file.record.blake3))
    let ends = FetchEngine(options: scene.options, environment: scene.environment).run([request])
    #expect(ends.map(\.arrival) == [.downloaded])
  }
}
