import Plumbing
import Testing

/// Words that a user may paste into a shell.
@Suite struct ShellTextTests {
  @Test(arguments: [
    ("a.json", "a.json"), ("a b", "'a b'"), ("", "''"), ("-rf", "-- '-rf'"),
    ("it's", #"'it'\''s'"#),
    ("$(x)", "'$(x)'"), ("a;b", "'a;b'"), ("é/ü", "é/ü"), ("~x", "'~x'"),
  ])
  func quotes(_ text: String, _ expected: String) {
    #expect(ShellText.quoted(text) == expected)
  }

  @Test func aNameChoosesNoOption() {
    #expect(ShellText.arguments(["w", "a b"]) == "w 'a b'")
    #expect(ShellText.arguments(["w", "-x", "--y"]) == "w -- '-x' '--y'")
  }
}
    #expect(
      ShellText.command(["sync", "--all"], on: ["-x", "-y"])
        == "\(Program.name) sync --all -- '-x' '-y'")
    #expect(ShellText.command(["sync"], on: []) == "\(Program.name) sync")
