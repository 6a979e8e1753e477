internal import CCurl
internal import SystemPackage

/// Fetches files over HTTP and puts each, whole and checked, at its target.
///
/// Bytes are collected in a hidden directory beside the target, hashed (BLAKE3 and SHA-256) while
/// they arrive, checked, synchronised and moved to the target, which never shows a part of a file.
/// What was fetched of a file that did not get whole is kept, and gone on with by the next run.
package struct FetchEngine: Sendable {
  /// How files are fetched.
  package var options: FetchOptions
  let environment: ProcessEnvironment

  /// - Parameter environment: Proxies and certificates are taken from its variables.
  package init(options: FetchOptions = FetchOptions(), environment: ProcessEnvironment) {
    self.options = options
    self.environment = environment
  }

  /// Fetches a batch and returns when every outcome is final.
  ///
  /// The failure of one file stops no other, except that a full volume ends the work on all files
  /// that go there. `events` and `onLanded` are called from the calling thread, one at a time.
  ///
  /// - Parameters:
  ///   - cancellation: Polled several times a second; ends the work with all partials kept.
  ///   - onLanded: Records files, each with its request's zero-based place, and returns what went
  ///     wrong with each; called when they are safely at their targets, with all that are by then,
  ///     and before they count as complete. When the process dies in between, the next run finds
  ///     the files and calls it again.
  /// - Returns: One outcome a request, in the order of the requests.
  package func run(
    _ requests: [FetchRequest], cancellation: Cancellation = .never,
    events: (FetchEvent) -> Void = { _ in },
    onLanded: ([LandedFile]) -> [(any Error)?] = { $0.map { _ in nil } }
  ) -> [FetchOutcome] {
    events(.batchStart(count: requests.count, totalBytes: totalBytes(requests)))
    let outcomes = outcomes(of: requests, cancellation, events, onLanded)
    let succeeded = outcomes.count { $0.isSuccess }
    events(.batchComplete(succeeded: succeeded, count: requests.count))
    return outcomes
  }

  private func totalBytes(_ requests: [FetchRequest]) -> Int64? {
    requests.reduce(Int64?(0)) { sum, request in
      guard let sum, let size = request.expectation.size else { return nil }
      let (total, overflow) = sum.addingReportingOverflow(size)
      return overflow ? nil : total
    }
  }

  private func outcomes(
    of requests: [FetchRequest], _ cancellation: Cancellation, _ events: (FetchEvent) -> Void,
    _ onLanded: ([LandedFile]) -> [(any Error)?]
  ) -> [FetchOutcome] {
    guard !requests.isEmpty else { return [] }
    let failure = CurlLibrary.load(environment)
    let news = Channel<EngineNews>()
    guard failure == nil, let multi = MultiHandle() else {
      return fail(requests, .libraryUnavailable(detail: failure ?? "out of memory"), events)
    }
    guard let thread = start(requests, multi, news, cancellation) else {
      return fail(requests, .noThread, events)
    }
    defer { thread.join() }
    return follow(news, requests, events, onLanded)
  }

  /// Has all of the requests fail for the same reason.
  private func fail(
    _ requests: [FetchRequest], _ error: FetchError, _ events: (FetchEvent) -> Void
  ) -> [FetchOutcome] {
    for place in requests.indices {
      events(.fileComplete(position(place, requests), .failed(error)))
    }
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
    _ news: Channel<EngineNews>, _ requests: [FetchRequest], _ events: (FetchEvent) -> Void,
    _ onLanded: ([LandedFile]) -> [(any Error)?]
  ) -> [FetchOutcome] {
    var outcomes = requests.map { _ in FetchOutcome.cancelled(kept: 0) }
    while true {
      // What came while the last files were recorded is recorded together, and told in its order.
      let batch = news.takeSome()
      let landed = batch.compactMap(\.landedFile)
      let first = batch.firstIndex { $0.landedFile != nil } ?? batch.endIndex
      for news in batch[..<first] { tell(news, requests, &outcomes, events) }
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
      for news in batch[first...] { tell(news, requests, &outcomes, events) }
      if case .end = batch.last { return outcomes }
    }
  }

  /// Makes sure that files are still at their targets after a power failure.
  ///
  /// - Returns: What went wrong, by the places of the files.
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
    _ news: EngineNews, _ requests: [FetchRequest], _ outcomes: inout [FetchOutcome],
    _ events: (FetchEvent) -> Void
  ) {
    switch news {
    case .event(let event): events(event)
    case .landed(let place, _):
      events(.fileComplete(position(place, requests), outcomes[place]))
    case .complete(let place, let outcome):
      outcomes[place] = outcome
      events(.fileComplete(position(place, requests), outcome))
    case .end: break
    }
  }

  private func position(_ place: Int, _ requests: [FetchRequest]) -> FetchPosition {
    FetchPosition(
      index: place + 1, count: requests.count, filename: requests[place].target.filename)
  }
}

/// A file that is safely at its target, and the zero-based place of its request.
package struct LandedFile: Sendable {
  package let place: Int
  package let file: FetchedFile

  fileprivate var directory: FilePath { file.path.removingLastComponent() }
}

extension EngineNews {
  /// The file that has landed.
  fileprivate var landedFile: LandedFile? {
    if case .landed(let place, let file) = self {
      LandedFile(place: place, file: file)
    } else {
      nil
    }
  }
}
