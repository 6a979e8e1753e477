@testable import ComfyCore
import SystemPackage
import TestServer
import Testing

@Suite struct ContentTests {
  @Test(
    "bodies that are no models are refused, and nothing is left",
    arguments: [
      ("<!DOCTYPE html><html>login</html>", "html"), ("\n  <html><body>", "html"),
      ("\u{FEFF}<?xml version=\"1.0\"?>", "html"), ("{\"error\":\"Unauthorized\"}", "json"),
      (" [1, 2]", "json"),
      ("version https://git-lfs.github.com/spec/v1\noid sha256:00\nsize 9\n", "lfs-pointer"),
      ("", "empty"),
    ])
  func foreign(text: String, kind: String) throws {
    let scene = try Scene { _ in .text(200, text, type: "application/octet-stream") }
    for target in ["loras/m.safetensors", "loras/m.ckpt", "loras/m.gguf"] {
      let error = try scene.run(scene.request("/m", to: target)).error
      guard case .notAModel(let content, let beginning) = error else {
        Issue.record("\(String(describing: error))")
        return
      }
      #expect(content.rawValue == kind)
      #expect(String(decoding: beginning, as: UTF8.self) == text)
    }
    #expect(scene.names() == [])
    #expect(scene.server.requests.count == 3)
  }

  @Test(
    "text is no model, whatever the server calls it",
    arguments: [
      ("<title>Sign in</title><p>to go on</p>", "text/html; charset=utf-8", "html"),
      ("<title>Sign in</title>", "application/octet-stream", "html"),
      ("Please sign in", "TEXT/HTML", "html"),
      ("{\"error\":\"Unauthorized\"}", "application/json", "json"),
      ("\"no\"", "application/problem+json; charset=utf-8", "json"),
      ("Access denied. Contact the administrator", "text/plain", "text"),
      ("Zugriff verweigert – bitte anmelden", "application/octet-stream", "text"),
      ("File not found\r\n", "", "text"), (String(repeating: "ü", count: 300), "", "text"),
    ])
  func text(body: String, type: String, kind: String) throws {
    let scene = try Scene { _ in
      Reply(200, headers: type.isEmpty ? [] : [("Content-Type", type)], body: body.utf8)
    }
    for ending in ["ckpt", "pt", "pth", "bin", "gguf", "onnx", "safetensors", "SFT"] {
      let error = try scene.run(scene.request("/m", to: "loras/m.\(ending)")).error
      guard case .notAModel(let content, _) = error else {
        Issue.record("\(ending): \(String(describing: error))")
        continue
      }
      #expect(content.rawValue == kind, "\(ending)")
    }
    #expect(scene.names() == [])
  }

  @Test(
    "a body that is called a page or a message must begin as a model of its kind",
    arguments: ["text/html", "application/json"])
  func wrongBeginning(type: String) throws {
    // A page as UTF-16, and one that does not keep to its character set.
    let pages: [[UInt8]] = [
      [0xFF, 0xFE] + "<html>".utf16.flatMap { [UInt8($0 & 0xFF), UInt8($0 >> 8)] },
      Array("Fehler: Schl".utf8) + [0xFC] + Array("ssel".utf8),
    ]
    for page in pages {
      let scene = try Scene { _ in Reply(200, headers: [("Content-Type", type)], body: page) }
      for ending in ["ckpt", "pt", "pth", "gguf", "bin"] {
        let error = try scene.run(scene.request("/m", to: "loras/m.\(ending)")).error
        #expect(error?.code == "fetch.not-a-model", "\(ending)")
      }
      #expect(scene.names() == [])
    }
  }

  @Test("a GGUF file begins with its mark", arguments: ["GGU", "PK\u{3}\u{4}", "\u{0}\u{1}GGUF"])
  func wrongMark(beginning: String) throws {
    let body = Array(beginning.utf8) + content(600)
    let scene = try Scene { ServedFile(body).reply(to: $0) }
    guard
      case .notAModel(.otherFormat, _)? = try scene.run(
        scene.request("/m", to: "unet/m.GGUF")
      ).error
    else {
      Issue.record("taken")
      return
    }
    #expect(scene.names() == [])
  }

  /// What the loaders read, as their writers begin it.
  static let beginnings: [(name: String, beginning: [UInt8])] = {
    let tar = Array("sys_info".utf8) + [UInt8](repeating: 0, count: 92) + Array("0000644\0".utf8)
    let pickle: [UInt8] = [0x80, 0x02, 0x8A, 0x0A, 0x6C, 0xFC, 0x9C, 0x46, 0xF9, 0x20, 0x6A, 0xA8]
    let zip = Self.zip(["m/data.pkl"])
    let gguf = Array("GGUF".utf8) + [3, 0, 0, 0]
    let ggml = Array("lmgg".utf8) + [0, 0x7D, 0, 0]
    let onnx: [UInt8] = [0x08, 0x07, 0x12, 0x07] + Array("pytorch".utf8)
    return [
      ("m.pt", zip), ("m.pth", zip), ("m.ckpt", zip), ("m.bin", zip), ("m.pt2", zip),
      ("m.torchscript", zip), ("m.pt", pickle), ("m.pth", pickle), ("m.CKPT", pickle),
      ("m.bin", pickle), ("m.pkl", pickle), ("m.pkl", Array("(dp0\nS'f'\np1\n".utf8)),
      ("m.pt", tar), ("m.pth", tar), ("m.ckpt", tar), ("m.bin", tar), ("m.gguf", gguf),
      ("m.bin", ggml), ("m.bin", [0x3C, 0, 0, 0x80]), ("m.onnx", onnx), ("m.onnx", [0x0A, 3]),
    ]
  }()

  @Test("a model passes, whatever the server calls it", arguments: beginnings)
  func models(name: String, beginning: [UInt8]) throws {
    let rest = content(2_000)
    let body = beginning + rest
    for type in ["", "application/octet-stream", "text/html", "application/json", "text/plain"] {
      // A pickle of text alone is one only where nothing else is said of it.
      if beginning.first == UInt8(ascii: "("), !["", "text/plain"].contains(type) { continue }
      let scene = try Scene { _ in
        Reply(200, headers: type.isEmpty ? [] : [("Content-Type", type)], body: body)
      }
      let outcome = try scene.run(scene.request("/m", to: "any/\(name)"))
      #expect(outcome.file?.size == Int64(body.count), "\(type): \(outcome)")
    }
  }

  @Test(
    "what is no model by its name is not looked at so", arguments: ["a.txt", "a.yaml", "a.json"])
  func otherNames(name: String) throws {
    let scene = try Scene { _ in .text(200, "{\"a\": 1}", type: "application/json") }
    #expect(try scene.run(scene.request("/c", to: "loras/\(name)")).file?.size == 8)
  }

  /// A tar archive of one empty file.
  private static func tar(_ name: String) -> [UInt8] {
    var header = Array(name.utf8) + [UInt8](repeating: 0, count: 512 - name.utf8.count)
    header.replaceSubrange(100..<108, with: Array("0000644\0".utf8))
    header.replaceSubrange(148..<156, with: Array("        ".utf8))
    header.replaceSubrange(257..<265, with: Array("ustar\u{0}00".utf8))
    let sum = String(header.reduce(0) { $0 + Int($1) }, radix: 8)
    let digits = String(repeating: "0", count: 6 - sum.utf8.count) + sum
    header.replaceSubrange(148..<156, with: Array(digits.utf8) + [0, 0x20])
    return header
  }

  @Test(
    "a tar archive is a model with the members of old torch alone",
    arguments: ["m.pt", "m.pth", "m.ckpt", "m.bin"])
  func tarArchives(name: String) {
    for member in ["sys_info", "pickle", "storages", "tensors"] {
      #expect(ContentSniffing.foreignContent(Self.tar(member), filename: name) == nil)
    }
    for member in ["workflow.json", "./", "model/", "pickle.txt", "tensors/a"] {
      for type in [nil, "application/x-tar", "text/html"] {
        #expect(
          ContentSniffing.foreignContent(Self.tar(member), filename: name, type: type) == .archive)
      }
    }
    #expect(ContentSniffing.foreignContent(Self.tar("a"), filename: "a.safetensors") == nil)
  }

  @Test("a long page is refused after its beginning, not at its end")
  func longPage() throws {
    let page = Array("<html>".utf8) + [UInt8](repeating: 0x20, count: 5_000_000)
    let scene = try Scene { _ in Reply(200, body: page) }
    #expect(try scene.run(scene.request()).error?.code == "fetch.not-a-model")
    #expect(scene.bytes("loras/m.pt") == nil)
  }

  @Test("JSON is fine where it was asked for, and empty files are where they are expected")
  func wanted() throws {
    let scene = try Scene { request in .text(200, request.path == "/empty" ? "" : "{}") }
    #expect(try scene.run(scene.request("/c", to: "loras/config.json")).file?.size == 2)
    let expectation = FetchExpectation(size: 0)
    #expect(try scene.run(scene.request("/empty", to: "loras/e.pt", expectation)).file?.size == 0)
  }

  @Test(
    "a file that does not fit its own safetensors header is refused, and asked for once",
    arguments: [
      // As a file cut short by whoever published it, one with more behind, and one without a header.
      (header: 100, data: 99), (header: 100, data: 101), (header: 1 << 40, data: 100),
    ])
  func safetensors(header: Int, data: Int) throws {
    let text = #"{"x":{"dtype":"U8","shape":[\#(header)],"data_offsets":[0,\#(header)]}}"#
    let length = (0..<8).map { UInt8(truncatingIfNeeded: text.utf8.count >> (8 * $0)) }
    let body = length + Array(text.utf8) + [UInt8](repeating: 7, count: data)
    let scene = try Scene { ServedFile(body).reply(to: $0) }
    let request = try scene.request(to: "loras/m.safetensors")
    #expect(try scene.run(request).error?.code == "fetch.not-a-model")
    #expect(scene.names() == [])
    #expect(scene.ranges == ["-"])
  }

  @Test("expectations are checked, each by name")
  func expectations() throws {
    let body = content(70_000)
    let other = content(70_000, seed: 3)
    let scene = try Scene { ServedFile(body).reply(to: $0) }
    func error(_ expectation: FetchExpectation) throws -> FetchError? {
      try scene.run(scene.request("/m", to: "loras/m.pt", expectation)).error
    }
    #expect(
      try error(FetchExpectation(size: 69_999))
        == .size(expected: 69_999, found: 70_000, known: .request))
    #expect(
      try error(FetchExpectation(sha256: sha256(other)))
        == .checksum(
          algorithm: "sha256", expected: sha256(other).hex, found: sha256(body).hex,
          known: .request))
    #expect(
      try error(FetchExpectation(blake3: blake3(other)))
        == .checksum(
          algorithm: "blake3", expected: blake3(other).hex, found: blake3(body).hex,
          known: .request))
    #expect(scene.names() == [])
    let right = FetchExpectation(
      size: 1, isSizeExact: false, sha256: sha256(body), blake3: blake3(body))
    #expect(try scene.run(scene.request("/m", to: "loras/m.pt", right)).file?.isVerified == true)
  }

  /// A ZIP archive of empty files.
  private static func zip(_ names: [String]) -> [UInt8] {
    func bytes(_ number: Int, _ count: Int) -> [UInt8] {
      (0..<count).map { UInt8(truncatingIfNeeded: number >> (8 * $0)) }
    }
    var files: [UInt8] = []
    var directory: [UInt8] = []
    for name in names {
      let place = files.count
      let common = bytes(0, 18) + bytes(name.utf8.count, 2)
      files += [0x50, 0x4B, 3, 4] + bytes(20, 2) + bytes(0, 20) + bytes(name.utf8.count, 2)
      files += bytes(0, 2) + Array(name.utf8)
      directory += [0x50, 0x4B, 1, 2] + bytes(20, 2) + bytes(20, 2) + bytes(0, 2) + common
      directory += bytes(0, 12) + bytes(place, 4) + Array(name.utf8)
    }
    return files + directory + [0x50, 0x4B, 5, 6] + bytes(0, 4) + bytes(names.count, 2)
      + bytes(names.count, 2) + bytes(directory.count, 4) + bytes(files.count, 4) + bytes(0, 2)
  }

  @Test(
    "an archive without a pickle is no model, whatever its name",
    arguments: ["pth", "pt", "ckpt", "pt2", "bin", "onnx", "pkl", "torchscript"])
  func archives(ending: String) throws {
    let model = Self.zip(["archive/data.pkl", "archive/version"])
    let others = [
      Self.zip(["workflow.json", "readme.txt"]), Array(model.dropLast(30)),
      Array("Rar!".utf8) + [0x1A, 7, 1, 0] + content(900),
      Array("7z".utf8) + [0xBC, 0xAF, 0x27, 0x1C] + content(900),
    ]
    let scene = try Scene { request in
      let place = Int(request.path.dropFirst()) ?? 0
      return Reply(200, body: place == 0 ? model : others[place - 1])
    }
    #expect(try scene.run(scene.request("/0", to: "loras/m.\(ending)")).file != nil)
    for place in 1...others.count {
      let error = try scene.run(scene.request("/\(place)", to: "loras/n.\(ending)")).error
      #expect(error?.code == "fetch.not-a-model")
    }
    #expect(scene.names() == ["m.\(ending)"])
  }

  @Test(
    "an encoding that nobody asked for is refused, and never decoded",
    arguments: ["Content-Encoding", "Transfer-Encoding"])
  func gzip(field: String) throws {
    // `printf 'comfy' | gzip -n`
    let packed: [UInt8] = [
      0x1F, 0x8B, 8, 0, 0, 0, 0, 0, 0, 3, 0x4B, 0xCE, 0xCF, 0x4D, 0xAB, 4, 0, 0x1F, 0x40, 0x84,
      0x21,
      5, 0, 0, 0,
    ]
    let scene = try Scene { _ in Reply(200, headers: [(field, "gzip")], body: packed) }
    let error = try scene.run(scene.request("/m", to: "loras/m.txt")).error
    #expect(error == .protocolViolation(host: "127.0.0.1", detail: .contentEncoding))
    #expect(scene.names() == [])
  }
}
