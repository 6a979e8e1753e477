internal import CCurl

/// The work of one connection: a range of one file, over all redirects and tries.
///
/// Belongs to the network thread.
final class Transfer {
  /// What is done with the body of an answer.
  enum Verdict {
    /// The bytes go into the file.
    case take
    /// The beginning is kept: it may tell why the server refuses.
    case collect
    /// The connection is ended; ``Transfer/turn`` tells what follows.
    case stop
  }

  /// What follows when a transfer ended itself.
  enum Turn {
    /// The end of its range.
    case reachedEnd
    /// Once more, from the beginning of the file.
    case restart
    /// Once more, without `If-Range`.
    case withoutCondition
    /// Once more, with the end of the connection as the end of the file.
    case withoutLength
    /// The server sends no ranges beside the first answer.
    case drop
    /// The file at the target is the one asked for.
    case adopt
    /// The end of the file's download.
    case fail(FetchError)
  }

  static let longestBody = 4 << 10
  private static let longestHead = 256 << 10

  unowned let file: FileDownload
  /// The next byte of the file.
  var position: Int64
  /// End of the range; `nil` while the file's size is not known.
  var end: Int64?
  /// Address of the request at hand.
  var address: WebAddress
  /// Address that the source's own headers are for.
  var origin: WebAddress
  var visited: Set<String> = []
  /// Heads of the answers of this try.
  var heads: [ResponseHead] = []
  /// Time before which the request is not sent.
  var notBefore = 0

  // Of the request at hand:
  var easy: UnsafeMutableRawPointer?
  var headers: UnsafeMutablePointer<curl_slist>?
  var callbacks: UnsafeMutablePointer<comfy_transfer_callbacks>?
  var asksForRange = false
  var hasCondition = false
  var sendsHeaders = false
  /// The answer goes on beyond ``end``.
  var isOpenEnded = false
  var isPaused = false
  var status = 0
  var fields: [ResponseHead.Field] = []
  private var headLength = 0
  var verdict: Verdict?
  var turn: Turn?
  var collected: [UInt8] = []
  var received: Int64 = 0
  var refusedAddress: String?
  /// Start of the window in which bytes are counted, and their number.
  var windowStart = 0
  var windowBytes: Int64 = 0

  init(file: FileDownload, range start: Int64, _ end: Int64?, at address: WebAddress) {
    self.file = file
    position = start
    self.end = end
    self.address = address
    origin = address
  }

  var isRunning: Bool { easy != nil }
  var head: ResponseHead { ResponseHead(status: status, fields: fields) }

  /// Sets up the next request for the rest of the range.
  func restart(at address: WebAddress) {
    self.address = address
    origin = address
    visited = []
    heads = []
  }

  /// Forgets the last answer.
  func clearAnswer() {
    asksForRange = false
    hasCondition = false
    isOpenEnded = false
    isPaused = false
    status = 0
    fields = []
    headLength = 0
    verdict = nil
    turn = nil
    collected = []
    received = 0
    refusedAddress = nil
  }

  /// Takes a line of the head; `false` ends the transfer.
  func takeHeaderLine(_ bytes: UnsafeRawBufferPointer) -> Bool {
    guard verdict == nil else { return true }
    headLength += bytes.count
    guard headLength <= Self.longestHead else { return false }
    let line = bytes.filter { $0 != 0x0D && $0 != 0x0A }
    if line.starts(with: Array("HTTP/".utf8)) {
      fields = []
      let words = line.split(separator: 0x20, maxSplits: 2)
      status = words.count > 1 ? Int(String(decoding: words[1], as: UTF8.self)) ?? 0 : 0
    } else if let colon = line.firstIndex(of: 0x3A) {
      let value = String(decoding: line[(colon + 1)...], as: UTF8.self)
      let name = String(decoding: line[..<colon], as: UTF8.self)
      fields.append(ResponseHead.Field(name: name, value: String(value.trimmingBlanks)))
    } else if line.isEmpty, status >= 200 {
      let verdict = file.judge(self)
      self.verdict = verdict
      if case .stop = verdict { return false }
    }
    return true
  }

  /// Takes bytes of the body; the number taken, or libcurl's sign for a pause.
  func takeBody(_ bytes: UnsafeRawBufferPointer) -> Int {
    switch verdict {
    case .take: return file.take(bytes, from: self)
    case .collect:
      collected.append(contentsOf: bytes.prefix(Self.longestBody - collected.count))
      // More would only cost time; a redirect's connection is still good when its body is short.
      return collected.count < Self.longestBody ? bytes.count : 0
    case .stop, nil: return 0
    }
  }
}

extension Transfer {
  /// Prepares libcurl for the request at hand; `false` when it has no memory.
  func open(_ options: FetchOptions, proxies: ProxySettings, certificates: Certificates) -> Bool {
    clearAnswer()
    guard let easy = comfy_easy_init() else { return false }
    self.easy = easy
    set(easy, CURLOPT_URL, address.url)
    set(easy, CURLOPT_USERAGENT, options.userAgent)
    // Also makes libcurl decode what a server encodes all the same.
    set(easy, CURLOPT_ACCEPT_ENCODING, "identity")
    set(easy, CURLOPT_NOSIGNAL, 1)
    set(easy, CURLOPT_FOLLOWLOCATION, 0)
    set(easy, CURLOPT_BUFFERSIZE, 512 << 10)
    set(easy, CURLOPT_TCP_KEEPALIVE, 1)
    set(easy, CURLOPT_SUPPRESS_CONNECT_HEADERS, 1)
    set(easy, CURLOPT_CONNECTTIMEOUT_MS, options.connectTimeout)
    // Ranges are to come over connections of their own, not to share one.
    set(easy, CURLOPT_HTTP_VERSION, 2)
    if file.ignoresLength { set(easy, CURLOPT_IGNORE_CONTENT_LENGTH, 1) }
    let proxy = proxies.proxy(for: address)
    set(easy, CURLOPT_PROXY, proxy ?? "")
    set(easy, CURLOPT_NOPROXY, "")
    certificates.file.map { set(easy, CURLOPT_CAINFO, $0) }
    certificates.directory.map { set(easy, CURLOPT_CAPATH, $0) }
    setHeaders(easy)
    setCallbacks(easy, checksAddress: proxy == nil && !file.request.allowsPrivateAddresses)
    return true
  }

  /// Frees what libcurl needed for the request at hand.
  func close() {
    easy.map { comfy_easy_cleanup($0) }
    easy = nil
    headers.map { comfy_list_free($0) }
    headers = nil
    callbacks?.deallocate()
    callbacks = nil
  }

  private func set(_ easy: UnsafeMutableRawPointer, _ option: CURLoption, _ value: String) {
    _ = comfy_easy_set_string(easy, option, value)
  }

  private func set(_ easy: UnsafeMutableRawPointer, _ option: CURLoption, _ value: Int) {
    _ = comfy_easy_set_long(easy, option, value)
  }

  private func setHeaders(_ easy: UnsafeMutableRawPointer) {
    asksForRange = position > 0 || (end != nil && end != file.total)
    if asksForRange {
      let last = end.flatMap { $0 == file.total ? nil : String($0 - 1) } ?? ""
      isOpenEnded = last.isEmpty
      set(easy, CURLOPT_RANGE, "\(position)-\(last)")
      if let condition = file.condition {
        hasCondition = true
        add("If-Range: \(condition)")
      }
    } else {
      isOpenEnded = true
    }
    sendsHeaders = false
    if address.sharesHeaders(with: origin) {
      for header in file.source.headers {
        // A line end in a value would start a header of its own.
        let value = header.value.reveal().unicodeScalars.filter { $0.value >= 0x20 }
        add("\(header.name): \(String(String.UnicodeScalarView(value)))")
        sendsHeaders = true
      }
    }
    _ = comfy_easy_set_list(easy, CURLOPT_HTTPHEADER, headers)
  }

  private func add(_ header: String) {
    headers = comfy_list_append(headers, header) ?? headers
  }

  private func setCallbacks(_ easy: UnsafeMutableRawPointer, checksAddress: Bool) {
    let callbacks = UnsafeMutablePointer<comfy_transfer_callbacks>.allocate(capacity: 1)
    callbacks.initialize(to: comfy_transfer_callbacks())
    callbacks.pointee.context = Unmanaged.passUnretained(self).toOpaque()
    callbacks.pointee.header = { bytes, size, count, context in
      guard let context, let bytes else { return 0 }
      let transfer = Unmanaged<Transfer>.fromOpaque(context).takeUnretainedValue()
      let line = UnsafeRawBufferPointer(start: bytes, count: size * count)
      return transfer.takeHeaderLine(line) ? size * count : 0
    }
    callbacks.pointee.body = { bytes, size, count, context in
      guard let context, let bytes else { return 0 }
      let transfer = Unmanaged<Transfer>.fromOpaque(context).takeUnretainedValue()
      return transfer.takeBody(UnsafeRawBufferPointer(start: bytes, count: size * count))
    }
    if checksAddress {
      callbacks.pointee.address = { address, length, context in
        guard let context else { return false }
        let bytes = UnsafeRawBufferPointer(start: address, count: length)
        return Unmanaged<Transfer>.fromOpaque(context).takeUnretainedValue()
          .mayConnect(to: IPAddress(socketAddress: bytes))
      }
      callbacks.pointee.peer = { address, context in
        guard let context, let address else { return false }
        return Unmanaged<Transfer>.fromOpaque(context).takeUnretainedValue()
          .mayConnect(to: IPAddress(String(cString: address)))
      }
    }
    self.callbacks = callbacks
    _ = comfy_easy_set_callbacks(easy, callbacks)
  }

  private func mayConnect(to address: IPAddress?) -> Bool {
    guard let address, !address.isPrivate else {
      refusedAddress = address?.text ?? "?"
      return false
    }
    return true
  }
}

/// Where the certificates of trusted authorities lie, when not where libcurl looks by itself.
struct Certificates: Sendable {
  var file: String?
  var directory: String?

  init(_ surroundings: Surroundings) {
    file = surroundings["CURL_CA_BUNDLE"] ?? surroundings["SSL_CERT_FILE"]
    directory = surroundings["SSL_CERT_DIR"]
  }
}
