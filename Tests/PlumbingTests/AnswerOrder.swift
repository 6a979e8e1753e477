import Synchronization
import SystemLibrary

/// Lets the answers of a server end in an order of its own: the later the part of the file, the
/// earlier it is sent.
final class AnswerOrder: Sendable {
  private struct Answer {
    let start: Int
    var isOver = false
  }

  private struct State {
    var answers: [Answer] = []
    var ended: [Int] = []
    var arrived = 0
  }

  private let state = Mutex(State())

  /// The first bytes of the answers that are over, in the order in which they ended.
  var ended: [Int] { state.withLock { $0.ended } }

  /// Takes note of an answer that begins with this byte of the file.
  ///
  /// - Returns: What is to be called at its end.
  func begin(at start: Int) -> @Sendable () -> Void {
    let place = state.withLock { state in
      state.answers.append(Answer(start: start))
      return state.answers.count - 1
    }
    return { [self] in
      state.withLock { state in
        state.answers[place].isOver = true
        state.ended.append(start)
      }
    }
  }

  /// Takes note of how many bytes the client has.
  func note(arrived: Int) { state.withLock { $0.arrived = max($0.arrived, arrived) } }

  /// Waits until the client has all that answers brought which did not begin at the first byte.
  func waitForArrival(of count: Int) {
    var patience = 120_000
    while patience > 0 {
      let isThere = state.withLock { state in
        state.arrived >= count - (state.answers.map(\.start).filter { $0 > 0 }.min() ?? count)
      }
      if isThere { return }
      usleep(500)
      patience -= 1
    }
  }

  /// Waits until so many other answers have begun, and those of later parts are over.
  func waitForLater(than start: Int, others: Int) {
    var patience = 120_000
    while patience > 0 {
      let isTurn = state.withLock { state in
        state.answers.count > others
          && state.answers.allSatisfy { $0.isOver || $0.start <= start }
      }
      if isTurn { return }
      usleep(500)
      patience -= 1
    }
  }
}
