import Synchronization
import SystemLibrary

/// A SOCKS 5 proxy on 127.0.0.1 (RFC 1928), to which every name is 127.0.0.1.
public final class SocksProxy: Sendable {
  /// The port it listens on.
  public let port: UInt16
  private let listener: Int32
  private let asked = Mutex<[String]>([])

  /// Starts to listen; `nil` when the system has no port.
  public init?() {
    guard let (listener, port) = listenOnLoopback() else { return nil }
    self.listener = listener
    self.port = port
    spawn { [self] in
      while true {
        let connection = accept(listener, nil, nil)
        guard connection >= 0 else {
          if errno == EINTR { continue }
          break
        }
        spawn { [self] in
          serve(connection)
          close(connection)
        }
      }
      close(listener)
    }
  }

  /// Where connections were asked for, as `HOST:PORT`.
  public var destinations: [String] { asked.withLock { $0 } }

  public func stop() { shutdown(listener, Int32(SHUT_RDWR)) }

  private func serve(_ connection: Int32) {
    guard let greeting = take(2, connection), greeting[0] == 5,
      take(Int(greeting[1]), connection) != nil, put([5, 0], connection),
      let request = take(4, connection), let host = host(kind: request[3], connection),
      let port = take(2, connection).map({ UInt16($0[0]) << 8 | UInt16($0[1]) })
    else { return }
    asked.withLock { $0.append("\(host):\(port)") }
    guard let target = connectToLoopback(port) else {
      _ = put([5, 5, 0, 1, 0, 0, 0, 0, 0, 0], connection)
      return
    }
    defer { close(target) }
    guard put([5, 0, 0, 1, 0, 0, 0, 0, 0, 0], connection) else { return }
    relay(connection, target)
  }

  private func host(kind: UInt8, _ connection: Int32) -> String? {
    switch kind {
    case 1: take(4, connection)?.map(String.init).joined(separator: ".")
    case 3:
      take(1, connection).flatMap { take(Int($0[0]), connection) }
        .map { String(decoding: $0, as: UTF8.self) }
    default: nil
    }
  }

  /// Passes bytes on in both directions until one side ends.
  private func relay(_ one: Int32, _ other: Int32) {
    var buffer = [UInt8](repeating: 0, count: 64 << 10)
    var waits = [one, other].map { pollfd(fd: $0, events: Int16(POLLIN), revents: 0) }
    while poll(&waits, 2, -1) > 0 {
      for index in waits.indices where waits[index].revents != 0 {
        let count = recv(waits[index].fd, &buffer, buffer.count, 0)
        guard count > 0, put(Array(buffer[..<count]), waits[1 - index].fd) else { return }
      }
    }
  }

  private func take(_ count: Int, _ connection: Int32) -> [UInt8]? {
    var bytes: [UInt8] = []
    var buffer = [UInt8](repeating: 0, count: 256)
    while bytes.count < count {
      let got = recv(connection, &buffer, min(buffer.count, count - bytes.count), 0)
      guard got > 0 else { return nil }
      bytes += buffer[..<got]
    }
    return bytes
  }

  private func put(_ bytes: [UInt8], _ connection: Int32) -> Bool {
    var rest = bytes[...]
    while !rest.isEmpty {
      let count = rest.withUnsafeBytes { write(connection, $0.baseAddress, $0.count) }
      guard count > 0 else { return false }
      rest = rest.dropFirst(count)
    }
    return true
  }
}
