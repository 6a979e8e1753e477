internal import Foundation
public import SystemPackage
public import TestServer

extension TestServer {
  /// Serves the files below a directory, and 404 for everything else.
  ///
  /// A file `NAME.http` is the answer for `NAME` as it is to be sent, `NAME.HEAD.http` the one for
  /// that method alone: status line, headers, an empty line, body. `$PORT` in its head is the server's
  /// port. `Content-Length` is added unless the file has its own or `Connection: close`.
  ///
  /// Two headers are not sent. `Stall: N`: nothing comes after N bytes of the body. `Await: FILE`: the
  /// answer comes once FILE is in the directory. With either of them `NAME.asked` is made there when
  /// the file is asked for.
  public convenience init?(serving directory: FilePath) {
    self.init { request in
      guard let path = request.path.dropFirst().removingPercentEncoding,
        let file = directory.lexicallyResolving(FilePath(path))
      else { return .text(404, "not found\n") }
      for ending in [".\(request.method).http", ".http"] {
        guard let bytes = try? Data(contentsOf: URL(fileURLWithPath: file.string + ending)) else {
          continue
        }
        let written = WrittenReply([UInt8](bytes), port: request.port)
        if request.method == "GET", written.reply.stall != nil || written.awaited != nil {
          _ = FileManager.default.createFile(atPath: file.string + ".asked", contents: nil)
        }
        if request.method == "GET", let awaited = written.awaited {
          let gate = directory.appending(awaited).string
          while !FileManager.default.fileExists(atPath: gate) { usleep(5_000) }
        }
        return written.reply
      }
      guard let bytes = try? Data(contentsOf: URL(fileURLWithPath: file.string)) else {
        return .text(404, "not found\n")
      }
      return ServedFile([UInt8](bytes)).reply(to: request)
    }
  }
}

/// The answer that a file `NAME.http` holds.
private struct WrittenReply {
  var reply: Reply
  /// The file that has to be there first.
  var awaited: String?

  init(_ bytes: [UInt8], port: UInt16) {
    let end = bytes.indices.first { bytes[$0...].starts(with: [0x0A, 0x0A]) } ?? bytes.endIndex
    let head = String(decoding: bytes[..<end], as: UTF8.self).split(
      separator: "$PORT", omittingEmptySubsequences: false
    ).joined(separator: "\(port)")
    let lines = head.split(separator: "\n")
    let status = lines.first?.split(separator: " ").dropFirst().first.flatMap { Int($0) } ?? 0
    reply = Reply(status, body: bytes[end...].dropFirst(2))
    for line in lines.dropFirst() {
      let name = String(line.prefix { $0 != ":" })
      let value = line.dropFirst(name.count + 1).trimmingPrefix(" ")
      switch name {
      case "Stall": reply.stall = Int(value)
      case "Await": awaited = String(value)
      case "Content-Length": reply.length = .text(String(value))
      case "Connection" where value == "close": reply.length = .none
      default: reply.headers.append((name, String(value)))
      }
    }
  }
}
