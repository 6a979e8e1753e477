import Foundation
import Testing

/// Rules of the layers that a compiler does not hold.
@Suite struct SourceRulesTests {
  static let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
    .deletingLastPathComponent().deletingLastPathComponent()

  /// Swift files below a directory of the package, with what stands in them.
  static func sources(_ directory: String) throws -> [(path: String, text: String)] {
    let base = root.appendingPathComponent(directory)
    let files = FileManager.default.enumerator(at: base, includingPropertiesForKeys: nil)
    return try (files?.allObjects as? [URL] ?? []).filter { $0.pathExtension == "swift" }
      .sorted { $0.path < $1.path }
      .map {
        (
          String($0.path.dropFirst(base.path.count + 1)),
          try String(contentsOf: $0, encoding: .utf8)
        )
      }
  }

  /// The lines of code that a pattern is found in, as `file: line`.
  private func uses(of pattern: String, in directory: String) throws -> [String] {
    let expression = try Regex(pattern)
    return try Self.sources(directory).flatMap { path, text in
      text.split(separator: "\n").filter { line in
        !line.drop(while: \.isWhitespace).hasPrefix("//") && line.contains(expression)
      }.map { "\(path): \($0.drop(while: \.isWhitespace))" }
    }
  }

  @Test(arguments: [
    #"(^|[^.\w])(print|debugPrint|readLine|fatalError)\("#,
    #"(^|[^.\w])_?exit\("#, #"isatty\("#, #"tcgetattr\("#, #"getenv\("#,
    #"import ArgumentParser"#, #"ProcessInfo"#, #"try!"#, #"\bas!"#,
  ])
  func coreIsSilent(pattern: String) throws {
    #expect(try uses(of: pattern, in: "Sources/Core") == [])
  }

  @Test(arguments: [
    ("CGit2", ["Git"]), ("CCurl", ["Fetch"]), ("CBlake3", ["Hash"]),
    ("GRDB", ["Index", "Catalog"]),
  ])
  func aForeignModuleIsImportedWhereItBelongs(module: String, folders: [String]) throws {
    let lines = try uses(
      of: #"^\s*(internal |public |private |@preconcurrency )*import \#(module)\b"#, in: "Sources")
    #expect(!lines.isEmpty)
    #expect(lines.filter { line in !folders.contains { line.hasPrefix("Core/\($0)/") } } == [])
  }

  /// A new case of an error then cannot lack its words: the compiler asks for them.
  @Test func errorsBecomeWordsWithoutADefault() throws {
    #expect(
      try uses(of: #"^\s*(@unknown )?default\s*:"#, in: "Sources/Plumbing/Shared/Failures") == [])
  }

  /// Those that reach a command have words of their own; the others are told as part of one.
  @Test func everyErrorOfCoreHasWords() throws {
    let words = try Self.sources("Sources/Plumbing/Shared/Failures").map(\.text).joined()
    let error = /(?:public|package) (?:enum|struct) (\w+): Error/
    let names = try Self.sources("Sources/Core").flatMap {
      $0.text.matches(of: error).map { String($0.output.1) }
    }
    let parts: Set = [
      "CivitaiReplyError", "Conflict", "GitFailure", "HubReplyError", "JSONError",
      "LoaderTableError", "TOMLError", "MetadataEditError", "StoreAddressError", "TooLong",
      "WorkflowEditError", "WorkflowError",
    ]
    #expect(names.count > 20)
    #expect(
      names.filter { !parts.contains($0) && !words.contains("\($0): FailureConvertible") } == [])
  }

  /// What standard input holds comes to Core as a value.
  @Test func coreOpensNoStandardStream() throws {
    #expect(
      try uses(
        of:
          #"STD(IN|OUT|ERR)_FILENO|[(, ]std(in|out|err)[,)]|[(, ]\.standard(Input|Output|Error)\b|FileDescriptor\.standard|FileDescriptor\(rawValue: [012]\)"#,
        in: "Sources/Core") == [])
  }

  /// A credential is made where it is found, for one origin, and asked for its text by nobody but
  /// itself and what masks it: no other code can send one.
  @Test func secretsAreRevealedInTwoPlaces() throws {
    let files = try uses(of: #"\.reveal\(\)|Credential\(|\bCredential\.init"#, in: "Sources")
      .map { String($0.prefix { $0 != ":" }) }
    #expect(Set(files) == ["Core/Web/Credentials.swift", "Core/Web/Redaction.swift"])
    let headers = try uses(of: #""Authorization""#, in: "Sources/Core/Fetch")
    // An endpoint of the machine or container is shown what its own environment says.
    #expect(
      headers == [
        #"Engine/Exchange.swift: addHeader("Authorization", value)"#,
        #"Store/MachineKeys.swift: "#
          + #"fields.append(ResponseHead.Field(name: "Authorization", value: token))"#,
      ])
  }

  /// A credential becomes a field of a request in one place, which asks it by the origin that the
  /// request goes to. libcurl is told no other login, and no name of a token's variable is known
  /// elsewhere.
  @Test func credentialsAreSentInOnePlace() throws {
    #expect(
      try uses(of: #"authorization\(for:"#, in: "Sources") == [
        "Core/Fetch/Engine/Exchange.swift: guard let value = "
          + "source.credential?.authorization(for: trail.address.origin) else {"
      ])
    // Keys sign a request in the same place.
    #expect(
      try uses(of: "CURLOPT_(USERPWD|AWS_SIGV4)", in: "Sources").allSatisfy {
        $0.hasPrefix("Core/Fetch/Engine/Exchange.swift: ")
      })
    let options = try Self.sources("Sources").flatMap { _, text in
      text.matches(of: /CURLOPT_([A-Z0-9_]+)/).map { String($0.output.1) }
    }
    let knowing: Set = [
      "ACCEPT_ENCODING", "AWS_SIGV4", "BUFFERSIZE", "CAINFO", "CAPATH", "CONNECTTIMEOUT_MS",
      "CUSTOMREQUEST", "EXPECT_100_TIMEOUT_MS", "FOLLOWLOCATION", "HTTPHEADER",
      "HTTP_CONTENT_DECODING", "HTTP_VERSION", "IGNORE_CONTENT_LENGTH", "INFILESIZE_LARGE",
      "NOBODY", "NOPROXY", "NOSIGNAL", "PROXY", "RANGE", "SUPPRESS_CONNECT_HEADERS",
      "TCP_KEEPALIVE", "UPLOAD", "UPLOAD_BUFFERSIZE", "URL", "USERAGENT", "USERPWD",
    ]
    #expect(Set(options).subtracting(knowing) == [])
    #expect(
      try uses(of: "CURLOPT_(HTTPHEADER|URL)", in: "Sources").allSatisfy {
        $0.hasPrefix("Core/Fetch/Engine/Exchange.swift: ")
      })
    // What else a request has is the hub's own, and the same for everybody.
    #expect(
      try uses(of: #"\bfields: [^\[]"#, in: "Sources/Core/Fetch") == [
        "Batch/FetchSettings.swift: url: request.url, fields: request.hub?.requestFields ?? [],",
        #"Store/MachineKeys.swift: "#
          + #"var request = BucketRequest(method: method, path: "", fields: fields)"#,
      ])
    let variables = try uses(
      of: #""(HF_TOKEN|HUGGING_FACE_HUB_TOKEN|CIVITAI_)"#, in: "Sources/Core")
    #expect(
      Set(variables.map { $0.prefix { $0 != ":" } }) == ["Web/Hub.swift", "Web/Credentials.swift"])
  }

  @Test func plumbingKnowsNoTerminal() throws {
    #expect(
      try uses(of: #"isatty\(|(^|[^.\w])print\(|(^|[^.\w])exit\("#, in: "Sources/Plumbing") == [])
  }

  /// Once the manual has its first page, it has one for each command.
  @Test func everyCommandHasAManualPage() throws {
    let manual = Self.root.appendingPathComponent("man")
    func exists(_ page: String) -> Bool {
      FileManager.default.fileExists(atPath: manual.appendingPathComponent(page).path)
    }
    let name = /commandName: "([a-z-]+)"/
    let names = try (Self.sources("Sources/Plumbing") + Self.sources("Sources/Porcelain"))
      .flatMap { $0.text.matches(of: name).map { String($0.output.1) } }
      .filter { $0 != "comfy" && $0 != "version" }
    #expect(names.count >= 16)
    guard exists("comfy.1") else { return }
    #expect(names.filter { !exists("comfy-\($0).1") } == [])
  }
}
