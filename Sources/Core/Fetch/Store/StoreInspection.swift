package import SystemPackage

/// Whether a store has a recorded file.
package enum StoreFinding: Sendable {
  case present
  /// The store has no such file, or no usable record of it.
  case missing
  /// The store has a file with another length or other bytes under this hash.
  case wrong(SHA256Hash)
}

/// Checks, lists and deletes what a store has.
package struct StoreInspection: Sendable {
  /// How thoroughly a file is checked.
  package enum Depth: Sendable {
    /// Its length; and some of its bytes, if this machine has the file too.
    case sampled
    /// Every byte.
    case full
  }

  private static let sampleSize: Int64 = 64 << 10
  private static let blockSize: Int64 = 8 << 20

  private let store: OpenStore
  private let settings: FetchSettings
  private let engine: FetchEngine
  private let cancellation: Cancellation

  init(
    _ store: OpenStore, settings: FetchSettings, environment: ProcessEnvironment,
    cancellation: Cancellation
  ) {
    self.store = store
    self.settings = settings
    self.cancellation = cancellation
    engine = FetchEngine(options: settings.options, environment: environment)
  }

  /// Checks the file with a BLAKE3.
  ///
  /// - Parameters:
  ///   - hash: BLAKE3 of the whole file.
  ///   - copy: A file on this machine with that content, to compare samples with.
  ///   - progress: Called with the bytes read so far and the size; only for ``Depth/full``.
  /// - Throws: ``FetchError`` when the store cannot be asked, or `copy` cannot be read.
  package func finding(
    of hash: ModelHash, _ depth: Depth, beside copy: FilePath?,
    progress: (Int64, Int64) -> Void
  ) throws(FetchError) -> StoreFinding {
    let place = StoreLayout.record(blake3: hash)
    guard let bytes = try bytes(of: place, nil, limit: Int64(StoreRecord.limit)) else {
      return .missing
    }
    guard let record = StoreRecord(bytes), record.blake3 == hash else { return .missing }
    guard let size = try size(of: record.sha256) else { return .missing }
    guard size == record.size else { return .wrong(record.sha256) }
    let isRight =
      switch depth {
      case .full: try isWhole(record, progress)
      case .sampled: try copy.map { path throws(FetchError) in try isAlike(record, path) } ?? true
      }
    return isRight ? .present : .wrong(record.sha256)
  }

  /// The contents that the store has, in the order of their hashes, and their sizes in bytes.
  ///
  /// - Throws: ``FetchError``, with ``StoreError/readOnly(_:)`` for a web store, which cannot be
  ///   listed.
  package func objects() throws(FetchError) -> [(hash: SHA256Hash, size: Int64)] {
    switch store.way {
    case .web: throw .store(.readOnly(store.address.text))
    case .bucket(let bucket): return try bucket.objects()
    case .folder(let folder):
      do throws(FileError) { return try folder.objects() } catch { throw .file(error) }
    }
  }

  /// The store's record of a content; `nil` when there is none or it cannot be read.
  package func record(of hash: SHA256Hash) throws(FetchError) -> StoreRecord? {
    try bytes(of: StoreLayout.record(hash), nil, limit: Int64(StoreRecord.limit))
      .flatMap { StoreRecord($0) }
  }

  /// Deletes the file with a content, and its records.
  ///
  /// - Returns: `false` when the store has no such file.
  /// - Throws: ``FetchError``, with ``StoreError/readOnly(_:)`` for a web store.
  package func remove(_ hash: SHA256Hash) throws(FetchError) -> Bool {
    switch store.way {
    case .web: throw .store(.readOnly(store.address.text))
    case .folder(let folder):
      do throws(FileError) { return try folder.remove(hash) != nil } catch { throw .file(error) }
    case .bucket(let bucket):
      guard try bucket.size(of: StoreLayout.object(hash)) != nil else { return false }
      // The file is deleted last, so that a record never outlives its file.
      if let record = try record(of: hash) {
        try bucket.delete(StoreLayout.record(blake3: record.blake3))
      }
      try bucket.delete(StoreLayout.record(hash))
      try bucket.delete(StoreLayout.object(hash))
      return true
    }
  }

  // MARK: Steps

  private func size(of hash: SHA256Hash) throws(FetchError) -> Int64? {
    let path = StoreLayout.object(hash)
    switch store.way {
    case .folder(let folder): return folder.size(of: hash)
    case .bucket(let bucket): return try bucket.size(of: path)
    case .web:
      guard let source = try store.source(of: path, settings) else { return nil }
      switch engine.probe(source, cancellation: cancellation) {
      case .success(let heads):
        return DeclaredContent(heads, hub: nil).size.flatMap { Int64(exactly: $0) }
      case .failure(.refused(let refusal)) where refusal.isAbsence: return nil
      case .failure(let error): throw error
      }
    }
  }

  /// The bytes at a path in the store, or a range of them; `nil` when nothing is there.
  private func bytes(
    of path: String, _ range: Range<Int64>?, limit: Int64
  ) throws(FetchError) -> [UInt8]? {
    if case .folder(let folder) = store.way {
      let file = folder.root.appending(path)
      guard let size = FileStatus(reaching: file)?.size else { return nil }
      return try UploadBody.bytes(of: file, range ?? 0..<min(size, limit))
    }
    guard var source = try store.source(of: path, settings) else { return nil }
    if let range {
      source.fields.append(
        ResponseHead.Field(
          name: "Range", value: "bytes=\(range.lowerBound)-\(range.upperBound - 1)"))
    }
    switch engine.text(source, limit: Int(limit), cancellation: cancellation) {
    case .success(let text): return text.bytes
    case .failure(.refused(let refusal)) where refusal.isAbsence: return nil
    case .failure(let error): throw error
    }
  }

  private func isWhole(
    _ record: StoreRecord, _ progress: (Int64, Int64) -> Void
  ) throws(FetchError) -> Bool {
    var hasher = SHA256Hasher()
    var blake3 = Blake3Hasher()
    var done: Int64 = 0
    while done < record.size {
      let range = done..<min(done + Self.blockSize, record.size)
      guard
        let block = try bytes(
          of: StoreLayout.object(record.sha256), range, limit: Int64(range.count)),
        block.count == range.count
      else { return false }
      block.withUnsafeBytes {
        hasher.update($0)
        blake3.update($0)
      }
      done = range.upperBound
      progress(done, record.size)
    }
    return hasher.finalize() == record.sha256 && blake3.finalize() == record.blake3
  }

  /// Whether bytes from the beginning, the middle and the end are the same as in a file on this
  /// machine; `true` if that file has another size now.
  private func isAlike(_ record: StoreRecord, _ copy: FilePath) throws(FetchError) -> Bool {
    let length = min(Self.sampleSize, record.size)
    guard length > 0, FileStatus(reaching: copy)?.size == record.size else { return true }
    for start in [0, (record.size - length) / 2, record.size - length].unique {
      let range = start..<(start + length)
      let wanted = try UploadBody.bytes(of: copy, range)
      let found = try bytes(of: StoreLayout.object(record.sha256), range, limit: length)
      guard found == wanted else { return false }
    }
    return true
  }
}

extension HTTPRefusal {
  /// Whether the refusal may mean that an object does not exist. A bucket that may not be listed
  /// answers 403 in that case.
  var isAbsence: Bool { [403, 404, 410].contains(head.status) }
}
