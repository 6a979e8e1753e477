extension RunningThread {
  /// The result of a conversation with a server, on its own thread, where SIGPIPE is blocked: a
  /// broken connection must not end the process. The caller waits.
  ///
  /// - Throws: ``FetchError/noThread``, or the error of `body`.
  static func result<Value: Sendable>(
    of body: @escaping @Sendable () throws(FetchError) -> Value
  ) throws(FetchError) -> Value {
    let results = Channel<Result<Value, FetchError>>()
    let thread = RunningThread { results.put(Result(catching: body)) }
    guard let thread else { throw .noThread }
    defer { thread.join() }
    return try results.take().get()
  }
}
