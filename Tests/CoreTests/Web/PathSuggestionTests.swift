import Testing

@testable import ComfyCore

@Suite struct PathSuggestionTests {
  static let address =
    "https://huggingface.co/o/r/resolve/main/split_files/vae/repo%20name.safetensors"

  private func path(
    _ value: String?, category: String? = "loras", also: [String] = [], directory: String? = nil,
    address: String? = address, server: String? = nil
  ) throws -> String? {
    let reference = value.map {
      ModelReference(
        nodeID: "1", nodeType: "Loader", place: .widget(0), widgetValue: $0,
        category: category.map { Category($0) }, alsoCategories: also.map { Category($0) },
        directory: directory)
    }
    let url = try address.map { try SourceURL($0) }
    return PathSuggestion.suggest(url: url, reference: reference, serverFilename: server)?.path
      .string
  }

  @Test(arguments: [
    ("a.safetensors", "loras/a.safetensors"), ("style/a.safetensors", "loras/style/a.safetensors"),
    ("style\\ink\\a.safetensors", "loras/style/ink/a.safetensors"), (" a.bin ", "loras/a.bin"),
    ("../../a.bin", "loras/a.bin"), ("/etc/a.bin", "loras/a.bin"),
    ("C:\\models\\a.bin", "loras/a.bin"), ("x//a.bin", "loras/a.bin"), ("x/./a.bin", "loras/a.bin"),
    ("a\u{1B}[1m.bin", "loras/a[1m.bin"), ("ink", "loras/ink.safetensors"),
    ("ink_v1.5", "loras/ink_v1.5.safetensors"), ("NUL.bin", "loras/_NUL.bin"),
    ("com1/a.bin", "loras/a.bin"), ("style /a.bin", "loras/a.bin"),
    ("style/d:a.bin", "loras/d_a.bin"), ("ink.", "loras/ink.safetensors"),
    ("style/conan.bin", "loras/style/conan.bin"),
    ("", "loras/repo name.safetensors"), ("..", "loras/repo name.safetensors"),
  ])
  func workflowNamesTheFile(_ value: String, _ expected: String) throws {
    #expect(try path(value) == expected)
  }

  @Test(
    arguments: [
      ("text_encoders", [], "text_encoders", "text_encoders/t5/a.bin"),
      ("text_encoders", [], "text_encoders/t5", "text_encoders/t5/a.bin"),
      ("checkpoints", [], "loras", "checkpoints/t5/a.bin"),
      ("checkpoints", ["diffusion_models"], "unet", "diffusion_models/t5/a.bin"),
      (nil, [], "models/loras", "loras/t5/a.bin"), (nil, [], "clip", "text_encoders/t5/a.bin"),
      (nil, [], "LLM\\gguf/", "LLM/gguf/t5/a.bin"), (nil, [], "../..", "vae/t5/a.bin"),
      (nil, [], "/etc", "etc/t5/a.bin"), (nil, [], nil, "vae/t5/a.bin"),
      ("../up", [], nil, nil), ("", [], nil, nil),
    ] as [(String?, [String], String?, String?)])
  func folderIsTheLoaders(
    _ category: String?, _ also: [String], _ directory: String?, _ expected: String?
  ) throws {
    #expect(
      try path("t5/a.bin", category: category, also: also, directory: directory) == expected)
  }

  @Test(
    arguments: [
      (address, nil, "vae/repo name.safetensors"),
      (address, "../server.bin", "vae/server.bin"),
      (address, "..", "vae/repo name.safetensors"),
      ("https://civitai.com/api/download/models/1", nil, nil),
      ("https://civitai.com/api/download/models/1", "C:\\x\\a.bin", nil),
      ("https://example.org/download", nil, nil),
      ("https://example.org/a%2F..%2Fb.bin", nil, nil),
      ("https://github.com/o/r/blob/main/d/a.pth", nil, nil),
      ("https://huggingface.co/o/r/blob/main/vae/x/UNET/y/a.bin", nil, "diffusion_models/a.bin"),
      ("https://example.org/vae.bin/loras/a.bin", nil, "loras/a.bin"),
      ("https://example.org/models/loras.bin", nil, nil), (nil, nil, nil),
    ] as [(String?, String?, String?)])
  func withoutReference(_ address: String?, _ server: String?, _ expected: String?) throws {
    #expect(try path(nil, address: address, server: server) == expected)
  }

  @Test func originsAreTold() throws {
    let url = try SourceURL(Self.address)
    #expect(PathSuggestion.suggest(url: url)?.nameOrigin == .address)
    #expect(PathSuggestion.suggest(url: url, serverFilename: "a.bin")?.nameOrigin == .server)
    let reference = ModelReference(
      nodeID: "1", nodeType: "L", place: .unknown, widgetValue: "a.bin",
      category: Category("vae"))
    #expect(
      PathSuggestion.suggest(url: url, reference: reference, serverFilename: "b.bin")?.nameOrigin
        == .workflow)
  }
}
