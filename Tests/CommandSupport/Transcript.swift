internal import Foundation
public import SystemPackage
internal import TestServer

/// One case of a command's behaviour, kept as text files in a directory:
///
/// - `cmd`: shell commands, one a line; a line that begins with a blank continues the one before;
///   lines with `#` are remarks. All run in one shell, so that `cd` and variables last, with the
///   product on `PATH`; a command that fails does not stop the next.
/// - `expect`: the transcript that must come out.
/// - `setup` (optional): run before by `sh -e`; must succeed.
/// - `files/` (optional): copied to where the commands run.
/// - `serve/` (optional): a copy, `$SERVED`, is served over HTTP; its address is `$SERVER`. A file
///   `NAME.http` in it is the answer for `NAME` as it is to be sent.
/// - `needs` (optional): what the machine must allow, as a command; where it fails, the case is
///   passed over.
/// - `slow` (optional): why the case is not run every time.
///
/// A transcript shows each command after `$ `, its output and `[exit N]` when N is not 0. Standard
/// output comes first, standard error after it. What a command with exit status 0 shows is standard
/// output up to a line `[stderr]`; what another one shows is standard error, but for what follows
/// a line `[stdout]`.
public struct Transcript: Sendable, CustomStringConvertible {
  /// Where its files are.
  public let directory: FilePath

  /// The case's name.
  public var description: String { directory.lastComponent?.string ?? directory.string }

  /// What a run of a case came to.
  public enum Failure: Error, Sendable {
    /// `setup` did not succeed; what it wrote.
    case setup(String)
    /// The machine does not allow what the case needs; the command that failed.
    case notPossible(String)
    /// A command needs the product, which is not built beside the tests.
    case noProduct
  }

  /// The case of that directory; nothing is read yet.
  public init(_ directory: FilePath) {
    self.directory = directory
  }

  /// The cases in a directory, by name.
  public static func cases(in directory: FilePath) -> [Transcript] {
    let names = (try? FileManager.default.contentsOfDirectory(atPath: directory.string)) ?? []
    return names.sorted().map { Transcript(directory.appending($0)) }.filter { $0.has("cmd") }
  }

  /// Whether it takes longer than one wants to wait for.
  public var isSlow: Bool { has("slow") }

  /// What must come out; `nil` when it was never recorded.
  public var expected: String? { try? text("expect") }

  /// Keeps `transcript` as what must come out.
  public func record(_ transcript: String) throws {
    try Data(transcript.utf8).write(
      to: URL(fileURLWithPath: directory.appending("expect").string))
  }

  /// How `transcript` differs from what must come out, as `diff -u` tells it; empty when not.
  public func difference(from transcript: String) throws -> String {
    let sandbox = try Sandbox()
    let found = sandbox.work.appending("found")
    try Data(transcript.utf8).write(to: URL(fileURLWithPath: found.string))
    return try sandbox.run("diff", "-u", directory.appending("expect").string, found.string)
      .outputText
  }

  /// Runs the case in a sandbox of its own.
  ///
  /// - Parameter variables: More environment for setup and commands; their values are shown by
  ///   their names where they appear in the output.
  /// - Returns: The transcript.
  /// - Throws: ``Failure``, ``CommandFailure``, or what reading the case's files throws.
  public func run(variables: [String: String] = [:]) throws -> String {
    let script = try text("cmd")
    let product = Product.path()
    if product == nil, script.contains("comfy") { throw Failure.noProduct }
    if has("needs") { try checkNeeds() }
    let site = has("serve") ? try TemporaryDirectory() : nil
    let server = site.flatMap { TestServer(serving: $0.path) }
    defer { server?.stop() }
    var variables = variables
    variables["SERVER"] = server?.url("")
    variables["SERVED"] = site?.path.string
    if let site { try copyFiles(from: "serve", to: site.path) }
    let sandbox = try Sandbox(
      programs: product.map { ["comfy": $0] } ?? [:], variables: variables)
    try copyFiles(from: "files", to: sandbox.work)
    if has("setup") {
      let result = try sandbox.run("sh", "-e", directory.appending("setup").string)
      guard result.status == .exited(0) else {
        throw Failure.setup(result.outputText + result.errorText)
      }
    }
    let steps = Self.steps(of: script)
    let records = try Self.execute(
      steps, in: sandbox, for: isSlow ? .seconds(180) : .seconds(60))
    var names = StableNames(variables: variables, sandbox: sandbox)
    return records.map { names.applied(to: $0) }.joined(separator: "\n")
  }

  /// A remark, or a command with its continuation lines.
  private enum Step {
    case remark(String)
    case command(String)
  }

  private static func steps(of script: String) -> [Step] {
    var steps: [Step] = []
    for line in script.split(separator: "\n") where !line.allSatisfy(\.isWhitespace) {
      if line.first == "#" {
        steps.append(.remark(String(line)))
      } else if line.first?.isWhitespace == true, case .command(let begun) = steps.last {
        steps[steps.count - 1] = .command(begun + "\n" + line)
      } else {
        steps.append(.command(String(line)))
      }
    }
    return steps
  }

  /// Runs the commands in one shell.
  ///
  /// - Returns: The part of the transcript for each step.
  private static func execute(
    _ steps: [Step], in sandbox: Sandbox, for limit: Duration
  ) throws -> [String] {
    let place = try TemporaryDirectory()
    func path(_ name: String) -> String { place.path.appending(name).string }
    var script = ""
    for case (let number, .command(let command)) in steps.enumerated() {
      try Data(command.utf8).write(to: URL(fileURLWithPath: path("\(number)")))
      script += """
        { eval "$(cat '\(path("\(number)"))')"; } \
        >'\(path("\(number).out"))' 2>'\(path("\(number).err"))' </dev/null
        echo $? >'\(path("\(number).status"))'

        """
    }
    var command = sandbox.command("sh", "-c", script)
    command.limit = limit
    let result = try command.run()
    func content(_ name: String) -> [UInt8] {
      (try? [UInt8](Data(contentsOf: URL(fileURLWithPath: path(name))))) ?? []
    }
    var hasEnded = false
    return steps.enumerated().map { number, step in
      switch step {
      case .remark(let text): return text
      case .command(let text) where hasEnded: return "$ \(text)\n[not run]\n"
      case .command(let text):
        let status = Int(String(decoding: content("\(number).status"), as: UTF8.self).dropLast())
        hasEnded = status == nil
        return shown(
          text, content("\(number).out"), content("\(number).err"), status, ending: result.status)
      }
    }
  }

  private static func shown(
    _ command: String, _ output: [UInt8], _ errors: [UInt8], _ status: Int?,
    ending: CommandStatus
  ) -> String {
    var text = "$ " + command + "\n"
    let hasFailed = status != 0
    if !output.isEmpty, hasFailed { text += "[stdout]\n" }
    text += printable(output)
    if !errors.isEmpty, !hasFailed || !output.isEmpty { text += "[stderr]\n" }
    text += printable(errors)
    switch status {
    case 0: break
    case .some(let status): text += "[exit \(status)]\n"
    case nil:
      if case .exited(let code) = ending { text += "[exit \(code), the shell too]\n" }
      if case .signaled(let signal) = ending { text += "[the shell died of signal \(signal)]\n" }
    }
    return text
  }

  /// The bytes as lines: control characters and what is not UTF-8 as `\xNN`, NUL as `\0`.
  private static func printable(_ bytes: [UInt8]) -> String {
    guard !bytes.isEmpty else { return "" }
    let isText = String(validating: bytes, as: UTF8.self) != nil
    var result: [UInt8] = []
    for byte in bytes {
      switch byte {
      case 0: result += Array("\\0".utf8)
      case 0x0a, 0x09: result.append(byte)
      case 0..<0x20, 0x7f:
        result += Array("\\x\(byte < 16 ? "0" : "")\(String(byte, radix: 16))".utf8)
      case 0x80... where !isText: result += Array("\\x\(String(byte, radix: 16))".utf8)
      default: result.append(byte)
      }
    }
    if bytes.last != 0x0a { result += Array("\n\\ no line feed at the end\n".utf8) }
    return String(decoding: result, as: UTF8.self)
  }

  private func checkNeeds() throws {
    let need = try text("needs")
    guard try Sandbox().run("sh", "-c", need).status == .exited(0) else {
      throw Failure.notPossible(need)
    }
  }

  private func copyFiles(from folder: String, to place: FilePath) throws {
    guard has(folder) else { return }
    let source = directory.appending(folder)
    for name in try FileManager.default.contentsOfDirectory(atPath: source.string) {
      try FileManager.default.copyItem(
        atPath: source.appending(name).string, toPath: place.appending(name).string)
    }
  }

  private func has(_ name: String) -> Bool {
    FileManager.default.fileExists(atPath: directory.appending(name).string)
  }

  private func text(_ name: String) throws -> String {
    try String(contentsOfFile: directory.appending(name).string, encoding: .utf8)
  }
}
