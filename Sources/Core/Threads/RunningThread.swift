internal import SystemLibrary

/// Keeps SIGPIPE from ending the process when this thread writes to a connection that broke; the
/// write fails instead. A closed stdout, which other threads write to, still ends it.
private func blockBrokenPipeSignal() {
  var signals = sigset_t()
  sigemptyset(&signals)
  sigaddset(&signals, SIGPIPE)
  pthread_sigmask(SIG_BLOCK, &signals, nil)
}

/// A thread that runs one function and is joined. A write to a broken connection in it does not end
/// the process.
struct RunningThread: Sendable {
  private final class Start {
    let body: @Sendable () -> Void
    init(_ body: @escaping @Sendable () -> Void) { self.body = body }
  }

  #if canImport(Darwin)
    // A thread's name is only passed back to the system.
    nonisolated(unsafe) private let thread: pthread_t
  #else
    private let thread: pthread_t
  #endif

  /// `nil` if the system cannot start another thread.
  ///
  /// - Parameter apart: Whether the thread starts on a different processor than the caller's, where
  ///   the process may use one. By default, some systems start a thread on its creator's processor
  ///   and let it wait there; work of a few milliseconds would then run after the work that it
  ///   should run alongside.
  init?(apart: Bool = false, _ body: @escaping @Sendable () -> Void) {
    let start = Unmanaged.passRetained(Start(body))
    #if canImport(Darwin)
      var thread: pthread_t?
    #else
      var thread = pthread_t()
    #endif
    let placement = apart ? ThreadPlacement() : nil
    let code = pthread_create(
      &thread, placement?.attributes,
      { context in
        blockBrokenPipeSignal()
        #if canImport(Darwin)
          let start = Unmanaged<Start>.fromOpaque(context).takeRetainedValue()
          start.body()
        #else
          if let context { Unmanaged<Start>.fromOpaque(context).takeRetainedValue().body() }
        #endif
        return nil
      }, start.toOpaque())
    guard code == 0 else {
      start.release()
      return nil
    }
    #if canImport(Darwin)
      guard let thread else { return nil }
    #endif
    placement?.lift(from: thread)
    self.thread = thread
  }

  func join() { pthread_join(thread, nil) }
}
