import Testing

@testable import ComfyCore

@Suite struct SourceKeyTests {
  static let mirrors = try? Mirrors(
    rules: "example.org=https://mirror.example/e", endpoint: "http://127.0.0.1:9/hf")

  @Test(arguments: [
    [
      "https://huggingface.co/Org/Repo/resolve/main/a b.bin",
      "https://HuggingFace.co:443/org/repo/blob/main/a%20b.bin?download=true",
      "hf.co/Org/Repo/raw/main/a%20b.bin", "http://huggingface.co/Org/Repo/resolve/main/a b.bin",
      "https://hf-mirror.com/Org/Repo/resolve/main/%61%20b.bin?token=x",
      "http://127.0.0.1:9/hf/Org/Repo/resolve/main/a%20b.bin",
      "https://u:p@huggingface.co/Org/Repo/resolve/main/./a%20b.bin#x",
    ],
    [
      "https://civitai.com/api/download/models/12",
      "https://civitai.red/models/1?modelVersionId=12",
      "https://civitai.com/models/1/name?modelVersionId=12&token=abc",
      "https://www.civitai.com/api/v1/model-versions/12",
    ],
    [
      "https://civitai.com/api/download/models/12?type=Model&format=SafeTensor",
      "https://civitai.com/api/download/models/12?format=safetensor&type=Model&token=x",
    ],
    [
      "https://github.com/O/r/blob/main/a.pth", "https://github.com/o/r/raw/main/a.pth",
      "https://raw.githubusercontent.com/o/r/refs/heads/main/a.pth",
      "https://media.githubusercontent.com/media/o/r/main/a.pth",
    ],
    [
      "https://example.org/a?x=1&y=2", "https://EXAMPLE.org:443/%61?y=2&x=1&token=t",
      "https://mirror.example/e/a?x=1&y=2",
    ],
  ])
  func spellingsShareAKey(_ spellings: [String]) throws {
    let mirrors = try #require(Self.mirrors)
    let keys = try Set(spellings.map { try SourceURL($0).key(mirrors: mirrors) })
    #expect(keys.count == 1, "\(keys)")
  }

  @Test func differentFilesDiffer() throws {
    let texts = [
      "https://huggingface.co/o/r/resolve/main/a.bin",
      "https://huggingface.co/o/r/resolve/v1/a.bin",
      "https://huggingface.co/o/r/resolve/main/A.bin",
      "https://huggingface.co/datasets/o/r/resolve/main/a.bin",
      "https://civitai.com/api/download/models/12", "https://civitai.com/api/download/models/13",
      "https://civitai.com/api/download/models/12?type=VAE",
      "https://civitai.com/api/download/models/12?fp=fp16",
      "https://civitai.com/api/download/models/12?fileId=1",
      "https://civitai.com/api/download/models/12?size=pruned", "https://example.org/a",
      "http://example.org/a", "https://example.org/a?x", "https://example.org/a%2Fb",
      "https://example.org/a/b", "https://example.org:8443/a",
    ]
    #expect(try Set(texts.map { try SourceURL($0).key() }).count == texts.count)
  }
}
