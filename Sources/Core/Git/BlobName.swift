internal import CGit2
internal import Synchronization

/// The name of a content as a blob. The first thread that asks finds it; others wait for that.
final class BlobName: Sendable {
  private let content: [UInt8]
  private let known = Mutex<git_oid?>(nil)

  init(of content: [UInt8]) { self.content = content }

  var value: git_oid {
    known.withLock { known in
      if let known { return known }
      let found = git_oid(naming: content, as: .blob)
      known = found
      return found
    }
  }
}
