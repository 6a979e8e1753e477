import SystemLibrary
import SystemPackage
import TestServer
import Testing

@testable import ComfyCore

/// Whether SIGPIPE is blocked in this thread.
private func blocksBrokenPipe() -> Bool {
  var signals = sigset_t()
  pthread_sigmask(SIG_BLOCK, nil, &signals)
  return sigismember(&signals, SIGPIPE) == 1
}

/// A connection that breaks must not end the process, whichever thread asks a bucket.
@Suite struct BrokenPipeTests {
  @Test("a caller's thread sends nothing itself")
  func callersThread() throws {
    let scene = try BucketScene()
    let file = try scene.file(10)
    let asks = Flag()
    let isExposed = Flag()
    // It is polled while a request is on its way, by the thread that sends it.
    let store = try scene.open(
      Cancellation {
        asks.set()
        if !blocksBrokenPipe() { isExposed.set() }
        return false
      })
    let options = scene.options
    let thread = Worker {
      var signals = sigset_t()
      sigemptyset(&signals)
      sigaddset(&signals, SIGPIPE)
      pthread_sigmask(SIG_UNBLOCK, &signals, nil)
      guard case .bucket(let bucket) = store.way else { return }
      _ = StorePush(to: store, options: options).presence(of: [file])
      _ = try? bucket.objects()
    }
    thread.join()
    #expect(asks.isSet && !isExposed.isSet)
  }
}
