internal import CCurl
internal import SystemPackage

/// Fetches files over HTTP and puts each at its target, complete and checked.
///
/// Bytes are collected in a hidden directory beside the target, hashed (BLAKE3 and SHA-256) while
/// they arrive, checked, flushed to disk and moved to the target. An incomplete file is never
/// visible there; its bytes are kept, and the next run resumes from them.
package struct FetchEngine: Sendable {
  /// How files are fetched.
  package var options: FetchOptions
  let environment: ProcessEnvironment

  /// - Parameter environment: Gives the proxies and certificates, and the clock.
  package init(options: FetchOptions = FetchOptions(), environment: ProcessEnvironment) {
    self.options = options
    self.environment = environment
  }

  /// Fetches a batch and returns when every outcome is final.
  ///
  /// The failure of one file does not stop the others, except that a full volume ends the work on
  /// all files that go there. `events` (with the index of the request) and `onLanded` are called on
  /// the calling thread, one at a time.
  ///
  /// - Parameters:
  ///   - cancellation: Polled several times a second; ends the work with all partials kept.
  ///   - onLanded: Records files and returns one element for each, in the same order: the error, or
  ///     `nil` on success. It is called with all files that have safely reached their targets since
  ///     the last call, before they count as complete. If the process dies in between, the next run
  ///     finds the files and calls it again.
  /// - Returns: One outcome for each request, in the order of the requests.
  func run(
    _ requests: [FetchRequest], cancellation: Cancellation = .never,
    events: (Int, EngineEvent) -> Void = { _, _ in },
    onLanded: ([LandedFile]) -> [(any Error)?] = { $0.map { _ in nil } }
  ) -> [FetchOutcome] {
    guard !requests.isEmpty else { return [] }
    let failure = CurlLibrary.load(environment)
    let news = Channel<EngineNews>()
    guard failure == nil, let multi = MultiHandle() else {
      return fail(requests, failure ?? .libraryUnavailable(detail: "out of memory"), events)
    }
    guard let thread = start(requests, multi, news, cancellation) else {
      return fail(requests, .noThread, events)
    }
    defer { thread.join() }
    return follow(news, requests, events, onLanded)
  }

  /// Makes all requests fail for the same reason.
  private func fail(
    _ requests: [FetchRequest], _ error: FetchError, _ events: (Int, EngineEvent) -> Void
  ) -> [FetchOutcome] {
    for place in requests.indices { events(place, .ended(.failed(error))) }
    return requests.map { _ in .failed(error) }
  }

  private func start(
    _ requests: [FetchRequest], _ multi: MultiHandle, _ news: Channel<EngineNews>,
    _ cancellation: Cancellation
  ) -> RunningThread? {
    RunningThread { [options, environment] in
      DownloadLoop(
        requests, options: options, environment: environment, multi: multi, news: news,
        cancellation: cancellation
      ).run()
    }
  }

  private func follow(
    _ news: Channel<EngineNews>, _ requests: [FetchRequest], _ events: (Int, EngineEvent) -> Void,
    _ onLanded: ([LandedFile]) -> [(any Error)?]
  ) -> [FetchOutcome] {
    var outcomes = requests.map { _ in FetchOutcome.cancelled(kept: 0) }
    while true {
      // Files that arrived while the previous ones were recorded are recorded together; events keep
      // their order.
      let batch = news.takeSome()
      let landed = batch.compactMap(\.landedFile)
      let first = batch.firstIndex { $0.landedFile != nil } ?? batch.endIndex
      for news in batch[..<first] { tell(news, &outcomes, events) }
      let lost = synchronizeDirectories(of: landed)
      for landed in landed {
        if let error = lost[landed.place] {
          outcomes[landed.place] = .unrecorded(landed.file, error)
        }
      }
      let safe = landed.filter { lost[$0.place] == nil }
      for (landed, error) in zip(safe, safe.isEmpty ? [] : onLanded(safe)) {
        if let error {
          outcomes[landed.place] = .unrecorded(landed.file, error)
        } else {
          PartialFile.forget(landed.file.path)
          outcomes[landed.place] = .landed(landed.file)
        }
      }
      for news in batch[first...] { tell(news, &outcomes, events) }
      if case .end = batch.last { return outcomes }
    }
  }

  /// Flushes the directories of files, so that the files are still there after a power failure.
  ///
  /// - Returns: The errors, by the places of the files' requests.
  private func synchronizeDirectories(of files: [LandedFile]) -> [Int: FetchError] {
    var failures: [Int: FetchError] = [:]
    for (directory, files) in Dictionary(grouping: files, by: \.directory) {
      do throws(FileError) {
        try FileDescriptor.synchronizeDirectory(directory)
      } catch {
        for file in files { failures[file.place] = FetchError(error) }
      }
    }
    return failures
  }

  private func tell(
    _ news: EngineNews, _ outcomes: inout [FetchOutcome], _ events: (Int, EngineEvent) -> Void
  ) {
    switch news {
    case .event(let place, let event):
      if case .ended(let outcome) = event { outcomes[place] = outcome }
      events(place, event)
    case .landed(let place, _): events(place, .ended(outcomes[place]))
    case .end: break
    }
  }
}

/// A file that is safely at its target, and the zero-based place of its request.
package struct LandedFile: Sendable {
  package let place: Int
  package let file: FetchedFile

  fileprivate var directory: FilePath { file.path.removingLastComponent() }
}

extension EngineNews {
  /// The file that has landed; `nil` for any other message.
  fileprivate var landedFile: LandedFile? {
    if case .landed(let place, let file) = self {
      LandedFile(place: place, file: file)
    } else {
      nil
    }
  }
}
