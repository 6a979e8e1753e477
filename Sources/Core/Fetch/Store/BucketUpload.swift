internal import Synchronization
internal import SystemPackage

/// Sends one file to a bucket.
///
/// A large file is sent in parts, several at once. Parts that the service has from an earlier run
/// are not sent again. Every request carries the SHA-256 of what it sends. Afterwards, the object
/// is checked: its size, and bytes from its beginning, middle and end.
struct BucketUpload: Sendable {
  /// A part that the service has.
  private struct Part: Sendable {
    let number: Int
    /// The part's `ETag` as it came, including the quotes.
    let tag: String
    let checksum: String?
  }

  private static let mostParts: Int64 = 10_000
  private static let sampleSize: Int64 = 64 << 10

  let store: BucketStore
  let file: PushFile
  var path: FilePath { file.path }
  var record: StoreRecord { file.record }
  /// Number of parts that are sent at once.
  let width: Int
  let watch: PushWatch

  /// Sends the file and its records, unless they are there.
  ///
  /// An object of the right size counts as the file.
  ///
  /// - Returns: `false` when the store already had the file.
  /// - Throws: ``FetchError``, in particular ``FetchError/store(_:)`` with `noKeys`, `refused`,
  ///   `expired`, `changed` or `corrupt`.
  func run() throws(FetchError) -> Bool {
    let key = StoreLayout.object(record.sha256)
    let isThere = try store.size(of: key) == record.size
    if !isThere {
      guard store.credential != nil else { throw .store(.noKeys(store.name)) }
      if record.size <= store.options.partSize { try sendWhole(key) } else { try sendParts(key) }
      try verify(key)
    }
    for path in [StoreLayout.record(record.sha256), StoreLayout.record(blake3: record.blake3)] {
      if isThere, try store.size(of: path) != nil { continue }
      try store.put(record.bytes, at: path)
    }
    return !isThere
  }

  private func sendWhole(_ key: String) throws(FetchError) {
    var request = BucketRequest(method: "PUT", path: key)
    request.content = .file(path, 0..<record.size)
    request.hash = record.sha256
    request.fields = [Self.checksum(record.sha256)]
    let reply: BucketReply
    do throws(FetchError) {
      reply = try store.send(request, watch)
    } catch {
      try file.checkUnchanged()
      throw error
    }
    guard reply.head.isSuccess else { throw store.refusal(reply) }
  }

  private static func checksum(_ hash: SHA256Hash) -> ResponseHead.Field {
    ResponseHead.Field(name: "x-amz-checksum-sha256", value: hash.base64)
  }

  // MARK: Parts

  private var partSize: Int64 {
    let needed = (record.size + Self.mostParts - 1) / Self.mostParts
    let mebibyte: Int64 = 1 << 20
    return max(store.options.partSize, (needed + mebibyte - 1) / mebibyte * mebibyte)
  }

  private var partCount: Int { Int((record.size + partSize - 1) / partSize) }

  /// - Parameter number: From 1 to ``partCount``.
  private func range(ofPart number: Int) -> Range<Int64> {
    let start = Int64(number - 1) * partSize
    return start..<min(start + partSize, record.size)
  }

  private func sendParts(_ key: String) throws(FetchError) {
    if let upload = try openUpload(key), try finish(upload, key) { return }
    let upload = try beginUpload(key)
    guard try finish(upload, key) else {
      throw .store(.refused(store: store.name, status: 404, code: "NoSuchUpload"))
    }
  }

  /// Sends the missing parts of an upload and completes it.
  ///
  /// - Returns: `false` when the service no longer knows the upload, or the caller asked to stop.
  private func finish(_ upload: String, _ key: String) throws(FetchError) -> Bool {
    guard let known = try parts(of: upload, key) else { return false }
    let count = partCount
    let sent = Mutex<[Int: Int64]>([:])
    let tell: @Sendable (Int, Int64) -> Void = { [watch] number, bytes in
      let all = sent.withLock { sent in
        sent[number] = bytes
        return sent.values.reduce(0, +)
      }
      watch.sent(all)
    }
    for part in known.values {
      tell(part.number, Int64(range(ofPart: part.number).count))
    }
    let missing = (1...count).filter { known[$0] == nil }
    let isOver = Mutex(false)
    let results = Concurrently.map(missing, width: width) { number -> Result<Part?, FetchError> in
      // After a failure, no more parts are started. The next run does not repeat those that were
      // sent.
      guard !isOver.withLock({ $0 }) else { return .success(nil) }
      let result = Result { () throws(FetchError) in
        try send(number, of: upload, key) { tell(number, $0) }
      }
      if case .failure = result { isOver.withLock { $0 = true } }
      return result
    }
    var parts = Array(known.values)
    for result in results {
      if case .failure(.store(.refused(store: _, status: 404, code: _))) = result { return false }
      if let part = try result.get() { parts.append(part) }
    }
    guard parts.count == count else { return false }
    do throws(FetchError) {
      try file.checkUnchanged()
    } catch {
      _ = try? store.send(
        BucketRequest(method: "DELETE", path: key, query: ["uploadId": upload]))
      throw error
    }
    return try complete(upload, key, parts.sorted { $0.number < $1.number })
  }

  private func send(
    _ number: Int, of upload: String, _ key: String, progress: @escaping @Sendable (Int64) -> Void
  ) throws(FetchError) -> Part? {
    let content: UploadBody
    do throws(FileError) {
      content = try UploadBody(path, range(ofPart: number))
    } catch {
      throw .file(error)
    }
    guard let hash = content.hash(cancellation: store.cancellation) else {
      if store.cancellation.isRequested() { return nil }
      throw .store(.changed(path))
    }
    var request = BucketRequest(
      method: "PUT", path: key, query: ["partNumber": String(number), "uploadId": upload])
    request.content = .file(path, range(ofPart: number))
    request.hash = hash
    request.fields = [Self.checksum(hash)]
    let reply = try store.send(request, PushWatch(sent: progress, retry: watch.retry))
    guard reply.head.isSuccess, let tag = reply.head["ETag"] else { throw store.refusal(reply) }
    return Part(number: number, tag: tag, checksum: reply.head["x-amz-checksum-sha256"])
  }

  /// - Returns: `false` when the service no longer knows the upload.
  private func complete(
    _ upload: String, _ key: String, _ parts: [Part]
  ) throws(FetchError) -> Bool {
    var xml = "<CompleteMultipartUpload>"
    for part in parts {
      xml += "<Part>"
      xml +=
        part.checksum.map { "<ChecksumSHA256>\(BucketReply.escaped($0))</ChecksumSHA256>" } ?? ""
      xml += "<ETag>\(BucketReply.escaped(part.tag))</ETag>"
      xml += "<PartNumber>\(part.number)</PartNumber></Part>"
    }
    xml += "</CompleteMultipartUpload>"
    var request = BucketRequest(method: "POST", path: key, query: ["uploadId": upload])
    request.content = .bytes(Array(xml.utf8))
    let reply = try store.send(request, watch)
    // Another run may have completed it, or this one did and the answer was lost.
    if reply.head.status == 404 { return try store.size(of: key) == record.size }
    // The service may report an error in the body, after it has sent status 200.
    guard reply.head.isSuccess, reply.errorCode.isEmpty else { throw store.refusal(reply) }
    return true
  }

  private func beginUpload(_ key: String) throws(FetchError) -> String {
    var request = BucketRequest(method: "POST", path: key, query: ["uploads": ""])
    request.fields = [ResponseHead.Field(name: "x-amz-checksum-algorithm", value: "SHA256")]
    let reply = try store.send(request)
    guard reply.head.isSuccess, let upload = reply.value(of: "UploadId"), !upload.isEmpty else {
      throw store.refusal(reply)
    }
    return upload
  }

  /// The identifier of the last upload of this file that an earlier run left incomplete; `nil` when
  /// there is none, or the service refuses to list uploads.
  private func openUpload(_ key: String) throws(FetchError) -> String? {
    let name = store.place.key(key)
    let request = BucketRequest(method: "GET", path: "", query: ["uploads": "", "prefix": name])
    do throws(FetchError) {
      return try store.send(request).elements("Upload").last { upload in
        BucketReply.value(of: "Key", in: upload) == name
      }.flatMap { BucketReply.value(of: "UploadId", in: $0) }
    } catch .store(.refused) {
      return nil
    }
  }

  /// The parts of an upload that have the right length, by number from 1; `nil` when the service
  /// does not know the upload, and empty when it refuses to list parts.
  private func parts(of upload: String, _ key: String) throws(FetchError) -> [Int: Part]? {
    var found: [Int: Part] = [:]
    var query = ["uploadId": upload]
    var marker = 0
    while true {
      let reply: BucketReply
      do throws(FetchError) {
        reply = try store.send(BucketRequest(method: "GET", path: key, query: query))
      } catch .store(.refused) {
        return [:]
      }
      guard reply.head.isSuccess else { return nil }
      for part in reply.elements("Part") {
        guard let number = BucketReply.value(of: "PartNumber", in: part).flatMap({ Int($0) }),
          number > 0, number <= partCount,
          BucketReply.value(of: "Size", in: part) == String(range(ofPart: number).count),
          let tag = BucketReply.value(of: "ETag", in: part)
        else { continue }
        found[number] = Part(
          number: number, tag: tag,
          checksum: BucketReply.value(of: "ChecksumSHA256", in: part))
      }
      guard reply.value(of: "IsTruncated") == "true",
        let next = reply.value(of: "NextPartNumberMarker").flatMap({ Int($0) }), next > marker
      else { return found }
      marker = next
      query["part-number-marker"] = String(next)
    }
  }

  // MARK: Check

  /// Compares the size and samples of the object with the file, because not every service checks
  /// the hashes that it is sent.
  ///
  /// - Throws: ``StoreError/corrupt(store:_:)``, or ``StoreError/changed(_:)`` if the file is what
  ///   changed. The object is then deleted.
  private func verify(_ key: String) throws(FetchError) {
    let length = min(Self.sampleSize, record.size)
    let starts = [0, (record.size - length) / 2, record.size - length].unique
    let size = try store.size(of: key)
    // If the size cannot be read, the samples decide, or their refusal gives the reason.
    var isRight = size == record.size || size == nil && record.size > 0
    for start in starts where isRight && length > 0 {
      let wanted = try UploadBody.bytes(of: path, start..<(start + length))
      let found = try store.bytes(
        of: key, start...(start + length - 1), limit: Int(length))
      isRight = found == wanted
    }
    guard !isRight else { return }
    try store.delete(key)
    try file.checkUnchanged()
    throw .store(.corrupt(store: store.name, record.sha256))
  }
}

extension SHA256Hash {
  /// The digest in base 64, as S3 services expect it.
  fileprivate var base64: String {
    let digits = Array(hex.utf8)
    let bytes = stride(from: 0, to: digits.count, by: 2).compactMap { start in
      UInt8(String(decoding: digits[start..<(start + 2)], as: UTF8.self), radix: 16)
    }
    return Base64.string(of: bytes)
  }
}
