internal import SystemLibrary
internal import TestServer

/// `loopback-server DIR [--delay MILLISECONDS] [--rate BYTES]`: serves the files below a directory
/// on 127.0.0.1, at a free port, until it is ended.
///
/// Its address is one line on stdout, written once it listens. Every answer starts after the delay,
/// and every connection gets at most the rate's bytes a second.
@main
enum LoopbackServer {
  static func main() {
    guard let arguments = Arguments(CommandLine.arguments.dropFirst()) else {
      write("usage: loopback-server DIR [--delay MILLISECONDS] [--rate BYTES]\n", to: STDERR_FILENO)
      exit(129)
    }
    let folder = ServedFolder(arguments.directory)
    let server = TestServer { request in
      var reply = folder.reply(to: request)
      reply.delay = arguments.delay
      reply.rate = arguments.rate
      return reply
    }
    guard let server else {
      write("fatal: no port to listen on\n", to: STDERR_FILENO)
      exit(128)
    }
    write(server.url("") + "\n", to: STDOUT_FILENO)
    withExtendedLifetime(server) { while true { pause() } }
  }

  private static func write(_ text: String, to descriptor: Int32) {
    var text = text
    text.withUTF8 { bytes in
      _ = SystemLibrary.write(descriptor, bytes.baseAddress, bytes.count)
    }
  }
}

/// What the command line asks for.
struct Arguments: Sendable {
  var directory = ""
  /// Milliseconds.
  var delay = 0
  /// Bytes a second; `nil` as fast as it goes.
  var rate: Int?

  init?(_ words: some Sequence<String>) {
    var words = words.makeIterator()
    while let word = words.next() {
      switch word {
      case "--delay":
        guard let value = words.next().flatMap(UInt16.init) else { return nil }
        delay = Int(value)
      case "--rate":
        guard let value = words.next().flatMap(UInt32.init), value > 0 else { return nil }
        rate = Int(value)
      default:
        guard directory.isEmpty, !word.hasPrefix("-") else { return nil }
        directory = word
      }
    }
    if directory.isEmpty { return nil }
  }
}
