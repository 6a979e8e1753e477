import SystemPackage
import Testing

@testable import ComfyCore

/// Which names are variants of one model, as information.
@Suite struct VariantNameTests {
  @Test(
    "other numbers and another format are variants",
    arguments: [
      ("flux1-dev.safetensors", "flux1-dev-fp8.safetensors"),
      ("flux1-dev.safetensors", "flux1-dev-Q4_K_S.gguf"),
      ("qwen3vl_4b_fp8_scaled.safetensors", "qwen3vl_4b_bf16.safetensors"),
      ("wan2.1_t2v_fp8_e4m3fn.safetensors", "wan2.1_t2v_fp16.safetensors"),
    ])
  func variants(_ one: String, _ other: String) {
    #expect(VariantName(one) == VariantName(other))
  }

  @Test(
    "another model, size or version is none",
    arguments: [
      ("flux1-dev.safetensors", "flux1-schnell.safetensors"),
      ("sam2_hiera_s.pt", "sam2_hiera_l.pt"), ("qwen3vl_4b.safetensors", "qwen3vl_8b.safetensors"),
      ("wan2.1_t2v.safetensors", "wan2.2_t2v.safetensors"),
      ("ink_rank32.safetensors", "ink_rank64.safetensors"),
      ("v1-5-pruned.safetensors", "v1-5-pruned-emaonly.safetensors"),
    ])
  func others(_ one: String, _ other: String) {
    #expect(VariantName(one) != VariantName(other))
  }

  @Test("a name of storage words alone has no variants")
  func nothingLeft() {
    #expect(VariantName("fp8.safetensors") == nil)
  }

  @Test("variants are for the same folder, and never the name itself")
  func inTheCatalog() throws {
    let catalog = try Catalog(at: nil)
    func entry(_ name: String, _ folder: String) throws -> CatalogEntry {
      CatalogEntry(
        name: name, category: Category(folder), url: try SourceURL("https://example.com/\(name)"),
        origin: .manager)
    }
    try catalog.replace(
      CatalogList(modelList: "/list.json", origin: .manager), stamp: "1",
      with: [
        entry("ink.safetensors", "loras"), entry("ink_fp8.safetensors", "loras"),
        entry("ink_bf16.safetensors", "checkpoints"), entry("model.fp16.safetensors", "loras"),
      ])
    let names = try catalog.variants(of: "Ink.safetensors", in: Category("loras")).map(\.name)
    #expect(names == ["ink_fp8.safetensors"])
    #expect(try catalog.variants(of: "model.safetensors", in: Category("loras")).isEmpty)
  }
}
