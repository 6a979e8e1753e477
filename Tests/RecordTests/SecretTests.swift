import CommandSupport
import ComfyCore
import Foundation
import SystemPackage
import TestServer
import Testing

/// Secrets planted wherever one can come in are found nowhere where something is written.
@Suite struct SecretTests {
  /// One for each way in, so that a leak tells which it was.
  static let secrets = [
    "argument", "userinfo", "signature", "expiry", "record", "workflow", "widget", "variable",
    "netrc", "redirect", "body", "extra", "handwritten",
  ].map { (way: $0, text: "zq9\($0)Secret7x") }

  static func secret(_ way: String) -> String { "zq9\(way)Secret7x" }

  /// What the server was asked with.
  let server: TestServer
  let project: RecordedProject
  private let transcript = Transcript()

  /// Everything that the program printed.
  private final class Transcript {
    var texts: [(command: String, bytes: [UInt8])] = []
  }

  init() throws {
    let netrc = Self.secret("netrc")
    let credentials = "Basic " + Data("me:\(netrc)".utf8).base64EncodedString()
    server = try #require(
      TestServer { request in
        let name = request.path.split(separator: "/").last.map(String.init) ?? ""
        switch request.path {
        case let path where path.hasPrefix("/signed/"):
          return ServedFile([0x80] + Array("model \(name)".utf8)).reply(to: request)
        case "/files/moved.pt":
          return .redirect(
            to: "/signed/moved.pt?X-Amz-Signature=\(Self.secret("redirect"))&X-Amz-Expires=60")
        case "/files/refused.pt":
          return .text(
            403, "{\"message\":\"no: token=\(Self.secret("body")), \(netrc), \(request.target)\"}",
            type: "application/json")
        default:
          guard request["Authorization"] == credentials else { return .text(401, "who?\n") }
          return ServedFile([0x80] + Array("model \(name)".utf8)).reply(to: request)
        }
      })
    project = try RecordedProject(
      models: ["args.pt", "record.pt", "moved.pt", "refused.pt"],
      variables: [
        "COMFY_ALLOW_PRIVATE_HOSTS": "true", "HF_TOKEN": Self.secret("variable"),
        "CIVITAI_API_TOKEN": Self.secret("variable"), "GIT_TRACE": "1", "GIT_CURL_VERBOSE": "1",
      ])
    let file = project.sandbox.home.appending(".netrc")
    try Data("machine 127.0.0.1 login me password \(netrc)\n".utf8).write(
      to: URL(fileURLWithPath: file.string))
    _ = try project.command("chmod", ["600", file.string]).run()
    _ = try project.command("mkdir", ["models"]).run()
    try project.git("config", "comfy.modelsDir", "models")
  }

  @discardableResult
  private func run(_ arguments: String..., input: String? = nil) throws -> CommandResult {
    let result = try project.command(
      project.comfy.string, arguments, input: input.map { .bytes(Array($0.utf8)) } ?? .nothing
    ).run()
    transcript.texts.append((arguments.joined(separator: " "), result.output + result.errors))
    return result
  }

  private func dirty(_ path: String, _ way: String) -> String {
    let secret = Self.secret(way)
    return server.url(path).replacingOccurrences(
      of: "http://", with: "http://me:\(Self.secret("userinfo"))@")
      + "?token=\(secret)&api_key=\(secret)&X-Amz-Signature=\(Self.secret("signature"))"
      + "&X-Amz-Expires=\(Self.secret("expiry"))"
  }

  @Test("planted everywhere, found nowhere; the files arrive all the same")
  func nothingLeaks() throws {
    try run("add-intent", "flow.json", "args.pt", dirty("/files/args.pt", "argument"))
    try run(
      "add-intent", "--stdin",
      input: #"{"type":"ref","workflow":"flow","path":"flow.json","node_id":"2","#
        + #""node_type":"LoraLoader","widget_idx":0,"widget_value":"record.pt","#
        + #""category":"loras","url":"\#(dirty("/files/record.pt", "record"))"}"# + "\n")
    try run("add-intent", "flow.json", "moved.pt", dirty("/files/moved.pt", "argument"))
    try run("add-intent", "flow.json", "refused.pt", dirty("/files/refused.pt", "argument"))
    try project.write(fromWorkflow, to: "own.json")
    try run("list-refs", "own.json", "--json")
    try run("match-refs", "--json", input: run("list-refs", "own.json", "--json").outputText)
    try run("resolve", "own.json", "--yes")
    try run("fetch-intents", "--json")
    try run("add-intent", "flow.json", "args.pt", "u", dirty("/x", "extra"))
    try run("add-intent", "flow.json", dirty("/x", "extra"), dirty("/x", "extra") + " x")
    try run("--\(dirty("/x", "extra"))")
    try run("resolve", dirty("/x.json", "extra"), "--json")
    for command in [
      ["list-refs"], ["list-intents"], ["list-models"], ["status"], ["log"], ["diff", "HEAD~5"],
      ["undo"],
    ] {
      try run(command[0], "--json")
      try run(command[0])
    }
    #expect(try landed() == ["args.pt", "moved.pt", "own.pt", "record.pt", "widget.pt"])
    try check()
  }

  @Test("a secret that somebody wrote into the manifest is not repeated")
  func handWritten() throws {
    try run("add-intent", "flow.json", "args.pt", server.url("/files/args.pt"))
    try run("add-intent", "flow.json", "refused.pt", server.url("/files/refused.pt"))
    let secret = Self.secret("handwritten")
    for name in ["args.pt", "refused.pt"] {
      try project.write(
        project.read("pyproject.toml").replacingOccurrences(
          of: "/files/\(name)\"", with: "/files/\(name)?token=\(secret)\""), to: "pyproject.toml")
    }
    for command in [["list-intents"], ["diff"], ["fetch-intents"], ["log"], ["list-models"]] {
      try run(command[0], "--json")
      try run(command[0])
    }
    #expect(try landed() == ["args.pt"])
    // Nor does it go along into the commit of something else.
    let count = try project.commits()
    let other = try run(
      "add-intent", "flow.json", "record.pt", server.url("/files/record.pt"))
    #expect(other.status == .exited(0))
    #expect(other.errorText.contains("a source written by hand has 'token', which may be secret"))
    #expect(try project.commits() == count)
    check(transcript.texts)
    try checkRepository()
    try checkFiles(below: project.directory.appending("models"))
    try checkFiles(below: project.sandbox.home)
    // Whoever commits it knows; from then on it is nothing new.
    try project.git("commit", "--quiet", "--message", "mine", "pyproject.toml")
    #expect(try run("drop-model", "flow", "record.pt").errorText == "")
    #expect(try project.commits() == count + 2)
  }

  private var fromWorkflow: String {
    #"{"nodes":[{"id":1,"type":"LoraLoader","mode":0,"widgets_values":["own.pt",1,1],"#
      + #""properties":{"models":[{"name":"own.pt","directory":"loras","#
      + #""url":"\#(dirty("/files/own.pt", "workflow"))"},{"name":"stale.pt","#
      + #""directory":"loras","url":"\#(dirty("/files/stale.pt", "workflow"))"}]}},"#
      + #"{"id":2,"type":"LoraLoader","mode":0,"#
      + #""widgets_values":["\#(dirty("/files/widget.pt", "widget"))",1,1]}],"#
      + #""links":[],"version":0.4}"#
  }

  private func landed() throws -> [String] {
    try project.command("find", ["models", "-name", "*.pt", "-printf", "%f\n"]).run().outputText
      .split(separator: "\n").map(String.init).sorted()
  }

  // MARK: - Looking

  private func check() throws {
    check(transcript.texts)
    try checkRepository()
    for place in ["models", "pyproject.toml"] {
      try checkFiles(below: project.directory.appending(place))
    }
    try checkFiles(below: project.sandbox.home)
  }

  /// Every object, whether something leads to it or not, and every file.
  private func checkRepository() throws {
    let objects = try project.command(
      "git", ["cat-file", "--batch-all-objects", "--batch", "--unordered"]
    ).run().output
    #expect(objects.count > 1000)
    check([("git objects", objects)])
    try checkFiles(below: project.directory.appending(".git"))
  }

  private func checkFiles(below place: FilePath) throws {
    let found = try project.command("find", [place.string, "-type", "f"]).run().outputText
    for path in found.split(separator: "\n") where !path.hasSuffix("/.netrc") {
      let bytes = [UInt8](try Data(contentsOf: URL(fileURLWithPath: String(path))))
      check([(String(path), bytes)])
    }
  }

  private func check(_ texts: [(command: String, bytes: [UInt8])]) {
    let encoded = Data("me:\(Self.secret("netrc"))".utf8).base64EncodedString()
    for (place, bytes) in texts {
      for secret in Self.secrets.map(\.text) + [encoded] {
        let isThere = Data(bytes).range(of: Data(secret.utf8)) != nil
        #expect(
          !isThere,
          "'\(secret)' in \(place): \(String(decoding: bytes.prefix(2000), as: UTF8.self))")
      }
    }
  }
}
