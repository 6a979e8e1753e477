import SystemPackage
import Testing

@testable import ComfyCore

@Suite struct CatalogTests {
  private let catalog: Catalog
  private let finder: SourceFinder

  init() throws {
    catalog = try Catalog(at: nil)
    try catalog.replace(
      CatalogList(modelList: "/list.json", origin: .manager), stamp: "1",
      with: [
        Self.entry(
          "ink.safetensors", "loras", "https://huggingface.co/a/ink/resolve/main/ink.safetensors"),
        Self.entry(
          "model.safetensors", "vae",
          "https://huggingface.co/a/fine-vae/resolve/main/model.safetensors"),
        Self.entry("twin.pt", "vae", "https://example.com/one/twin.pt", sha256: "aa"),
        Self.entry("twin.pt", "vae", "https://example.com/two/twin.pt", sha256: "bb"),
        Self.entry("sdxl_vae.safetensors", "vae", "https://example.com/sdxl_vae.safetensors"),
      ])
    finder = SourceFinder(catalog: catalog, known: [])
  }

  private static func entry(
    _ name: String, _ folder: String, _ url: String, sha256: String? = nil
  ) throws -> CatalogEntry {
    CatalogEntry(
      name: name, category: Category(folder), url: try SourceURL(url),
      sha256: sha256.flatMap { SHA256Hash(String(repeating: $0, count: 32)) }, origin: .manager)
  }

  private func found(
    _ value: String, in folder: String?, sha256: String? = nil, links: WorkflowLinks = .init()
  ) throws -> [String] {
    let reference = ModelReference(
      nodeID: "1", nodeType: "Loader", place: .widget(0), widgetValue: value,
      category: folder.map { Category($0) })
    return try finder.proposals(
      for: reference, links: links,
      sha256: sha256.flatMap { SHA256Hash(String(repeating: $0, count: 32)) }
    ).map(\.entry.url.cleaned)
  }

  @Test("a name matches whole, upper and lower case aside, and never a part of another")
  func nameMatchesWhole() throws {
    #expect(try found("styles/INK.safetensors", in: "loras").count == 1)
    #expect(try found("vae.safetensors", in: "vae").isEmpty)
    #expect(try found("sdxl_vae_fp16.safetensors", in: "vae").isEmpty)
  }

  @Test("a file for another folder is not proposed")
  func folderMustAgree() throws {
    #expect(try found("ink.safetensors", in: "checkpoints").isEmpty)
    #expect(try found("ink.safetensors", in: nil).count == 1)
  }

  @Test("a general name needs its repository in the value")
  func generalNames() throws {
    #expect(try found("model.safetensors", in: "vae").isEmpty)
    #expect(try found("other/model.safetensors", in: "vae").isEmpty)
    #expect(try found("Fine_VAE/model.safetensors", in: "vae").count == 1)
    for name in ["diffusion_pytorch_model.fp16.safetensors", "model-00001-of-00002.safetensors"] {
      #expect(GeneralName.isGeneral(name))
    }
    #expect(!GeneralName.isGeneral("ae.safetensors"))
  }

  @Test("a declared hash decides between addresses, and another one rules a place out")
  func hashDecides() throws {
    #expect(try found("twin.pt", in: "vae").count == 2)
    #expect(try found("twin.pt", in: "vae", sha256: "bb") == ["https://example.com/two/twin.pt"])
    #expect(try found("twin.pt", in: "vae", sha256: "cc").isEmpty)
  }

  @Test("addresses in prose end where the sentence goes on")
  func linksInNotes() throws {
    let text =
      #"{"nodes":[{"widgets_values":["see (https://example.com/x/sharp.pth), then \"https://example.com/y/sharp.pth\"."]}]}"#
    let links = WorkflowLinks(try JSONDocument(parsing: text))
    #expect(
      try found("sharp.pth", in: "upscale_models", links: links) == [
        "https://example.com/x/sharp.pth", "https://example.com/y/sharp.pth",
      ])
  }

  @Test("a workflow inside an image has its links too, in the order of its text")
  func linksInImages() throws {
    let text =
      #"{"nodes":[{"title":"https://a.org/x/sharp.pth"}],"extra":"https://b.org/sharp.pth"}"#
    let body = Array("workflow\0\(text)".utf8)
    let length = (0..<4).reversed().map { UInt8(body.count >> (8 * $0) & 0xFF) }
    let image = PNGText.signature + length + Array("tEXt".utf8) + body + [0, 0, 0, 0]
    let links = try WorkflowReader().read(image).links
    #expect(
      links["sharp.pth"].map(\.cleaned) == ["https://a.org/x/sharp.pth", "https://b.org/sharp.pth"])
  }

  @Test(
    "an address is found wherever it stands, and ends where it ends",
    arguments: [
      ("https://a.org/x/sharp.pth", "https://a.org/x/sharp.pth"),
      ("url:http://a.org/sharp.pth!", "http://a.org/sharp.pth"),
      ("https://a.org/ä/sharp.pth\u{3000}here", "https://a.org/ä/sharp.pth"),
      ("https://a.org/sharp.pth\u{A0}", "https://a.org/sharp.pth"),
      ("http is no address; https://a.org/sharp.pth", "https://a.org/sharp.pth"),
      ("[`https://a.org/sharp.pth`](x)", "https://a.org/sharp.pth"),
      ("sharp.pth", nil), ("ftp://a.org/sharp.pth", nil), ("htt", nil), ("http", nil),
    ])
  func linksInTexts(text: String, url: String?) throws {
    let links = WorkflowLinks(
      try JSONDocument(parsing: #"{"a":{"b":["\#(text)"]}}"#))
    #expect(links["sharp.pth"].map(\.cleaned) == (url.map { [$0] } ?? []))
  }

  @Test("a list that changed says only what it says now; one that is gone says nothing")
  func listsAreReplaced() throws {
    let list = CatalogList(modelList: "/list.json", origin: .manager)
    try catalog.replace(list, stamp: "2", with: [])
    #expect(try catalog.lists().map(\.entryCount) == [0])
    #expect(try found("ink.safetensors", in: "loras").isEmpty)
    #expect(try catalog.keepOnly([]) == 1)
    #expect(try catalog.lists().isEmpty)
  }

  @Test("another program's database and a file that is none are left alone")
  func foreignFilesStay() throws {
    let folder = try ModelFolder()
    let path = folder.path.appending("catalog.sqlite")
    try folder.write("a letter", to: "catalog.sqlite")
    #expect(try Catalog(at: path).lists().isEmpty)
    #expect(try FileBytes.read(path, limit: 100) == Array("a letter".utf8))
  }

  @Test("the facts that come along are all readable")
  func shippedFacts() {
    let rows = TemplateFacts.rows.split(separator: "\n").count
    #expect(TemplateFacts.entries.count == rows)
    #expect(rows > 300)
  }
}
