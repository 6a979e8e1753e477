internal import SystemPackage

/// Puts names in the place of what differs from run to run: `$HOME`, `$WORK` and the like for
/// paths and addresses, `<commit 1>`, `<tree 1>`, `<blob 1>` for git's object ids and their
/// abbreviations, numbered as they appear.
struct StableNames {
  private var texts: [(text: String, name: String)]
  private let objects: [(id: String, type: String)]
  private var names: [String: String] = [:]
  private var counts: [String: Int] = [:]

  init(variables: [String: String], sandbox: Sandbox) {
    texts = variables.map { ($0.value, "$\($0.key)") }
    texts += [(sandbox.work.string, "$WORK"), (sandbox.home.string, "$HOME")]
    if let server = variables["SERVER"] { texts.append((String(server.dropFirst(7)), "$HOST")) }
    if let temporary = sandbox.environment["TMPDIR"] { texts.append((temporary, "$TMPDIR")) }
    // The longest first: a path may begin with another.
    texts = texts.filter { $0.text.utf8.count > 3 }.sorted {
      $0.text.utf8.count > $1.text.utf8.count
    }
    let list = try? sandbox.run(
      "git", "cat-file", "--batch-all-objects", "--batch-check=%(objectname) %(objecttype)")
    objects = (list?.outputText ?? "").split(separator: "\n").compactMap { line in
      let words = line.split(separator: " ")
      return words.count == 2 ? (String(words[0]), String(words[1])) : nil
    }
  }

  mutating func applied(to output: String) -> String {
    var result = output
    for (text, name) in texts {
      result = result.split(separator: text, omittingEmptySubsequences: false).joined(
        separator: name)
    }
    // How long a retry waits is left to chance, so that many machines do not come at once.
    result.replace(/: try (\d+) in \d+ seconds?:/) { ": try \($0.output.1) in N seconds:" }
    return nameObjects(in: result)
  }

  private mutating func nameObjects(in text: String) -> String {
    var result = ""
    var word = ""
    for character in text {
      if character.isASCII, character.isLetter || character.isNumber {
        word.append(character)
      } else {
        result += name(for: word)
        word = ""
        result.append(character)
      }
    }
    return result + name(for: word)
  }

  /// The name for a word that is an object's id, or the word.
  private mutating func name(for word: String) -> String {
    guard (7...40).contains(word.utf8.count),
      let object = objects.first(where: { $0.id.hasPrefix(word) })
    else { return word }
    if let name = names[object.id] { return name }
    counts[object.type, default: 0] += 1
    let name = "<\(object.type) \(counts[object.type, default: 0])>"
    names[object.id] = name
    return name
  }
}
