package import SystemPackage

/// What a store has of a recorded file.
package enum StoreFinding: Sendable {
  case present
  /// The store has no such file.
  case missing
  /// Something else is there: another length, or other bytes.
  case wrong(SHA256Hash)
}

/// Looks at what a store has: whether it is there, and whether it is what it is said to be.
package struct StoreInspection: Sendable {
  /// How closely.
  package enum Depth: Sendable {
    /// Its length, and some of its bytes beside those of a file of this machine where there is one.
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

  /// Looks at the file with a BLAKE3.
  ///
  /// - Parameters:
  ///   - copy: A file of this machine with that content.
  ///   - progress: Bytes read so far, and of how many.
  /// - Throws: ``FetchError`` when the store cannot be asked.
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

  /// The contents that the store has, in the order of their hashes.
  ///
  /// - Throws: ``FetchError``; ``StoreError/readOnly(_:)`` for a store that cannot be listed.
  package func objects() throws(FetchError) -> [(hash: SHA256Hash, size: Int64)] {
    switch store.way {
    case .web: throw .store(.readOnly(store.address.text))
    case .bucket(let bucket): return try bucket.objects()
    case .folder(let folder):
      do throws(FileError) { return try folder.objects() } catch { throw .file(error) }
    }
  }

  /// What the store says of a content that it has; `nil` for nothing.
  package func record(of hash: SHA256Hash) throws(FetchError) -> StoreRecord? {
    try bytes(of: StoreLayout.record(hash), nil, limit: Int64(StoreRecord.limit))
      .flatMap { StoreRecord($0) }
  }

  /// Deletes a content, and what is said of it.
  ///
  /// - Returns: `false` when the store had it not.
  package func remove(_ hash: SHA256Hash) throws(FetchError) -> Bool {
    switch store.way {
    case .web: throw .store(.readOnly(store.address.text))
    case .folder(let folder):
      do throws(FileError) { return try folder.remove(hash) != nil } catch { throw .file(error) }
    case .bucket(let bucket):
      guard try bucket.size(of: StoreLayout.object(hash)) != nil else { return false }
      // Last the file itself: a store never names what it lacks.
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

  /// Some bytes of something in the store, or all; `nil` when it is not there.
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

  /// Whether bytes from the beginning, the middle and the end are those of a file of this machine.
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
  /// Whether it may mean that an object is not there: a bucket that must not be listed answers 403.
  var isAbsence: Bool { [403, 404, 410].contains(head.status) }
}
