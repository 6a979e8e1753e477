extension FetchEngine {
  /// A short text that a server sent.
  package struct Text: Sendable, Hashable {
    /// Heads of the answers that led to it, first hop first.
    package var heads: [ResponseHead]
    /// The body, as it came.
    package var bytes: [UInt8]

    package init(heads: [ResponseHead], bytes: [UInt8]) {
      self.heads = heads
      self.bytes = bytes
    }
  }

  /// Asks a server about a file, without fetching it.
  ///
  /// Sends `HEAD` or, if that is refused, `GET` for the first byte (which gives 206 and
  /// `Content-Range`). As for a download, redirects are followed and temporary failures retried.
  /// The caller waits for the answer.
  ///
  /// - Parameter cancellation: Polled several times a second. Stopping fails with
  ///   ``FetchError/unreachable(host:code:detail:)`` and libcurl's code 42, or with the failure of
  ///   the last try.
  /// - Returns: Heads of the answers, first hop first; the last one's status is 2xx.
  package func probe(
    _ source: FetchSource, cancellation: Cancellation = .never
  ) -> Result<[ResponseHead], FetchError> {
    inquire(.head, source, cancellation).map(\.heads)
  }

  /// Fetches a short text, such as a hub's JSON.
  ///
  /// - Parameters:
  ///   - limit: In bytes. A longer body fails with ``FetchError/size(expected:found:known:)``, with
  ///     the limit as the expected size.
  ///   - cancellation: As for ``probe(_:cancellation:)``.
  package func text(
    _ source: FetchSource, limit: Int, cancellation: Cancellation = .never
  ) -> Result<Text, FetchError> {
    inquire(.body(limit: limit), source, cancellation)
  }

  private func inquire(
    _ method: Inquiry.Method, _ source: FetchSource, _ cancellation: Cancellation
  ) -> Result<Text, FetchError> {
    Result { () throws(FetchError) in
      try RunningThread.result { [options, environment] () throws(FetchError) in
        let inquiry = try Inquiry(
          method, source, options, environment, cancellation: cancellation)
        let heads = try inquiry.run()
        return Text(heads: heads, bytes: inquiry.body)
      }
    }
  }
}
