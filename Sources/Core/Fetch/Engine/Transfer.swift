internal import CCurl

/// The work of one connection: a range of one file, through all redirects and tries.
///
/// Belongs to the network thread.
final class Transfer: ExchangeReceiver {
  /// What is done with the body of an answer.
  enum Verdict {
    /// The bytes go into the file.
    case take
    /// The beginning is kept, because it may say why the server refuses.
    case collect
    /// The connection is closed; ``Transfer/turn`` says what follows.
    case stop
  }

  /// What follows when a transfer has ended by itself.
  enum Turn {
    /// It has reached the end of its range.
    case reachedEnd
    /// Ask again, from the beginning of the file.
    case restart
    /// Ask again, without `If-Range`.
    case withoutCondition
    /// Ask again, treating the end of the connection as the end of the file.
    case withoutLength
    /// End this connection: the server does not send ranges beside the first answer.
    case drop
    /// The file at the target is the requested one.
    case adopt
    /// Give up this source; the kept bytes stay.
    case refuse(FetchError)
    /// An error in the bytes or at the target. Depending on it, the next source is asked or the
    /// download ends.
    case fail(FetchError)
  }

  /// Largest number of bytes of a refusal's body that are kept.
  static let longestBody = 4 << 10

  unowned let file: FileDownload
  /// Offset of the next byte in the file.
  var position: Int64
  /// End of the range; `nil` while the file's size is unknown.
  var end: Int64?
  /// The redirects of this try.
  var trail: RedirectTrail
  /// The last bytes that arrived, until there are enough to write.
  var block: Block?
  /// Time before which the request is not sent, in monotonic milliseconds.
  var notBefore = 0
  /// Whether an answer has brought requested bytes.
  private(set) var isProven = false
  /// Whether it was opened while other connections were fetching the file.
  var isFurther = false
  /// Whether another connection has taken over this one's range.
  var isTakenOver = false
  /// Whether it waits because the host accepts no more connections while it sends another file.
  var isPutOff = false

  // About the current request:
  private(set) var exchange: Exchange?
  var asksForRange = false
  var hasCondition = false
  var sendsCredential = false
  /// Whether the answer continues beyond ``end``.
  var isOpenEnded = false
  var isPaused = false
  /// The size that an answer without a length must have; `nil` for none.
  var mustReach: Int64?
  private(set) var head = ResponseHead(status: 0)
  /// Whether the arriving bytes are the requested range and not the whole file.
  var isPart: Bool { asksForRange && head.status == 206 }
  var verdict: Verdict?
  var turn: Turn?
  var collected: [UInt8] = []
  /// The beginning of a body that came instead of a part, until it is long enough to show whether
  /// it is a model.
  var opening: [UInt8]?
  var received: Int64 = 0
  private(set) var refusedAddress: String?
  private(set) var headFault: FetchError.ProtocolDetail?
  /// Start of the window in which bytes are counted, in monotonic milliseconds, and their number.
  var windowStart = 0
  var windowBytes: Int64 = 0

  /// - Parameters:
  ///   - start: Offset of the first byte.
  ///   - end: End of the range; `nil` while the file's size is unknown.
  ///   - source: Address of the source.
  init(file: FileDownload, range start: Int64, _ end: Int64?, from source: WebAddress) {
    self.file = file
    position = start
    self.end = end
    trail = RedirectTrail(from: source)
  }

  var isRunning: Bool { exchange != nil }
  /// Address of the current request.
  var address: WebAddress { trail.address }

  /// Sets up the next request for the rest of the range.
  ///
  /// - Parameter direct: The address to which redirects led before; `nil` to begin at the source.
  func restart(at direct: WebAddress?) {
    trail = RedirectTrail(from: direct ?? trail.source, of: trail.source)
  }

  /// Forgets the last answer.
  func clearAnswer() {
    isPutOff = false
    asksForRange = false
    hasCondition = false
    isOpenEnded = false
    isPaused = false
    head = ResponseHead(status: 0)
    verdict = nil
    turn = nil
    collected = []
    opening = nil
    received = 0
    refusedAddress = nil
    headFault = nil
    mustReach = nil
  }

  func takeHead(_ head: ResponseHead) -> Bool {
    self.head = head
    // Some servers send a part with status 200. Others send the whole file with the `Content-Range`
    // of a part. The length decides.
    if head.status == 200, asksForRange,
      let part = head["Content-Range"].flatMap({ ContentRange($0)?.range }),
      let length = head["Content-Length"].flatMap({ Int64(digits: $0[...]) }), length == part.count
    {
      self.head.status = 206
    }
    guard !isTakenOver else { return false }
    let verdict = file.judge(self)
    self.verdict = verdict
    if case .stop = verdict { return false }
    return true
  }

  func takeBody(_ bytes: UnsafeRawBufferPointer) -> Int {
    guard !isTakenOver else { return 0 }
    switch verdict {
    case .take:
      isProven = true
      return file.take(bytes, from: self)
    case .collect:
      collected.append(contentsOf: bytes.prefix(Self.longestBody - collected.count))
      // Reading more would only cost time. A short body is read to its end, so that the connection
      // of a redirect can be reused.
      return collected.count < Self.longestBody ? bytes.count : 0
    case .stop, nil: return 0
    }
  }
}

extension Transfer {
  /// Prepares libcurl for the current request; `nil` when it has no memory.
  func open(_ settings: ConnectionSettings) -> Exchange? {
    clearAnswer()
    let exchange = Exchange(
      address, settings, allowsPrivateAddresses: trail.mayBePrivate(file.source.reach),
      receiver: self)
    self.exchange = exchange
    guard let exchange else { return nil }
    if file.server.ignoresLength {
      exchange.set(CURLOPT_IGNORE_CONTENT_LENGTH, 1)
      // The end of the connection then marks the end of the body.
      exchange.addHeader("Connection", "close")
    }
    setHeaders(exchange)
    return exchange
  }

  /// Ends the current request and frees what libcurl needed for it.
  func close() {
    refusedAddress = exchange?.refusedAddress
    headFault = exchange?.headFault
    exchange = nil
  }

  private func setHeaders(_ exchange: Exchange) {
    asksForRange = position > 0 || (end != nil && end != file.arrived.total)
    if asksForRange {
      let last = end.flatMap { $0 == file.arrived.total ? nil : String($0 - 1) } ?? ""
      isOpenEnded = last.isEmpty
      exchange.set(CURLOPT_RANGE, "\(position)-\(last)")
      if let condition = file.condition {
        hasCondition = true
        exchange.addHeader("If-Range", condition)
      }
    } else {
      isOpenEnded = true
    }
    sendsCredential = exchange.addFields(of: file.source, along: trail)
  }
}
