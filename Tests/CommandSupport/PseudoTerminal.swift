internal import CSpawn
internal import Foundation
public import SystemPackage

/// A terminal that a test sits at: it types, and looks at the screen.
///
/// A program started with ``start(_:)`` has it as its controlling terminal, so Ctrl-C is a signal
/// there; without a program the test itself writes to ``terminal``.
public final class PseudoTerminal {
  /// The side that a program sees.
  public let terminal: FileDescriptor
  private let path: FilePath
  /// The side that the test types on and reads from.
  public let keyboard: FileDescriptor
  private var child: Child?
  private var isOpen = true
  /// What is shown.
  public private(set) var screen: Screen
  /// Every byte that was written to the terminal.
  public private(set) var bytes: [UInt8] = []

  /// Makes a terminal of that size; `resizing` is what it does with long lines later.
  ///
  /// - Throws: ``CommandFailure/noTerminal(_:)``.
  public init(columns: Int = 80, rows: Int = 24, resizing: Screen.Resizing = .reflows) throws {
    screen = Screen(columns: columns, rows: rows, resizing: resizing)
    var name = [CChar](repeating: 0, count: 128)
    let side = cspawn_open_terminal(&name, name.count)
    guard side >= 0 else { throw CommandFailure.noTerminal(Errno(rawValue: errno)) }
    keyboard = FileDescriptor(rawValue: side)
    path = FilePath(platformString: name)
    terminal = try FileDescriptor.open(
      path, .readWrite, options: FileDescriptor.OpenOptions(rawValue: O_NOCTTY | O_CLOEXEC))
    setSize(columns: columns, rows: rows)
  }

  deinit {
    child?.kill()
    try? hangUp()
  }

  /// Goes away as a window that is closed does: the program is sent SIGHUP, and can neither read nor
  /// write here from then on.
  public func hangUp() throws {
    guard isOpen else { return }
    readAll()
    isOpen = false
    try terminal.closeAfter { try keyboard.close() }
  }

  /// Starts a program on this terminal.
  public func start(_ command: Command) throws {
    var command = command
    command.environment["TERM"] = "xterm-256color"
    command.environment["COLUMNS"] = nil
    child = try Child(command, streams: .terminal(path))
  }

  /// Makes this the controlling terminal of the test's own process, in a new session: only for a
  /// process that runs one exit test.
  public func takeControl() throws {
    guard setsid() >= 0, ioctl(terminal.rawValue, UInt(TIOCSCTTY), 0) == 0 else {
      throw CommandFailure.noTerminal(Errno(rawValue: errno))
    }
  }

  /// Types; `\r` is the Return key, `\u{3}` Ctrl-C, `\u{4}` Ctrl-D.
  public func type(_ keys: String) throws {
    try keyboard.writeAll(keys.utf8)
  }

  /// Resizes the terminal, and tells the program so.
  public func resize(columns: Int, rows: Int) {
    readAll()
    screen.resize(columns: columns, rows: rows)
    setSize(columns: columns, rows: rows)
  }

  /// Takes in what was written until now.
  public func readAll() {
    while readSome(milliseconds: 0) {}
  }

  /// Waits until the screen, or what scrolled off it, shows `text`; blanks at its end do not count.
  ///
  /// - Throws: ``CommandFailure/notShown(_:screen:)`` after `limit`, or at the program's end.
  public func wait(for text: String, limit: Duration = .seconds(20)) throws {
    let blanks = text.reversed().prefix { $0 == " " }.count
    let shown = text.dropLast(blanks)
    try wait(for: text, limit: limit) { $0.everything.contains(shown) }
  }

  /// Waits until `condition` holds of the screen.
  ///
  /// - Throws: ``CommandFailure/notShown(_:screen:)`` after `limit`, or at the program's end.
  public func wait(
    for what: String, limit: Duration = .seconds(20), _ condition: (Screen) -> Bool
  ) throws {
    let end = ContinuousClock.now + limit
    while !condition(screen) {
      let isOver = child?.poll() != nil
      let isRead = readSome(milliseconds: isOver ? 0 : 20)
      if condition(screen) { return }
      if !isRead && isOver || ContinuousClock.now >= end {
        throw CommandFailure.notShown(what, screen: screen.everything)
      }
    }
  }

  /// Waits for the program's end, and reads what it wrote last.
  public func waitForEnd(limit: Duration = .seconds(20)) throws -> CommandStatus? {
    guard let child else { return nil }
    let end = ContinuousClock.now + limit
    while child.poll() == nil, ContinuousClock.now < end { _ = readSome(milliseconds: 10) }
    let status = try child.wait(limit: .zero)
    readAll()
    return status
  }

  /// Sends a signal to the program.
  public func signal(_ number: Int32) {
    if let child { _ = Foundation.kill(child.process, number) }
  }

  /// - Returns: `false` when nothing came.
  private func readSome(milliseconds: Int32) -> Bool {
    guard isOpen else {
      usleep(UInt32(milliseconds) * 1_000)
      return false
    }
    var wait = pollfd(fd: keyboard.rawValue, events: Int16(POLLIN), revents: 0)
    guard poll(&wait, 1, milliseconds) > 0, wait.revents & Int16(POLLIN) != 0 else { return false }
    var buffer = [UInt8](repeating: 0, count: 65_536)
    guard let count = try? buffer.withUnsafeMutableBytes({ try keyboard.read(into: $0) }), count > 0
    else { return false }
    bytes += buffer[..<count]
    screen.write(buffer[..<count])
    return true
  }

  private func setSize(columns: Int, rows: Int) {
    var size = winsize(
      ws_row: UInt16(clamping: rows), ws_col: UInt16(clamping: columns), ws_xpixel: 0, ws_ypixel: 0)
    _ = ioctl(keyboard.rawValue, UInt(TIOCSWINSZ), &size)
  }
}
