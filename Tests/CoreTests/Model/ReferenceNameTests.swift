import Testing

@testable import ComfyCore

/// What a widget value means as a name.
@Suite struct ReferenceNameTests {
  @Test("a name shows no secret, and the name that is shown means the same reference")
  func secrets() {
    let value = " https://example.com/v.pt?token=planted&x=1"
    let name = ModelReference.name(of: value)
    #expect(name == "https://example.com/v.pt?token=***&x=1")
    #expect(ModelReference.name(of: name) == name)
    let reference = ModelReference(
      nodeID: "1", nodeType: "VAELoader", place: .widget(0), widgetValue: value)
    #expect(reference.name == name)
    #expect(!reference.filename.contains("planted"))
    #expect(
      reference.isNamed(value) && reference.isNamed(name) && reference.isNamed("v.pt?token=***&x=1")
    )
    #expect(!reference.isNamed("https://example.com/v.pt"))
    #expect(!reference.key.widgetValue.contains("planted"))
  }

  @Test("a file that a URL names may be meant by the whole URL")
  func addresses() {
    let reference = ModelReference(
      nodeID: "1", nodeType: "VAELoader", place: .widget(0),
      widgetValue: "https://example.com/v.pt?token=planted", name: "v.pt")
    for text in ["v.pt", "https://example.com/v.pt?token=***", reference.widgetValue] {
      #expect(reference.isNamed(text))
    }
  }

  @Test("a name that only looks like a secret is left as it is")
  func plain() {
    #expect(ModelReference.name(of: " token=a\\b.pt ") == "token=a/b.pt")
  }
}
