package import SystemPackage

/// A file on this machine that a store should have.
package struct PushFile: Sendable {
  package let path: FilePath
  /// The record to put into the store; its hashes are those of the file.
  package let record: StoreRecord
  /// State of the file at a time when it had these hashes.
  let state: FileState

  /// Keeps the file's present state, to notice later changes.
  ///
  /// - Throws: ``FetchError/file(_:)``, also when there is no such file.
  package init(_ path: FilePath, _ record: StoreRecord) throws(FetchError) {
    self.path = path
    self.record = record
    do throws(FileError) {
      guard let status = try FileStatus(of: path) else {
        throw FileError(.open, path, .noSuchFileOrDirectory)
      }
      state = FileState(status)
    } catch {
      throw .file(error)
    }
  }

  /// Checks that the file's size, modification time and inode are still the same.
  ///
  /// - Throws: ``FetchError/store(_:)`` with ``StoreError/changed(_:)``.
  func checkUnchanged() throws(FetchError) {
    guard let status = FileStatus(reaching: path), FileState(status).isSameFile(as: state) else {
      throw .store(.changed(path))
    }
  }
}

/// A model that cannot be sent.
package struct UnsentModel: Sendable {
  package let name: String
  /// The hash by which it was requested, or that the manifest has for it.
  package let hash: ModelHash
  /// Bytes; `nil` when unknown.
  package let size: Int64?
  /// Where it is, or should be; `nil` when unknown.
  package let path: FilePath?
  /// Why it cannot be sent.
  package let error: FetchError
}

/// Puts files into a store, several at once. The failure of one does not stop the others.
package struct StorePush: Sendable {
  /// Messages to the caller's thread.
  private enum News: Sendable {
    case event(FetchEvent)
    case end
  }

  private let store: OpenStore
  private let options: FetchOptions
  private let cancellation: Cancellation

  package init(to store: OpenStore, options: FetchOptions, cancellation: Cancellation = .never) {
    self.store = store
    self.options = options
    self.cancellation = cancellation
  }

  /// Whether the store has each file, in their order, judged by size. Asks about several at once.
  ///
  /// A web store fails with ``StoreError/readOnly(_:)``.
  package func presence(of files: [PushFile]) -> [Result<Bool, FetchError>] {
    Concurrently.map(files, width: options.jobs) { file in
      Result { () throws(FetchError) in
        switch store.way {
        case .web: throw .store(.readOnly(store.address.text))
        case .folder(let folder): folder.size(of: file.record.sha256) == file.record.size
        case .bucket(let bucket):
          try bucket.size(of: StoreLayout.object(file.record.sha256)) == file.record.size
        }
      }
    }
  }

  /// Sends the files that the store lacks.
  ///
  /// - Parameters:
  ///   - failures: Models that cannot be sent; they are reported after the files.
  ///   - events: Called on the calling thread, one event at a time.
  /// - Returns: One outcome for each file, then one for each failure. A file that is in the store
  ///   has landed, as ``FetchedFile/Arrival/uploaded`` or ``FetchedFile/Arrival/stored``.
  package func run(
    _ files: [PushFile], _ failures: [UnsentModel] = [],
    events: (FetchEvent) -> Void
  ) -> [FetchOutcome] {
    let count = files.count + failures.count
    events(
      .batchStart(count: count, totalBytes: files.reduce(0) { $0.addingClamped($1.record.size) }))
    let news = Channel<News>()
    let outcomes = Outcomes(files.count)
    let thread = RunningThread {
      sendAll(files, count, outcomes) { news.put(.event($0)) }
      news.put(.end)
    }
    var unsent = failures.map { (name: $0.name, error: $0.error) }
    var ends: [FetchOutcome] = []
    if let thread {
      while case .event(let event) = news.take() { events(event) }
      thread.join()
      ends = outcomes.all
    } else {
      unsent = files.map { ($0.record.filename, FetchError.noThread) } + unsent
    }
    for (name, error) in unsent {
      let position = FetchPosition(index: ends.count + 1, count: count, filename: name)
      events(.fileStart(position, FetchProgress(bytes: 0, total: nil)))
      events(.fileComplete(position, .failed(error)))
      ends.append(.failed(error))
    }
    events(.batchComplete(succeeded: ends.count { $0.isSuccess }, count: count))
    return ends
  }

  /// Sends the small files, several at once; then the large files one by one, each in several parts
  /// at once.
  private func sendAll(
    _ files: [PushFile], _ count: Int, _ outcomes: Outcomes,
    _ tell: @escaping @Sendable (FetchEvent) -> Void
  ) {
    let isLarge = { (file: PushFile) in file.record.size > options.partSize && store.isRemote }
    let send: @Sendable (Int, Int) -> Void = { place, width in
      let file = files[place]
      let position = FetchPosition(
        index: place + 1, count: count, filename: file.record.filename)
      guard !cancellation.isRequested() else { return }
      tell(.fileStart(position, FetchProgress(bytes: 0, total: file.record.size)))
      let outcome = end(of: file, position, width, tell)
      outcomes.set(place, outcome)
      tell(.fileComplete(position, outcome))
    }
    let small = files.indices.filter { !isLarge(files[$0]) }
    _ = Concurrently.map(small, width: options.jobs) { send($0, 1) }
    for place in files.indices where isLarge(files[place]) { send(place, options.jobs) }
  }

  private func end(
    of file: PushFile, _ position: FetchPosition, _ width: Int,
    _ tell: @escaping @Sendable (FetchEvent) -> Void
  ) -> FetchOutcome {
    let size = file.record.size
    let watch = PushWatch(
      sent: Paced(options.progressInterval) { bytes in
        tell(.fileProgress(position, FetchProgress(bytes: bytes, total: size)))
      }.call,
      retry: { attempt, delay, error in
        tell(.fileRetry(position, attempt: attempt, delay: delay, reason: error))
      })
    do {
      try file.checkUnchanged()
      let isSent = try put(file, width, watch)
      return .landed(
        FetchedFile(
          path: file.path, size: size, blake3: file.record.blake3, sha256: file.record.sha256,
          arrival: isSent ? .uploaded : .stored, isVerified: true, received: 0, heads: []))
    } catch {
      if cancellation.isRequested() { return .cancelled(kept: 0) }
      return .failed(error)
    }
  }

  private func put(
    _ file: PushFile, _ width: Int, _ watch: PushWatch
  ) throws(FetchError) -> Bool {
    switch store.way {
    case .web: throw .store(.readOnly(store.address.text))
    case .bucket(let bucket):
      return try BucketUpload(store: bucket, file: file, width: width, watch: watch).run()
    case .folder(let folder):
      do {
        return try folder.put(
          file.path, file.record, cancellation: cancellation, progress: watch.sent)
      } catch let error as StoreError {
        throw .store(error)
      } catch let error as FileError {
        throw FetchError(error)
      } catch let error as HashError {
        switch error {
        case .file(let error): throw FetchError(error)
        case .notAFile(let path), .changed(let path): throw .store(.changed(path))
        case .cancelled: throw .store(.changed(file.path))
        }
      } catch {
        throw .file(FileError(.write, folder.root, error as? Errno ?? .ioError))
      }
    }
  }
}
