internal import Foundation
public import SystemPackage

/// Serves a directory over HTTP on 127.0.0.1 for as long as it lives: GET and HEAD, one range,
/// entity tags, 404; one request a connection.
public final class FileServer: Sendable {
  /// `http://127.0.0.1:PORT`
  public let address: String
  private let listener: Int32

  /// Listens on a port that is free.
  ///
  /// - Throws: `Errno` where the system allows no socket.
  public init(serving directory: FilePath) throws {
    #if canImport(Glibc)
      let listener = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    #else
      let listener = socket(AF_INET, SOCK_STREAM, 0)
    #endif
    guard listener >= 0 else { throw Errno(rawValue: errno) }
    _ = fcntl(listener, F_SETFD, FD_CLOEXEC)
    var name = sockaddr_in()
    name.sin_family = sa_family_t(AF_INET)
    name.sin_addr.s_addr = inet_addr("127.0.0.1")
    var length = socklen_t(MemoryLayout<sockaddr_in>.size)
    let code = withUnsafeMutablePointer(to: &name) {
      $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        bind(listener, $0, length) == 0 && listen(listener, 64) == 0
          && getsockname(listener, $0, &length) == 0
      }
    }
    guard code else { throw Errno(rawValue: errno) }
    self.listener = listener
    address = "http://127.0.0.1:\(UInt16(bigEndian: name.sin_port))"
    Thread.detachNewThread {
      while true {
        let peer = accept(listener, nil, nil)
        guard peer >= 0 else { return }
        _ = fcntl(peer, F_SETFD, FD_CLOEXEC)
        Thread.detachNewThread {
          Self.serve(directory, to: FileDescriptor(rawValue: peer))
        }
      }
    }
  }

  deinit {
    // Ends the accept of the thread that waits in it.
    _ = shutdown(listener, Int32(SHUT_RDWR))
    close(listener)
  }

  private static func serve(_ directory: FilePath, to peer: FileDescriptor) {
    defer { try? peer.close() }
    var request: [UInt8] = []
    var buffer = [UInt8](repeating: 0, count: 16_384)
    while !request.suffix(4).elementsEqual("\r\n\r\n".utf8), request.count < 1 << 20 {
      guard let count = try? buffer.withUnsafeMutableBytes({ try peer.read(into: $0) }), count > 0
      else { return }
      request += buffer[..<count]
    }
    // SIGPIPE is not raised by send with this flag; a reader may leave at any time.
    var rest = answer(to: String(decoding: request, as: UTF8.self), directory)[...]
    while !rest.isEmpty {
      let sent = rest.withUnsafeBytes {
        send(peer.rawValue, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
      }
      guard sent > 0 else { return }
      rest = rest.dropFirst(sent)
    }
  }

  private static func answer(to request: String, _ directory: FilePath) -> [UInt8] {
    let lines = request.split(separator: "\r\n")
    let words = lines.first?.split(separator: " ") ?? []
    guard words.count == 3, ["GET", "HEAD"].contains(words[0]) else {
      return head("405 Method Not Allowed", length: 0)
    }
    let path = words[1].split(separator: "?").first.flatMap { $0.removingPercentEncoding } ?? "/"
    guard let relative = directory.lexicallyResolving(FilePath(String(path.dropFirst()))),
      let body = try? [UInt8](Data(contentsOf: URL(fileURLWithPath: relative.string)))
    else { return head("404 Not Found", length: 0) }
    let fields = "ETag: \"\(body.count)\"\r\nAccept-Ranges: bytes\r\n"
    let isHead = words[0] == "HEAD"
    guard let range = lines.first(where: { $0.lowercased().hasPrefix("range: bytes=") }) else {
      return head("200 OK", length: body.count, fields) + (isHead ? [] : body)
    }
    let ends = range.dropFirst("range: bytes=".count)
      .split(separator: "-", omittingEmptySubsequences: false)
    let first = ends.first.flatMap { Int($0) } ?? 0
    let last = min(ends.last.flatMap { Int($0) } ?? body.count - 1, body.count - 1)
    guard first <= last else {
      return head(
        "416 Range Not Satisfiable", length: 0, "Content-Range: bytes */\(body.count)\r\n")
    }
    let part = fields + "Content-Range: bytes \(first)-\(last)/\(body.count)\r\n"
    return head("206 Partial Content", length: last - first + 1, part)
      + (isHead ? [] : body[first...last])
  }

  private static func head(_ status: String, length: Int, _ fields: String = "") -> [UInt8] {
    Array(
      "HTTP/1.1 \(status)\r\nContent-Length: \(length)\r\n\(fields)Connection: close\r\n\r\n".utf8)
  }
}
