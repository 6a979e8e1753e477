import Dispatch
import Foundation
import Synchronization
import Testing

@testable import ComfyCore

/// Threads that do one thing beside what their maker does.
@Suite struct RunningThreadTests {
  /// What the system says of the calling thread: the processors it may use.
  private static func allowedProcessors() -> String? {
    (try? String(contentsOfFile: "/proc/thread-self/status", encoding: .utf8))?
      .split(separator: "\n").first { $0.hasPrefix("Cpus_allowed:") }.map(String.init)
  }

  @Test("wherever a thread starts, it may go where the process may", arguments: [false, true])
  func goesAnywhere(apart: Bool) throws {
    let isMade = DispatchSemaphore(value: 0)
    let told = Told()
    let thread = try #require(
      RunningThread(apart: apart) {
        isMade.wait()
        told.text.withLock { $0 = Self.allowedProcessors() }
      })
    isMade.signal()
    thread.join()
    #expect(told.text.withLock { $0 } == Self.allowedProcessors())
  }

  private final class Told: Sendable {
    let text = Mutex<String?>(nil)
  }

  @Test("what is made ahead is waited for, also twice")
  func waits() {
    let mayEnd = DispatchSemaphore(value: 0)
    let ahead = Ahead {
      mayEnd.wait()
      return 7
    }
    mayEnd.signal()
    #expect(ahead.value == 7)
    #expect(ahead.value == 7)
    #expect(Ahead<Int> { nil }.value == nil)
  }
}
