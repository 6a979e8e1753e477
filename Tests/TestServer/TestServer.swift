import Synchronization
import SystemLibrary

/// An HTTP/1.1 server on 127.0.0.1 that does what a script says, down to the byte.
///
/// Each connection has a thread of its own. Requests are recorded in the order they came.
public final class TestServer: Sendable {
  public typealias Script = @Sendable (Request) -> Reply

  /// The port it listens on.
  public let port: UInt16
  private let listener: Int32
  private let script: Script
  private let state = Mutex(State())

  private struct State {
    var requests: [Request] = []
    var connections: Set<Int32> = []
    var isStopped = false
    var refusesFurther = false
    var accepted = 0
    var open = 0
    var mostOpen = 0
  }

  /// Starts to listen; `nil` when the system has no port.
  ///
  /// - Parameter isClosed: Whether connections are refused until ``open()``.
  public init?(port wanted: UInt16 = 0, isClosed: Bool = false, _ script: @escaping Script) {
    guard let (listener, port) = bindToLoopback(wanted) else { return nil }
    self.listener = listener
    self.script = script
    self.port = port
    if !isClosed { open() }
  }

  /// Starts to listen; to be called once.
  public func open() {
    listen(listener, 128)
    spawn { [self] in acceptConnections() }
  }

  /// `http://127.0.0.1:PORT` and a path.
  public func url(_ path: String) -> String { "http://127.0.0.1:\(port)\(path)" }

  /// All requests so far.
  public var requests: [Request] { state.withLock { $0.requests } }

  /// How many connections were made to it.
  public var connections: Int { state.withLock { $0.accepted } }

  /// Most answers that were under way at once.
  public var mostOpen: Int { state.withLock { $0.mostOpen } }

  /// Refuses further connections; those that are there go on.
  public func refuseFurther() {
    state.withLock { state in
      // The listener is closed soon after; its number may then be another's.
      if !state.refusesFurther { shutdown(listener, Int32(SHUT_RDWR)) }
      state.refusesFurther = true
    }
  }

  /// Ends all connections and refuses further ones.
  public func stop() {
    let connections = state.withLock { state in
      state.isStopped = true
      return state.connections
    }
    refuseFurther()
    for connection in connections { shutdown(connection, Int32(SHUT_RDWR)) }
  }

  private var isStopped: Bool { state.withLock { $0.isStopped } }

  private func acceptConnections() {
    while true {
      let connection = accept(listener, nil, nil)
      guard connection >= 0 else {
        if errno == EINTR { continue }
        break
      }
      let isStopped = state.withLock { state in
        state.connections.insert(connection)
        state.accepted += 1
        return state.isStopped
      }
      guard !isStopped else {
        end(connection)
        break
      }
      var yes: Int32 = 1
      setsockopt(
        connection, Int32(IPPROTO_TCP), TCP_NODELAY, &yes, socklen_t(MemoryLayout<Int32>.size))
      spawn { [self] in
        serve(connection)
        end(connection)
      }
    }
    close(listener)
  }

  private func end(_ connection: Int32) {
    state.withLock { _ = $0.connections.remove(connection) }
    close(connection)
  }

  // MARK: One connection

  private func serve(_ connection: Int32) {
    var input: [UInt8] = []
    while !isStopped, let request = read(connection, &input) {
      let reply = script(request)
      let isLast = request["Connection"]?.lowercased() == "close"
      state.withLock { state in
        state.open += 1
        state.mostOpen = max(state.mostOpen, state.open)
      }
      let goesOn = send(reply, to: connection, headOnly: request.method == "HEAD")
      state.withLock { $0.open -= 1 }
      guard goesOn, !isLast else { return }
    }
  }

  private func read(_ connection: Int32, _ input: inout [UInt8]) -> Request? {
    let mark = Array("\r\n\r\n".utf8)
    var buffer = [UInt8](repeating: 0, count: 16 << 10)
    while true {
      if let end = input.indices.first(where: { input[$0...].starts(with: mark) }) {
        let text = String(decoding: input[..<end], as: UTF8.self)
        input.removeSubrange(..<(end + mark.count))
        return record(text, body(of: text, connection, &input))
      }
      let count = recv(connection, &buffer, buffer.count, 0)
      guard count > 0, input.count < 1 << 20 else { return nil }
      input += buffer[..<count]
    }
  }

  /// Reads what is sent behind a head that tells its length.
  private func body(of head: String, _ connection: Int32, _ input: inout [UInt8]) -> [UInt8] {
    let lines = head.lowercased().split(separator: "\r\n")
    let length =
      lines.first { $0.hasPrefix("content-length:") }
      .flatMap { Int($0.dropFirst("content-length:".count).filter { $0 != " " }) } ?? 0
    guard length > 0 else { return [] }
    if lines.contains(where: { $0.hasPrefix("expect: 100") }) {
      _ = write(Array("HTTP/1.1 100 Continue\r\n\r\n".utf8)[...], connection)
    }
    var buffer = [UInt8](repeating: 0, count: 256 << 10)
    while input.count < length {
      let count = recv(connection, &buffer, buffer.count, 0)
      guard count > 0 else { break }
      input += buffer[..<count]
    }
    let body = Array(input.prefix(length))
    input.removeFirst(body.count)
    return body
  }

  private func record(_ text: String, _ body: [UInt8]) -> Request? {
    let lines = text.split(separator: "\r\n")
    let words = lines.first?.split(separator: " ") ?? []
    guard words.count == 3 else { return nil }
    let headers = lines.dropFirst().compactMap { line -> (name: String, value: String)? in
      guard let colon = line.firstIndex(of: ":") else { return nil }
      let value = line[line.index(after: colon)...].drop { $0 == " " }
      return (String(line[..<colon]), String(value))
    }
    return state.withLock { state in
      let target = String(words[1])
      let request = Request(
        method: String(words[0]), target: target, headers: headers, body: body, port: port,
        earlier: state.requests.count { $0.target == target })
      state.requests.append(request)
      return request
    }
  }

  /// Whether the connection may be used again.
  private func send(_ reply: Reply, to connection: Int32, headOnly: Bool) -> Bool {
    defer { reply.whenOver() }
    if reply.hangsUp { return false }
    if reply.delay > 0 { usleep(UInt32(reply.delay) * 1000) }
    var head = "HTTP/1.1 \(reply.status) Status\r\n"
    for header in reply.headers { head += "\(header.name): \(header.value)\r\n" }
    var closes = false
    switch reply.length {
    case _ where reply.isChunked: head += "Transfer-Encoding: chunked\r\n"
    case .ofBody: head += "Content-Length: \(reply.body.count)\r\n"
    case .text(let text):
      head += "Content-Length: \(text)\r\n"
      closes = text != "\(reply.body.count)"
    case .none:
      head += "Connection: close\r\n"
      closes = true
    }
    let headBytes = Array((head + "\r\n").utf8)
    guard write(headBytes.prefix(reply.headCut ?? headBytes.count), connection) else {
      return false
    }
    guard reply.headCut == nil else { return breakOff(reply, connection) }
    guard !headOnly else { return !closes }
    return sendBody(reply, to: connection) && !closes
  }

  private func sendBody(_ reply: Reply, to connection: Int32) -> Bool {
    let body = reply.body
    let stop = min(reply.cut ?? .max, reply.stall ?? .max, body.count)
    let step = reply.rate.map { max(1, $0 / 50) } ?? (256 << 10)
    var position = 0
    var pause = reply.pause
    while position < stop {
      if let due = pause, position >= due.after {
        due.wait()
        pause = nil
      }
      let end = min(position + step, stop, pause?.after ?? stop)
      switch body {
      case .bytes(let bytes):
        let piece = bytes[(bytes.startIndex + position)..<(bytes.startIndex + end)]
        let chunk = reply.isChunked ? Self.chunk(piece) : piece
        guard write(chunk, connection) else { return false }
      case .file(let file):
        guard file.send(position..<end, to: connection) else { return false }
      }
      if reply.rate != nil { usleep(20_000) }
      position = end
    }
    guard stop == body.count, reply.cut ?? .max > stop, reply.stall ?? .max > stop else {
      return breakOff(reply, connection)
    }
    return reply.isChunked ? write(Array("0\r\n\r\n".utf8)[...], connection) : true
  }

  /// Stops in the middle of an answer, as it asks for; never may the connection be used again.
  private func breakOff(_ reply: Reply, _ connection: Int32) -> Bool {
    if reply.resets {
      var linger = linger(l_onoff: 1, l_linger: 0)
      setsockopt(
        connection, SOL_SOCKET, SO_LINGER, &linger,
        socklen_t(MemoryLayout.size(ofValue: linger)))
    }
    if reply.stall != nil {
      // Ends when the client does.
      var byte: UInt8 = 0
      while recv(connection, &byte, 1, 0) > 0 {}
    }
    return false
  }

  private static func chunk(_ bytes: ArraySlice<UInt8>) -> ArraySlice<UInt8> {
    (Array("\(String(bytes.count, radix: 16))\r\n".utf8) + bytes + Array("\r\n".utf8))[...]
  }

  private func write(_ bytes: ArraySlice<UInt8>, _ connection: Int32) -> Bool {
    #if os(Linux)
      let flags = Int32(MSG_NOSIGNAL)
    #else
      let flags: Int32 = 0
    #endif
    return bytes.withUnsafeBytes { raw in
      var rest = raw[...]
      while !rest.isEmpty {
        let part = UnsafeRawBufferPointer(rebasing: rest)
        let count = Self.transmit(connection, part, flags)
        if count < 0, errno == EINTR { continue }
        guard count > 0 else { return false }
        rest = rest.dropFirst(count)
      }
      return true
    }
  }

  /// The system's `send`, whose name one of ours has.
  private static func transmit(
    _ connection: Int32, _ bytes: UnsafeRawBufferPointer, _ flags: Int32
  ) -> Int {
    SystemLibrary.send(connection, bytes.baseAddress, bytes.count, flags)
  }
}
