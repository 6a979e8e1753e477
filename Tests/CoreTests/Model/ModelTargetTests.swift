import Testing

@testable import ComfyCore

@Suite("Where a new model may be put")
struct ModelTargetTests {
  @Test(arguments: [
    "checkpoints/a.safetensors", "loras/x/.hidden.pt", "my nodes/a.GGUF", "configs/v1.yaml",
    "embeddings/easyneg", "embeddings/x/neg-1.5", "embeddings/style.v2",
  ])
  func accepts(_ text: String) throws {
    #expect(try RelativePath(ofNewModel: text).string == text)
  }

  @Test(arguments: [
    ("x.pth", "path.category"), ("custom_nodes/x/a.pt", "path.code"),
    ("loras/Custom_Nodes/a.pt", "path.code"), ("loras/.git/hooks/a.pt", "path.hidden"),
    (".ssh/a.pt", "path.hidden"), ("loras/authorized_keys", "path.not-a-model"),
    ("loras/a.py", "path.not-a-model"), ("configs/a.sh", "path.not-a-model"),
    ("loras/.pt", "path.not-a-model"), ("embeddings/a.py", "path.not-a-model"),
    ("embeddings/.profile", "path.not-a-model"), ("CON/a.pt", "path.unportable"),
    ("../a.pt", "path.component"), ("/a.pt", "path.absolute"),
    (String(repeating: "d/", count: 65) + "a.pt", "path.deep"),
  ])
  func refuses(_ text: String, _ code: String) {
    let error = #expect(throws: RelativePathError.self) { try RelativePath(ofNewModel: text) }
    #expect(error?.code == code)
  }
}
