import Testing

@testable import ComfyCore

/// How a workflow may write the hash of a file.
@Suite struct GivenHashTests {
  private static let digits = String(repeating: "0aB", count: 21) + "C"

  private func given(_ hash: String, _ type: String?) -> GivenHash? {
    GivenHash(
      ModelReference(
        nodeID: "1", nodeType: "VAELoader", place: .widget(0), widgetValue: "v.pt", hash: hash,
        hashType: type))
  }

  @Test(
    "its kind beside it or before it, spaces and case aside",
    arguments: [
      ("DIGITS", "SHA256"), ("DIGITS", "sha-256"), ("DIGITS", nil), ("sha256:DIGITS", nil),
      ("SHA256:DIGITS", "SHA256"), (" sha256: DIGITS\n", " Sha256 "), ("\tDIGITS ", nil),
    ])
  func sha256(hash: String, type: String?) {
    let text = hash.replacing("DIGITS", with: Self.digits)
    #expect(given(text, type) == SHA256Hash(Self.digits).map { .sha256($0) })
  }

  @Test(arguments: [("DIGITS", "BLAKE3"), ("blake3:DIGITS", nil), ("Blake3: DIGITS", "blake3")])
  func blake3(hash: String, type: String?) {
    let text = hash.replacing("DIGITS", with: Self.digits)
    #expect(given(text, type) == ModelHash(Self.digits).map { .blake3($0) })
  }

  @Test(
    "what could mean anything else is not used",
    arguments: [
      ("0ab0ab0ab0", "AutoV2"), ("sha256:DIGITS", "BLAKE3"), ("crc32:DIGITS", nil),
      ("DIGITS", "CRC32"), ("sha256:blake3:DIGITS", nil), ("sha256:", nil), ("DIGITS0", nil),
    ])
  func unusable(hash: String, type: String?) {
    #expect(given(hash.replacing("DIGITS", with: Self.digits), type) == nil)
  }
}
