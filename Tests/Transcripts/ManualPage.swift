import Foundation
import SystemPackage

/// A manual page in mdoc, as far as the tests have to understand it.
struct ManualPage: Sendable, CustomStringConvertible {
  let path: FilePath
  let lines: [String]

  var description: String { path.lastComponent?.string ?? path.string }

  init(_ path: FilePath) throws {
    self.path = path
    lines = try String(contentsOfFile: path.string, encoding: .utf8)
      .split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
  }

  /// Every page in a directory, by name.
  static func all(in directory: FilePath) throws -> [ManualPage] {
    try FileManager.default.contentsOfDirectory(atPath: directory.string).sorted()
      .filter { ["1", "5", "7"].contains(FilePath($0).extension) }
      .map { try ManualPage(directory.appending($0)) }
  }

  /// The names of the sections, in order.
  var sections: [String] {
    lines.filter { $0.hasPrefix(".Sh ") }.map { $0.dropFirst(4).filter { $0 != "\"" } }
  }

  /// The lines of a section.
  func section(_ name: String) -> ArraySlice<String> {
    let isStart = { (line: String) in line.hasPrefix(".Sh ") }
    guard let start = lines.firstIndex(where: { isStart($0) && $0.hasSuffix(" \(name)") })
    else { return [] }
    return lines[(start + 1)...].prefix { !isStart($0) }
  }

  /// The pages that this one refers to: `comfy-records.5`.
  var references: [String] {
    lines.filter { $0.hasPrefix(".Xr comfy") || $0.hasPrefix(".It Xr comfy") }.compactMap { line in
      let words = line.split(separator: " ").drop { $0 != ".Xr" && $0 != "Xr" }
      return words.count > 2 ? words.dropFirst().prefix(2).joined(separator: ".") : nil
    }
  }

  /// The state of the project that the examples start from: a line `.\" state: NAME`.
  var state: String? {
    lines.first { $0.hasPrefix(".\\\" state: ") }.map { String($0.dropFirst(11)) }
  }

  // MARK: Options

  /// What macros say about options and arguments.
  struct Signature: Equatable, CustomStringConvertible {
    /// Flags with their dashes, and the value that each takes, empty for none.
    var flags: [String: String] = [:]
    /// Names of the arguments that belong to no flag.
    var arguments: Set<String> = []

    var description: String { "\(flags.sorted { $0.key < $1.key }) \(arguments.sorted())" }
  }

  /// The options and arguments that the synopsis shows.
  var synopsis: Signature { signature(of: section("SYNOPSIS").filter { $0.hasPrefix(".") }) }

  /// The options and arguments that have an entry in the lists of OPTIONS.
  var options: Signature { signature(of: section("OPTIONS").filter { $0.hasPrefix(".It ") }) }

  private func signature(of lines: [String]) -> Signature {
    let macros: Set = [
      ".It", ".Op", ".Fl", ".Ar", ".Oo", ".Oc", ".Nm", "Fl", "Ar", "Op", "Oc", ",", "|",
    ]
    var signature = Signature()
    for line in lines {
      var macro = ""
      var flags: [String] = []
      for word in line.split(separator: " ").map(String.init) {
        if macros.contains(word) {
          if word == "|" { flags = [] }
          macro = word.filter { $0 != "." }
        } else if macro == "Fl" {
          flags.append("-" + word)
          signature.flags["-" + word] = ""
        } else if macro == "Ar", word != "..." {
          for flag in flags { signature.flags[flag] = word }
          if flags.isEmpty { signature.arguments.insert(word) }
        }
      }
    }
    return signature
  }

  // MARK: Examples

  /// A command of an example and what it must show.
  struct Example: Sendable {
    /// As typed, continuation lines joined by line feeds.
    var command: String
    /// Standard output and standard error, as a terminal shows them.
    var output: [String]
  }

  /// A literal display that shows commands after `$ `.
  struct Display: Sendable {
    /// Where its content stands among the lines.
    var range: Range<Int>
    var examples: [Example]
  }

  /// The displays with commands, in order, but for those marked by a line `.\" not run`.
  var displays: [Display] {
    var displays: [Display] = []
    var position = 0
    while let start = lines[position...].firstIndex(where: { $0.hasPrefix(".Bd -literal") }) {
      let end = lines[start...].firstIndex(of: ".Ed") ?? lines.endIndex
      let content = lines[(start + 1)..<end].map(Self.decoded)
      if content.first?.hasPrefix("$ ") == true, start == 0 || lines[start - 1] != ".\\\" not run" {
        displays.append(Display(range: (start + 1)..<end, examples: Self.examples(in: content)))
      }
      position = end
    }
    return displays
  }

  private static func examples(in content: [String]) -> [Example] {
    var examples: [Example] = []
    for line in content {
      if line.hasPrefix("$ ") {
        examples.append(Example(command: String(line.dropFirst(2)), output: []))
      } else if line.hasPrefix("> "), examples.last?.output.isEmpty == true {
        examples[examples.count - 1].command += "\n" + line.dropFirst(2)
      } else {
        examples[examples.count - 1].output.append(line)
      }
    }
    return examples
  }

  /// The page with the displays as given, in the order of ``displays``.
  func replacing(_ displays: [Display]) -> String {
    var result = lines
    for display in displays.reversed() {
      let content = display.examples.flatMap { example in
        let command = example.command.split(separator: "\n", omittingEmptySubsequences: false)
        return command.enumerated().map { ($0 == 0 ? "$ " : "> ") + $1 } + example.output
      }
      result.replaceSubrange(display.range, with: content.map(Self.encoded))
    }
    return result.joined(separator: "\n")
  }

  private static func decoded(_ line: String) -> String {
    line.replacing("\\&", with: "").replacing("\\(aq", with: "'").replacing("\\-", with: "-")
      .replacing("\\e", with: "\\")
  }

  private static func encoded(_ line: String) -> String {
    let text = line.replacing("\\", with: "\\e").replacing("'", with: "\\(aq")
    return text.hasPrefix(".") ? "\\&" + text : text
  }
}
