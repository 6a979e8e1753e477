import Testing

@testable import ComfyCore

@Suite struct ShownTests {
  @Test(arguments: [
    "https://huggingface.co/o/r/resolve/main/a-b_c.safetensors",
    "https://huggingface.co/o/r/resolve/main/a.safetensors?download=true",
    "http://127.0.0.1:8080/m.pt",
  ])
  func plainAddressesStayAsTheyAre(_ text: String) throws {
    #expect(SourceURL.shown(text) == text)
    #expect(try SourceURL(text).cleaned == text)
  }

  @Test(arguments: [
    "https://user:hunter22@example.com/m.pt", "https://example.com/m.pt?token=hunter22",
    "https://example.com/m.pt#token=hunter22",
    "see https://user:hunter22@example.com/m.pt",
    "https://example.com/?api_key=hunter22&download=true",
  ])
  func secretsAreGone(_ text: String) {
    #expect(!SourceURL.shown(text).contains("hunter22"))
  }
}
