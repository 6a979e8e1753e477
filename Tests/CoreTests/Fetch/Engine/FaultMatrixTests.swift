import Core
import Synchronization
import TestServer
import Testing

/// Every fault in every situation: the file ends with the right bytes, and never with others.
@Suite struct FaultMatrixTests {
  enum Fault: String, CaseIterable, Sendable {
    case status500, status429, cut, reset, stall, hangUp, ignoresRange, wrongContentRange
    case otherTotal, notSatisfiable, noValidators, weakTag, changedTag, ignoresCondition, redirect
    case expiredRedirect, chunked, noLength, slow
  }

  enum Situation: String, CaseIterable, Sendable {
    case first, resume, ranges
  }

  static let cases = Fault.allCases.flatMap { fault in
    Situation.allCases.map { (fault, $0) }
  }

  /// The answer with the fault in it.
  static func reply(_ fault: Fault, _ request: Request, _ served: ServedFile) -> Reply {
    var reply = served.reply(to: request)
    let half = reply.body.count / 2
    switch fault {
    case .status500: reply = Reply(500)
    case .status429: reply = Reply(429, headers: [("Retry-After", "0")])
    case .cut: reply.cut = half
    case .reset: (reply.cut, reply.resets) = (half, true)
    case .stall: reply.stall = half
    case .hangUp: reply.hangsUp = true
    case .ignoresRange: reply = Reply(200, headers: reply.headers, body: served.bytes)
    case .wrongContentRange where request.range != nil:
      reply.set("Content-Range", "bytes 1-2/\(served.bytes.count)")
    case .otherTotal where request.range != nil:
      let start = request.range?.start ?? 0
      reply.set("Content-Range", "bytes \(start)-\(served.bytes.count)/\(served.bytes.count + 1)")
    case .notSatisfiable where request.range != nil: reply = Reply(416)
    case .noValidators: reply.set("ETag", nil)
    case .weakTag: reply.set("ETag", "W/\"v1\"")
    case .changedTag: reply.set("ETag", "\"v\(request.earlier)\"")
    case .ignoresCondition where request["If-Range"] != nil:
      reply = Reply(200, headers: [("ETag", "\"v1\"")], body: served.bytes)
    case .redirect, .expiredRedirect: reply = .redirect(to: "/elsewhere\(request.earlier)?sig=x")
    case .chunked: reply.isChunked = true
    case .noLength: reply.length = .none
    case .slow: reply.rate = 2_000_000
    case .wrongContentRange, .otherTotal, .notSatisfiable, .ignoresCondition: break
    }
    return reply
  }

  @Test("right bytes, or none", arguments: cases)
  func matrix(fault: Fault, situation: Situation) throws {
    let body = content(300_000)
    let left = Mutex(situation == .ranges ? 3 : 2)
    let isInterrupted = Mutex(situation == .resume)
    let scene = try Scene { request in
      let served = ServedFile(body)
      if isInterrupted.withLock({ $0 }) {
        var reply = served.reply(to: request)
        reply.cut = 100_000
        return reply
      }
      if request.path.hasPrefix("/elsewhere") {
        return fault == .expiredRedirect && request.earlier > 0
          ? Reply(403) : served.reply(to: request)
      }
      // With several ranges, the first answer is good, so that there are several.
      if situation == .ranges, request.earlier == 0 {
        var reply = served.reply(to: request)
        reply.rate = 3_000_000
        return reply
      }
      let isFaulty = left.withLock { count in
        count -= 1
        return count >= 0
      }
      return isFaulty ? Self.reply(fault, request, served) : served.reply(to: request)
    }
    scene.options.attempts = 8
    scene.options.smallestRange = 32 << 10
    scene.options.splitAfter = situation == .ranges ? 0 : 1_000_000
    if situation == .resume {
      scene.options.attempts = 1
      #expect(try scene.run(scene.request()).error != nil)
      scene.options.attempts = 8
      isInterrupted.withLock { $0 = false }
    }
    let outcome = try scene.run(scene.request())
    #expect(outcome.file?.blake3 == blake3(body), "\(outcome)")
    #expect(scene.holds(body, at: "loras/m.pt"))
    #expect(scene.names() == ["m.pt"])
  }
}
