public import SystemPackage

/// Fetches files over HTTP and puts each, whole and checked, at its target.
///
/// Bytes are collected in a hidden directory beside the target, hashed (BLAKE3 and SHA-256) while
/// they arrive, checked, synchronised and moved to the target, which never shows a part of a file.
/// What was fetched of a file that did not get whole is kept, and gone on with by the next run.
public struct FetchEngine: Sendable {
  /// How files are fetched.
  public var options: FetchOptions
  private let surroundings: Surroundings

  /// - Parameter surroundings: Proxies and certificates are taken from its variables.
  public init(options: FetchOptions = FetchOptions(), surroundings: Surroundings) {
    self.options = options
    self.surroundings = surroundings
  }

  /// Fetches a batch and returns when every outcome is final.
  ///
  /// The failure of one file stops no other, except that a full volume ends the work on all files
  /// that go there. `events` and `onLanded` are called from the calling thread, one at a time.
  ///
  /// - Parameters:
  ///   - onLanded: Records the file at the request's zero-based place; called when it is safely at
  ///     its target, and before it counts as complete. When the process dies in between, the next
  ///     run finds the file and calls it again.
  ///   - cancellation: Polled several times a second; ends the work with all partials kept.
  /// - Returns: One outcome a request, in the order of the requests.
  public func run(
    _ requests: [FetchRequest], cancellation: Cancellation = .never,
    events: (FetchEvent) -> Void = { _ in },
    onLanded: (_ place: Int, FetchedFile) throws -> Void = { _, _ in }
  ) -> [FetchOutcome] {
    requests.map { _ in .failed(.libraryUnavailable(detail: "")) }
  }
}
