import SystemLibrary

/// A socket that listens on 127.0.0.1, and its port; `nil` when the system has none.
func listenOnLoopback() -> (listener: Int32, port: UInt16)? {
  let bound = bindToLoopback(0)
  if let bound { listen(bound.listener, 128) }
  return bound
}

/// A socket with a port of 127.0.0.1, at which connections are refused until it listens. Several may
/// have the same port, when it is asked for by number.
func bindToLoopback(_ wanted: UInt16) -> (listener: Int32, port: UInt16)? {
  let listener = socket(AF_INET, streamSocket, 0)
  guard listener >= 0 else { return nil }
  var yes: Int32 = 1
  for option in [SO_REUSEADDR, SO_REUSEPORT] {
    setsockopt(listener, SOL_SOCKET, option, &yes, socklen_t(MemoryLayout<Int32>.size))
  }
  var address = loopback(port: wanted)
  var length = socklen_t(MemoryLayout<sockaddr_in>.size)
  let isBound = withUnsafeMutablePointer(to: &address) { pointer in
    pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
      bind(listener, $0, length) == 0 && getsockname(listener, $0, &length) == 0
    }
  }
  guard isBound else {
    close(listener)
    return nil
  }
  return (listener, UInt16(bigEndian: address.sin_port))
}

/// A connection to a port of 127.0.0.1; `nil` when nobody listens there.
func connectToLoopback(_ port: UInt16) -> Int32? {
  let connection = socket(AF_INET, streamSocket, 0)
  guard connection >= 0 else { return nil }
  var address = loopback(port: port)
  let isMade = withUnsafePointer(to: &address) { pointer in
    pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
      connect(connection, $0, socklen_t(MemoryLayout<sockaddr_in>.size)) == 0
    }
  }
  guard isMade else {
    close(connection)
    return nil
  }
  return connection
}

#if canImport(Glibc)
  private let streamSocket = Int32(SOCK_STREAM.rawValue)
#else
  private let streamSocket = SOCK_STREAM
#endif

private func loopback(port: UInt16) -> sockaddr_in {
  var address = sockaddr_in()
  address.sin_family = sa_family_t(AF_INET)
  address.sin_port = port.bigEndian
  address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
  return address
}

/// Runs a body in a thread that nobody waits for.
func spawn(_ body: @escaping @Sendable () -> Void) {
  final class Box {
    let body: @Sendable () -> Void
    init(_ body: @escaping @Sendable () -> Void) { self.body = body }
  }
  let box = Unmanaged.passRetained(Box(body)).toOpaque()
  #if canImport(Darwin)
    var thread: pthread_t?
  #else
    var thread = pthread_t()
  #endif
  pthread_create(
    &thread, nil,
    { context in
      // A client that goes away ends an answer and not the process, however it is written.
      var signals = sigset_t()
      sigemptyset(&signals)
      sigaddset(&signals, SIGPIPE)
      pthread_sigmask(SIG_BLOCK, &signals, nil)
      let context: UnsafeMutableRawPointer? = context
      if let context { Unmanaged<Box>.fromOpaque(context).takeRetainedValue().body() }
      return nil
    }, box)
  #if canImport(Darwin)
    if let thread { pthread_detach(thread) }
  #else
    pthread_detach(thread)
  #endif
}
