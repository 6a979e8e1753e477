import Synchronization
import SystemPackage
import TestServer
import Testing

@testable import ComfyCore

/// Services whose answers are wrong: each ends in an outcome, none in a trap or a wait without end.
@Suite struct OddServiceTests {
  @Test("a list of parts with numbers that no part has is used as far as it is right")
  func partNumbers() throws {
    let scene = try BucketScene { request in
      guard request.method == "GET", request.target.contains("uploadId=") else { return nil }
      let parts = [Int.max, Int.min, 4, 0].map { number in
        "<Part><PartNumber>\(number)</PartNumber><Size>1</Size><ETag>\"t\"</ETag></Part>"
      }
      return .text(200, "<ListPartsResult>\(parts.joined())</ListPartsResult>")
    }
    let file = try scene.file(11 << 20)
    #expect(try scene.push(file).map(\.arrival) == [.uploaded])
    #expect(try scene.has(file))
  }

  @Test("a list of parts that does not get on ends", .timeLimit(.minutes(1)))
  func endlessParts() throws {
    let pages = Mutex(0)
    let scene = try BucketScene { request in
      guard request.method == "GET", request.target.contains("uploadId=") else { return nil }
      let page = pages.withLock { pages in
        pages += 1
        return pages
      }
      return .text(
        200,
        "<ListPartsResult><IsTruncated>true</IsTruncated>"
          + "<NextPartNumberMarker>\(1 + page % 2)</NextPartNumberMarker></ListPartsResult>")
    }
    let file = try scene.file(6 << 20)
    #expect(try scene.push(file).map(\.arrival) == [.uploaded])
  }

  @Test(
    "a list of objects that does not get on is refused", .timeLimit(.minutes(1)),
    arguments: ["<Contents><Key>team/sha256/a</Key></Contents>", "<Contents></Contents>"])
  func endlessObjects(items: String) throws {
    let scene = try BucketScene { _ in
      .text(
        200,
        "<ListBucketResult><IsTruncated>true</IsTruncated>\(items)</ListBucketResult>")
    }
    let bucket = try bucket(of: scene)
    #expect(throws: FetchError.store(.refused(store: bucket.name, status: 200, code: ""))) {
      try bucket.objects()
    }
  }

  @Test("an answer that is too long is not asked for again")
  func longAnswer() throws {
    let scene = try BucketScene { _ in Reply(200, body: [UInt8](repeating: 1, count: 101)) }
    let bucket = try bucket(of: scene)
    #expect(throws: FetchError.tooLong(expected: 100, known: .request)) {
      try bucket.bytes(of: "a", limit: 100)
    }
    #expect(scene.server.requests.count == 1)
    #expect(try bucket.bytes(of: "a", limit: 101)?.count == 101)
  }

  private func bucket(of scene: BucketScene) throws -> BucketStore {
    let store = try scene.open()
    guard case .bucket(let bucket) = store.way else { throw FetchError.store(.noStore) }
    return bucket
  }
}
