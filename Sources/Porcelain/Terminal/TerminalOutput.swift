internal import Plumbing
internal import SystemPackage

/// The stream for our messages: stderr, or a terminal in a test.
struct TerminalOutput: Sendable {
  let descriptor: FileDescriptor
  let capabilities: TerminalCapabilities

  init(_ descriptor: FileDescriptor, capabilities: TerminalCapabilities) {
    self.descriptor = descriptor
    self.capabilities = capabilities
  }

  /// Writes to `descriptor`, with the capabilities that the environment and the device give.
  init(_ descriptor: FileDescriptor = .standardError, variables: [String: String]) {
    self.init(
      descriptor,
      capabilities: TerminalCapabilities(
        isTerminal: TerminalDevice.isTerminal(descriptor), variables: variables))
  }

  /// The present size: `COLUMNS`, or else what the terminal reports, or else 80 by 24.
  var size: TerminalSize {
    var size = TerminalDevice.size(of: descriptor) ?? TerminalCapabilities.usualSize
    if let columns = capabilities.fixedColumns { size.columns = columns }
    return size
  }

  /// Writes `text` at once. It is not an error if the stream is gone, because then nobody is
  /// reading.
  func write(_ text: StyledText) {
    send(rendered(text))
  }

  /// Writes `text` and a line feed at once.
  func writeLine(_ text: StyledText) {
    send(rendered(text) + "\n")
  }

  /// Writes a text that should not be overlooked, wrapped to the width of the terminal.
  func writeWarning(_ text: StyledText) {
    let sign: StyledText = "\(StyledText(capabilities.symbols.warning, .warning)) "
    let lines = text.wrapped(columns: size.columns - sign.columns)
    for (place, line) in lines.enumerated() {
      writeLine((place == 0 ? sign : StyledText().padded(to: sign.columns)) + line)
    }
  }

  /// One message, made safe, wrapped to the width of the terminal.
  func lines(of talk: String) -> [String] {
    guard capabilities.isTerminal else { return [SafeText.escaped(talk)] }
    return StyledText(talk).wrapped(columns: size.columns, hanging: 2).map(\.plain)
  }

  /// `text` with the styles that this stream supports.
  func rendered(_ text: StyledText) -> String {
    text.rendered(usesColor: capabilities.usesColor)
  }

  /// Sends rendered text and cursor movements as they are, but for what a runner would obey.
  func send(_ bytes: String) {
    var lines = RunnerLines()
    _ = try? descriptor.writeAll(
      capabilities.isReadByRunner ? lines.harmless(bytes.utf8) : Array(bytes.utf8))
  }
}
