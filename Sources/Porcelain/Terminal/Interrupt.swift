internal import ComfyCore
internal import Synchronization
internal import SystemLibrary
internal import SystemPackage

/// The signals that ask this process to stop, and the one that reports a new terminal size.
///
/// The first SIGINT, SIGTERM or SIGHUP only asks: ``isRequested`` becomes true and a waiting prompt
/// returns. The second one immediately has the system's default effect.
///
/// After SIGTERM the process ends within ``patience`` seconds, whatever it is doing, because the
/// sender will not send a second one.
enum Interrupt {
  /// Installs the signal handlers; called once, before any long work.
  ///
  /// A signal that the parent process ignores (`nohup`, a background job of `sh`) stays ignored.
  /// SIGPIPE gets its default effect back, so that a closed pipe ends us quietly.
  static func install() {
    // Accessed here, so that no signal handler runs a first-use initialiser.
    requestedSignal.store(0, ordering: .relaxed)
    resizeCount.store(0, ordering: .relaxed)
    blockIsShown.store(false, ordering: .relaxed)
    _ = Suspension.isAllowed()
    openWakePipe()
    for number in stopSignals where !isIgnored(number) {
      handle(number, by: stopHandler, restarting: false)
    }
    handle(SIGWINCH, by: resizeHandler, restarting: true)
    continueCount.store(0, ordering: .relaxed)
    handle(SIGALRM, by: timeoutHandler, restarting: false)
    if !isIgnored(SIGTSTP) { installSuspendHandler() }
    handle(SIGPIPE, by: SIG_DFL, restarting: true)
    // If a parent ignored it, the system would not tell how `git` ended.
    handle(SIGCHLD, by: SIG_DFL, restarting: true)
    // A write beyond the limit on file sizes then fails with an error that says why.
    handle(SIGXFSZ, by: SIG_IGN, restarting: true)
  }

  /// Whether one of the signals asked to stop.
  static var isRequested: Bool { signal != nil }

  /// The signal that asked to stop.
  static var signal: Int32? {
    let number = requestedSignal.load(ordering: .relaxed)
    return number == 0 ? nil : number
  }

  /// ``isRequested`` in the form that Core's long work polls.
  static let cancellation: @Sendable () -> Bool = { isRequested }

  /// How often the terminal was resized; compared with an earlier value.
  static var resizes: Int { resizeCount.load(ordering: .relaxed) }

  /// How often the process continued after Ctrl-Z; compared with an earlier value.
  static var continuations: Int { continueCount.load(ordering: .relaxed) }

  /// Records whether there are lines below the cursor that will be redrawn. They are erased when
  /// the second signal ends the process and when Ctrl-Z suspends it.
  static func showsBlock(_ isShown: Bool) {
    blockIsShown.store(isShown, ordering: .relaxed)
  }

  /// A descriptor that becomes readable when a signal asks to stop and then stays readable; `nil`
  /// before ``install()``.
  static var wake: FileDescriptor? {
    let number = wakeRead.load(ordering: .relaxed)
    return number < 0 ? nil : FileDescriptor(rawValue: number)
  }

  /// Seconds that a run has to end after SIGTERM. It is a computed property because a signal
  /// handler reads it.
  fileprivate static var patience: UInt32 { 2 }

  private static let stopSignals = [SIGINT, SIGTERM, SIGHUP]
  fileprivate static let requestedSignal = Atomic<Int32>(0)
  fileprivate static let resizeCount = Atomic<Int>(0)
  fileprivate static let continueCount = Atomic<Int>(0)
  fileprivate static let blockIsShown = Atomic<Bool>(false)
  private static let wakeRead = Atomic<Int32>(-1)
  fileprivate static let wakeWrite = Atomic<Int32>(-1)

  /// The flag alone is not enough: a signal between checking the flag and waiting would be missed.
  private static func openWakePipe() {
    guard wake == nil, let pipe = try? FileDescriptor.pipe() else { return }
    for end in [pipe.readEnd, pipe.writeEnd] {
      _ = fcntl(end.rawValue, F_SETFD, FD_CLOEXEC)
      _ = fcntl(end.rawValue, F_SETFL, O_NONBLOCK)
    }
    wakeWrite.store(pipe.writeEnd.rawValue, ordering: .relaxed)
    wakeRead.store(pipe.readEnd.rawValue, ordering: .relaxed)
  }
}

private typealias SignalHandler = @convention(c) (Int32) -> Void

/// Runs inside a signal: atomics and async-signal-safe calls only.
private let stopHandler: SignalHandler = { number in
  let savedError = errno
  let isFirst = Interrupt.requestedSignal.compareExchange(
    expected: 0, desired: number, ordering: .relaxed
  ).exchanged
  if isFirst {
    var byte: UInt8 = 1
    _ = unsafe write(Interrupt.wakeWrite.load(ordering: .relaxed), &byte, 1)
    if number == SIGTERM { _ = alarm(Interrupt.patience) }
  } else {
    eraseBlock()
    handle(number, by: SIG_DFL, restarting: false)
    _ = raise(number)
  }
  errno = savedError
}

/// Ends the process with the status of an interrupted run.
private let timeoutHandler: SignalHandler = { _ in
  eraseBlock()
  _exit(130)
}

/// Erases the lines that will be redrawn; async-signal safe.
private func eraseBlock() {
  guard Interrupt.blockIsShown.load(ordering: .relaxed) else { return }
  // Column 0, erase to the end of the screen.
  var bytes: (UInt8, UInt8, UInt8, UInt8) = (0x0d, 0x1b, 0x5b, 0x4a)
  _ = unsafe write(STDERR_FILENO, &bytes, 4)
}

/// Handles Ctrl-Z: the shell's output must not mix with our block. The process stops by the
/// system's default action, which also knows when nobody could wake the process, and continues here
/// after SIGCONT. It waits for the end of work that others wait for.
private let suspendHandler: SignalHandler = { number in
  let savedError = errno
  defer { errno = savedError }
  guard Suspension.isAllowed() else { return }
  eraseBlock()
  handle(number, by: SIG_DFL, restarting: false)
  _ = raise(number)
  // The signal is blocked up to this point.
  var signals = sigset_t()
  _ = unsafe sigemptyset(&signals)
  _ = unsafe sigaddset(&signals, number)
  _ = unsafe pthread_sigmask(SIG_UNBLOCK, &signals, nil)
  installSuspendHandler()
  Interrupt.continueCount.wrappingAdd(1, ordering: .relaxed)
  Interrupt.resizeCount.wrappingAdd(1, ordering: .relaxed)
}

private let resizeHandler: SignalHandler = { _ in
  Interrupt.resizeCount.wrappingAdd(1, ordering: .relaxed)
}

/// A function, because the handler cannot name itself.
private func installSuspendHandler() {
  handle(SIGTSTP, by: suspendHandler, restarting: false)
}

/// Sets what a signal does; with `restarting`, interrupted calls continue by themselves.
private func handle(
  _ number: Int32, by handler: SignalHandler?, restarting: Bool
) {
  var action = sigaction()
  #if canImport(Darwin)
    action.__sigaction_u = .init(__sa_handler: handler)
  #else
    action.__sigaction_handler = .init(sa_handler: handler)
  #endif
  action.sa_flags = restarting ? Int32(SA_RESTART) : 0
  _ = unsafe sigaction(number, &action, nil)
}

private func isIgnored(_ number: Int32) -> Bool {
  var action = sigaction()
  guard unsafe sigaction(number, nil, &action) == 0 else { return false }
  #if canImport(Darwin)
    let handler = unsafe action.__sigaction_u.__sa_handler
  #else
    let handler = unsafe action.__sigaction_handler.sa_handler
  #endif
  // SIG_IGN is the address 1.
  return unsafe unsafeBitCast(handler, to: Int.self) == 1
}
