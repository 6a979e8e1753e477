internal import SystemPackage

/// The files that git reads its configuration from, and what the environment adds to them.
struct ConfigurationFiles: Sendable {
  /// One setting from the environment, as given with `git -c`. The value is `nil` if the key has
  /// none.
  struct Override: Sendable, Hashable {
    let key: String
    let value: String?
  }

  let system: FilePath?
  let xdg: FilePath?
  let global: FilePath?
  /// In order of precedence, lowest first.
  let overrides: [Override]

  /// - Throws: ``GitError/environment(variable:value:)`` for a variable that git would refuse.
  init(_ environment: ProcessEnvironment) throws(GitError) {
    let skipsSystem = try environment.gitFlag("GIT_CONFIG_NOSYSTEM")
    // An empty GIT_CONFIG_GLOBAL or GIT_CONFIG_SYSTEM names no file at all, as in git.
    system =
      skipsSystem
      ? nil : environment.variables["GIT_CONFIG_SYSTEM"].map { FilePath($0) } ?? "/etc/gitconfig"
    if let named = environment.variables["GIT_CONFIG_GLOBAL"] {
      xdg = nil
      global = FilePath(named)
    } else {
      xdg = Self.xdgDirectory(environment)?.appending("config")
      global = environment.home?.appending(".gitconfig")
    }
    overrides = try Self.overrides(environment)
  }

  /// `$XDG_CONFIG_HOME/git`, else `~/.config/git`.
  static func xdgDirectory(_ environment: ProcessEnvironment) -> FilePath? {
    if let directory = environment["XDG_CONFIG_HOME"] {
      return FilePath(directory).appending("git")
    }
    return environment.home?.appending(".config").appending("git")
  }

  /// The settings in `GIT_CONFIG_COUNT` and `GIT_CONFIG_PARAMETERS`, lowest precedence first; keys
  /// in normal form.
  private static func overrides(_ environment: ProcessEnvironment) throws(GitError) -> [Override] {
    var found: [Override] = []
    if let text = environment["GIT_CONFIG_COUNT"] {
      guard let count = UInt16(text) else {
        throw .environment(variable: "GIT_CONFIG_COUNT", value: text)
      }
      for index in 0..<count {
        let name = "GIT_CONFIG_KEY_\(index)"
        guard let key = environment.variables[name], let normal = normalise(key),
          let value = environment.variables["GIT_CONFIG_VALUE_\(index)"]
        else { throw .environment(variable: name, value: environment.variables[name] ?? "") }
        found.append(Override(key: normal, value: value))
      }
    }
    if let text = environment["GIT_CONFIG_PARAMETERS"] {
      guard let parameters = parameters(text) else {
        throw .environment(variable: "GIT_CONFIG_PARAMETERS", value: text)
      }
      found += parameters
    }
    return found
  }

  /// Section and variable in lower case, the subsection between them unchanged; `nil` if there is
  /// no section or no variable.
  static func normalise(_ key: some StringProtocol) -> String? {
    guard let first = key.firstIndex(of: "."), let last = key.lastIndex(of: "."),
      first != key.startIndex, key.index(after: last) != key.endIndex
    else { return nil }
    return key[..<first].lowercased() + key[first..<last] + key[last...].lowercased()
  }

  /// Reads `'key=value' 'key'='value' …`, the form in which git passes on the arguments of
  /// `git -c`.
  private static func parameters(_ text: String) -> [Override]? {
    var found: [Override] = []
    var rest = Substring(text)
    while true {
      rest = rest.drop { $0 == " " }
      guard !rest.isEmpty else { return found }
      guard let word = unquote(&rest) else { return nil }
      if rest.first == "=" {
        rest.removeFirst()
        guard let key = normalise(word) else { return nil }
        if rest.isEmpty || rest.first == " " {
          found.append(Override(key: key, value: nil))
        } else {
          guard let value = unquote(&rest) else { return nil }
          found.append(Override(key: key, value: value))
        }
      } else {
        let parts = word.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
        guard let key = parts.first.flatMap({ normalise($0) }) else { return nil }
        found.append(Override(key: key, value: parts.count > 1 ? String(parts[1]) : nil))
      }
    }
  }

  /// Removes one word in single quotes from the start of `text`. In it, `'\''` and `'\!'` mean `'`
  /// and `!`.
  private static func unquote(_ text: inout Substring) -> String? {
    guard text.first == "'" else { return nil }
    text.removeFirst()
    var word = ""
    while let end = text.firstIndex(of: "'") {
      word += text[..<end]
      text = text[text.index(after: end)...]
      guard text.first == "\\" else { return word }
      let escaped = text.dropFirst().prefix(2)
      guard escaped == "''" || escaped == "!'", let character = escaped.first else { return nil }
      word.append(character)
      text = text.dropFirst(3)
    }
    return nil
  }
}

extension ProcessEnvironment {
  /// A variable that git reads as a boolean; `false` if unset.
  func gitFlag(_ name: String) throws(GitError) -> Bool {
    guard let text = variables[name] else { return false }
    guard let flag = GitConfiguration.boolean(text) else {
      throw .environment(variable: name, value: text)
    }
    return flag
  }
}
