import Testing

@testable import ComfyCore

@Suite struct FilenameTests {
  @Test(
    arguments: [
      ("attachment; filename=\"a.bin\"", "a.bin"), ("attachment; filename=a.bin", "a.bin"),
      ("ATTACHMENT;FILENAME = \"a b.bin\" ;x=y", "a b.bin"), ("filename=a.bin", "a.bin"),
      ("attachment; filename=\"a;b.bin\"; x=1", "a;b.bin"),
      ("attachment; filename=\"a\\\"b\\\\c.bin\"", "a\"b\\c.bin"),
      ("attachment; filename=\"C:\\dir\\a.bin\"", "C:\\dir\\a.bin"),
      ("attachment; filename=\"open", "open"), ("attachment; filename=", nil),
      ("attachment; filename=\"\"", nil), ("attachment", nil), ("", nil), (";;;=;=", nil),
      ("attachment; filename=\"x.bin\"; filename*=UTF-8''%e2%82%ac%20rates.bin", "€ rates.bin"),
      ("attachment; filename*=utf-8'en'a%2Fb.bin; filename=x", "a/b.bin"),
      ("attachment; filename*=iso-8859-1''%fc.bin", "ü.bin"),
      ("attachment; filename*=utf-16''%fc.bin; filename=x.bin", "x.bin"),
      ("attachment; filename*=UTF-8''%ff; filename=x.bin", "x.bin"),
      ("attachment; filename*=x; filename=y.bin", "y.bin"),
      ("attachment; filename=\"a%20b.bin\"", "a b.bin"),
      ("attachment; filename=\"100%.bin\"", "100%.bin"),
      ("attachment; filename=\"%ff.bin\"", "%ff.bin"),
      ("attachment; filename=\"Ã¼.bin\"", "ü.bin"), ("attachment; filename=\"ü.bin\"", "ü.bin"),
      ("attachment; filename=a.bin; filename=b.bin", "a.bin"),
    ] as [(String, String?)])
  func dispositions(_ value: String, _ name: String?) {
    #expect(ContentDisposition(value).filename == name)
  }

  @Test(
    arguments: [
      ("a.bin", "a.bin"), ("../../etc/passwd", "passwd"), ("a\\..\\b.bin", "b.bin"),
      ("/a.bin", "a.bin"),
      ("C:\\x\\a.bin", "a.bin"), ("C:a.bin", "C_a.bin"), ("a\u{0}b\n\u{1B}[31m.bin", "ab[31m.bin"),
      ("a\u{202E}nib.exe", "anib.exe"), ("  a.bin . ", "a.bin"), ("...hidden", "hidden"),
      ("a<b>c?.bin", "a_b_c_.bin"), ("con", "_con"), ("NUL.safetensors", "_NUL.safetensors"),
      ("com1.bin", "_com1.bin"), ("LPT².x", "_LPT².x"), ("com10.bin", "com10.bin"),
      ("console.bin", "console.bin"), ("-rf", "-rf"), ("墨絵.safetensors", "墨絵.safetensors"),
      ("", nil), ("..", nil), ("a/", nil), ("/", nil), (" . ", nil), ("\u{0}", nil),
      ("..\\..", nil),
    ] as [(String, String?)])
  func safeNames(_ name: String, _ safe: String?) {
    #expect(SafeFilename(name)?.string == safe)
  }

  @Test(arguments: [
    (
      String(repeating: "a", count: 300) + ".safetensors",
      String(repeating: "a", count: 243) + ".safetensors"
    ),
    (String(repeating: "墨", count: 100) + ".bin", String(repeating: "墨", count: 83) + ".bin"),
    (String(repeating: "a", count: 300), String(repeating: "a", count: 255)),
    ("a." + String(repeating: "b", count: 300), "a." + String(repeating: "b", count: 253)),
  ])
  func longNames(_ name: String, _ cut: String) {
    #expect(SafeFilename(name)?.string == cut)
  }

  @Test(
    arguments: [
      ("a.safetensors", ModelExtension.safetensors), ("A.SafeTensors", .safetensors),
      ("x/a.b.gguf", .gguf), ("a.pt2", .pt2), ("a", nil), (".bin", nil), ("x/.bin", nil),
      ("x\\.bin", nil), ("a.bin/b", nil), ("a.bi\u{0301}n", nil), ("a.", nil), ("", nil),
      ("a.txt", nil), ("...safetensors", nil), ("x/..bin", nil), ("..a.bin", .bin),
    ] as [(String, ModelExtension?)])
  func extensions(_ name: String, _ found: ModelExtension?) {
    #expect(ModelExtension(of: name) == found)
  }

  @Test func picklesAreNamed() {
    let pickles = ModelExtension.allCases.filter(\.isPickle)
    #expect(pickles == [.ckpt, .pt, .pt2, .pth, .bin, .pkl])
  }
}
