internal import Plumbing
internal import SystemPackage

/// What the stream that we talk on can show.
struct TerminalCapabilities: Sendable, Hashable {
  /// Whether it is a terminal at all.
  var isTerminal: Bool
  /// Whether lines already written can be written anew: a terminal that knows cursor movements.
  var redraws: Bool
  /// Whether colours may be used.
  var usesColor: Bool
  /// The signs it can show.
  var symbols: Symbols
  /// What the user fixed by `COLUMNS`; it outweighs the terminal's own word.
  var fixedColumns: Int?
  /// Whether a runner of CI jobs reads it too; see ``RunnerLines``.
  var isReadByRunner: Bool

  /// What is assumed where nobody tells.
  static let usualSize = TerminalSize(columns: 80, rows: 24)

  /// Capabilities from what the environment says.
  ///
  /// `NO_COLOR` (not empty) takes the colours; `TERM` unset or `dumb` takes colours, cursor
  /// movements and symbols; a locale that is not UTF-8 (`LC_ALL`, `LC_CTYPE`, `LANG`, the first
  /// one that is set) takes the symbols.
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

  /// Whether questions may be asked: both ends are terminals and `CI` is unset or empty.
  static func mayAsk(
    input: FileDescriptor, output: FileDescriptor, variables: [String: String]
  ) -> Bool {
    (variables["CI"] ?? "").isEmpty && TerminalDevice.isTerminal(input)
      && TerminalDevice.isTerminal(output)
  }
}
