import Synchronization
import TestServer

/// What the server of a row answers.
final class FetchFaultScript: Sendable {
  private struct State {
    var port: UInt16 = 0
    /// Whether the fault has come yet, and whether it has gone.
    var isWrong: Bool
    var isMended = false
    var downloads = 0
    var faults = 0
    var redirects = 0
    var wrong: [Range<Int>] = []
    var whenMended: @Sendable () -> Void = {}
    var whenSplit: @Sendable () -> Void = {}
  }

  private let row: FetchFaultTests.Row
  private let state: Mutex<State>
  /// The answers of a file that comes over several connections.
  let order = AnswerOrder()

  init(_ row: FetchFaultTests.Row) {
    self.row = row
    state = Mutex(State(isWrong: row.situation != .resume))
  }

  /// The parts asked for, of those whose answers were wrong.
  var wrongParts: [Range<Int>] { state.withLock { $0.wrong } }

  /// Called when the fault goes.
  var whenMended: @Sendable () -> Void {
    get { state.withLock { $0.whenMended } }
    set { state.withLock { $0.whenMended = newValue } }
  }

  /// Called before the first answer of several is sent.
  var whenSplit: @Sendable () -> Void {
    get { state.withLock { $0.whenSplit } }
    set { state.withLock { $0.whenSplit = newValue } }
  }

  /// Tells the port that the server got.
  func begin(at port: UInt16) { state.withLock { $0.port = port } }

  /// From here on, the fault is there.
  func goWrong() { state.withLock { $0.isWrong = true } }

  /// From here on, it is not.
  func mend() {
    state.withLock { $0.isMended = true }
    whenMended()
  }

  func reply(to request: Request) -> Reply {
    let good = original.reply(to: request)
    let (isWrong, isMended) = state.withLock { ($0.isWrong, $0.isMended) }
    guard request.method == "GET", !isMended else { return good }
    guard isWrong else {
      var reply = good
      reply.cut = FetchFaultScene.kept
      return reply
    }
    if row.fault == .expiredRedirect { return expiring(request) }
    if request.path != "/a" { return good }
    return row.situation == .ranges ? parallel(request) : single(request)
  }

  // MARK: One connection

  private func single(_ request: Request) -> Reply {
    guard isFaulty() else { return original.reply(to: request) }
    return row.fault.reply(to: request, for: served, far: far())
  }

  private func isFaulty() -> Bool {
    state.withLock { state in
      state.faults += 1
      return state.faults <= row.faults
    }
  }

  private var served: ServedFile {
    switch row.fault {
    case .otherVersion: ServedFile(FetchFaultScene.otherBody, entityTag: "\"v2\"")
    case .wrongBytes: ServedFile(FetchFaultScene.wrongBody)
    case .changed(let validator):
      ServedFile(FetchFaultScene.changedBody, validator, version: 2)
    default: original
    }
  }

  /// What was there before the fault.
  private var original: ServedFile {
    guard case .changed(let validator) = row.fault else { return ServedFile(FetchFaultScene.body) }
    return ServedFile(FetchFaultScene.body, validator, version: 1)
  }

  private func noteWrong(_ request: Request) {
    guard let part = request.part else { return }
    state.withLock { $0.wrong.append(part) }
  }

  /// An address at another host, each time another one.
  private func far() -> String {
    state.withLock { state in
      defer { state.redirects += 1 }
      return "http://localhost:\(state.port)/far\(state.redirects)?sig=x"
    }
  }

  // MARK: Several connections

  private func parallel(_ request: Request) -> Reply {
    let isFirst = state.withLock { state in
      state.downloads += 1
      return state.downloads == 1
    }
    if isFirst { whenSplit() }
    guard isFirst || !isFaulty() else {
      noteWrong(request)
      var reply = row.fault.reply(to: request, for: served, far: far())
      reply.whenOver = order.begin(at: request.range?.start ?? 0)
      return reply
    }
    var reply = inOrder(original.reply(to: request), request, isFirst)
    if row.lasts, isFirst { reply.cut = FetchFaultScene.keptOfFirst }
    return reply
  }

  /// The good answer, when its turn to end has come.
  private func inOrder(_ reply: Reply, _ request: Request, _ isFirst: Bool) -> Reply {
    var reply = reply
    let start = isFirst ? 0 : request.range?.start ?? 0
    let order = order
    reply.whenOver = order.begin(at: start)
    if row.fault.isStall || row.fault == .refused {
      // Nobody may wait where that counts as a stall, or for what never comes.
      if isFirst { reply.rate = 1_000_000 }
    } else {
      // Less than a range, so that the first connection takes over nobody's.
      reply.pause = Reply.Pause(after: isFirst ? 8 << 10 : 0) { [self] in
        order.waitForLater(than: start, others: 7)
        // Or this answer goes on with parts of others that have not been seen to begin.
        if isFirst, case .wrongBytes = row.fault {
          order.waitForArrival(of: FetchFaultScene.body.count)
        }
      }
    }
    return reply
  }

  // MARK: Addresses that expire

  /// Every address of the bytes is good for one answer.
  private func expiring(_ request: Request) -> Reply {
    guard request.path != "/a" else {
      noteWrong(request)
      return .redirect(to: far())
    }
    var reply = ServedFile(FetchFaultScene.body).reply(to: request)
    let isFresh = request.earlier == 0
    if row.situation == .ranges {
      let isFirst = state.withLock { state in
        state.downloads += 1
        return state.downloads == 1
      }
      if isFirst { return inOrder(reply, request, true) }
      if !isFresh {
        noteWrong(request)
        return Reply(403)
      }
      reply.whenOver = order.begin(at: request.range?.start ?? 0)
      return reply
    }
    guard isFresh else { return Reply(403) }
    if isFaulty() { reply.cut = reply.body.count / 2 }
    return reply
  }
}

extension Request {
  /// The part of the file that is asked for; `nil` for all of it.
  var part: Range<Int>? { range.map { $0.start..<($0.end ?? FetchFaultScene.body.count) } }
}
