internal import Plumbing
internal import SystemPackage

/// What the stream for our messages can show.
struct TerminalCapabilities: Sendable, Hashable {
  /// Whether it is a terminal at all.
  var isTerminal: Bool
  /// Whether written lines can be redrawn: the terminal supports cursor movements.
  var redraws: Bool
  /// Whether colours may be used.
  var usesColor: Bool
  /// The symbols that it can show.
  var symbols: Symbols
  /// The width that the user set with `COLUMNS`; it takes precedence over the terminal's own.
  var fixedColumns: Int?
  /// Whether a runner of CI jobs reads it too; see ``RunnerLines``.
  var isReadByRunner: Bool

  /// The size that is assumed if it is unknown.
  static let usualSize = TerminalSize(columns: 80, rows: 24)

  /// Derives the capabilities from the environment.
  ///
  /// A non-empty `NO_COLOR` turns off colours. If `TERM` is unset or `dumb`, there are no colours,
  /// cursor movements or symbols. If the locale (the first set one of `LC_ALL`, `LC_CTYPE`, `LANG`)
  /// is not UTF-8, there are no symbols.
  init(isTerminal: Bool, variables: [String: String]) {
    func variable(_ name: String) -> String? {
      variables[name].flatMap { $0.isEmpty ? nil : $0 }
    }
    let isCapable = isTerminal && (variable("TERM") ?? "dumb") != "dumb"
    let locale = variable("LC_ALL") ?? variable("LC_CTYPE") ?? variable("LANG") ?? ""
    let encoding = locale.lowercased()
    let isUnicode = encoding.contains("utf-8") || encoding.contains("utf8")
    self.isTerminal = isTerminal
    redraws = isCapable
    isReadByRunner = RunnerLines.areRead(given: variables)
    usesColor = isCapable && variable("NO_COLOR") == nil
    symbols = isCapable && isUnicode ? .unicode : .ascii
    fixedColumns = variable("COLUMNS").flatMap { Int($0) }.flatMap { $0 > 0 ? $0 : nil }
  }

  /// Whether questions may be asked: input and output are terminals and `CI` is unset or empty.
  static func mayAsk(
    input: FileDescriptor, output: FileDescriptor, variables: [String: String]
  ) -> Bool {
    (variables["CI"] ?? "").isEmpty && TerminalDevice.isTerminal(input)
      && TerminalDevice.isTerminal(output)
  }
}
