import Plumbing
import Testing

/// Words that a user may paste into a shell.
@Suite struct ShellTextTests {
  @Test(arguments: [
    ("a.json", "a.json"), ("a b", "'a b'"), ("", "''"), ("-rf", "-- '-rf'"),
    ("it's", #"'it'\''s'"#),
    ("$(x)", "'$(x)'"), ("a;b", "'a;b'"), ("é/ü", "é/ü"), ("~x", "'~x'"),
    ("a\tb", #"$'a\tb'"#), ("it's\n\\", #"$'it\'s\n\\'"#),
    ("\u{1b}7\u{202e}", #"$'\0337\342\200\256'"#),
    ("-\r", #"-- $'-\r'"#),
  ])
  func quotes(_ text: String, _ expected: String) {
    #expect(ShellText.quoted(text) == expected)
  }

  @Test func aNameChoosesNoOption() {
    #expect(ShellText.arguments(["w", "a b"]) == "w 'a b'")
    #expect(ShellText.arguments(["w", "-x", "--y"]) == "w -- '-x' '--y'")
    #expect(
      ShellText.command(["sync", "--all"], on: ["-x", "-y"])
        == "\(Program.name) sync --all -- '-x' '-y'")
    #expect(ShellText.command(["sync"], on: []) == "\(Program.name) sync")
  }

  @Test func aCommandRepeatsWhereTheProjectAndTheModelsAre() {
    var places = GivenPlaces()
    places.directories = ["a b", "c"]
    places.modelsDirectory = "/m n"
    GivenPlaces.$current.withValue(places) {
      let given = "-C 'a b' -C c --models-dir '/m n'"
      #expect(
        ShellText.command("sync --replace w") == "\(Program.name) sync \(given) --replace w")
      #expect(
        ShellText.command(["sync"], on: ["-x"]) == "\(Program.name) sync \(given) -- '-x'")
      #expect(ShellText.commandInSentence("sync") == "\"\(Program.name) sync \(given)\"")
      #expect(
        ShellText.command("init --models-dir DIR")
          == "\(Program.name) init -C 'a b' -C c --models-dir DIR")
      #expect(ShellText.git == "git -C 'a b' -C c")
    }
    #expect(ShellText.git == "git")
  }
}
