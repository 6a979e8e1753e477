/// The message of a commit that records decisions.
///
/// Renders as
///
///     comfy: add intent for mymodel.safetensors (default)
///
///     Comfy-Action: add-intent
///     Comfy-Workflow: default
///     Comfy-Model: mymodel.safetensors
///
/// with one line for each workflow, model (`Comfy-Model`) and node type (`Comfy-Node`), and one
/// `Comfy-Undoes` for each commit taken back. If there are several models, the subject gives their
/// number, and a body between subject and trailers lists them. A name with control characters, `"`,
/// `\`, or a space at either end is C-quoted as git quotes paths, so that no name can look like a
/// separate line.
///
/// A name of more than 1,024 bytes (60 in the subject) is cut and ends in `…`. The body lists at
/// most 20 models. Each key has at most 200 trailers, except `Comfy-Undoes`.
package struct CommitMessage: Sendable, Hashable {
  /// What was done, by the name of the command: `add-intent`, `set-hash`, `undo`.
  package var action: String
  /// Workflows concerned, in the order of the change.
  package var workflows: [String]
  /// File names of the models concerned, in the order of the change.
  package var models: [String]
  /// Node types concerned, in the order of the change.
  package var nodes: [String]
  /// Commits that this one takes back, newest first.
  package var undoes: [ObjectID]

  package init(
    action: String, workflows: [String] = [], models: [String] = [], nodes: [String] = [],
    undoes: [ObjectID] = []
  ) {
    self.action = action
    self.workflows = workflows
    self.models = models
    self.nodes = nodes
    self.undoes = undoes
  }
}

extension CommitMessage {
  /// The message for several changes that are recorded as one. Its action is `resolve` if theirs
  /// differ.
  static func joined(_ messages: [CommitMessage]) -> CommitMessage {
    let actions = messages.map(\.action).unique
    return CommitMessage(
      action: actions.count == 1 ? actions[0] : "resolve",
      workflows: messages.flatMap(\.workflows).unique, models: messages.flatMap(\.models).unique,
      nodes: messages.flatMap(\.nodes).unique, undoes: messages.flatMap(\.undoes))
  }
}

// MARK: - Writing

extension CommitMessage {
  private static let longestName = 1024
  private static let longestNameInSubject = 60
  private static let mostListed = 20
  private static let mostTrailers = 200

  /// Subject, body and trailers, ending in a newline.
  package var rendered: String {
    var text = subject + "\n\n"
    if models.count > 1 {
      text += models.prefix(Self.mostListed).map { "- \(Self.quoted($0))\n" }.joined()
      if models.count > Self.mostListed {
        text += "- … \(models.count - Self.mostListed) more\n"
      }
      text += "\n"
    }
    text += "Comfy-Action: \(Self.quoted(action))\n"
    text += Self.trailers("Comfy-Workflow", workflows)
    text += Self.trailers("Comfy-Model", models)
    text += Self.trailers("Comfy-Node", nodes)
    text += undoes.map { "Comfy-Undoes: \($0)\n" }.joined()
    return text
  }

  /// The first line: `comfy: add intent for mymodel.safetensors (default)`.
  package var subject: String {
    var subject = "comfy: " + phrase
    switch workflows.count {
    case 0: break
    case 1: subject += " (\(Self.shortened(workflows[0])))"
    default: subject += " (\(workflows.count) workflows)"
    }
    return subject
  }

  /// What was done, and to what.
  private var phrase: String {
    let verb = Self.quoted(String(action.map { $0 == "-" ? " " : $0 }), limit: 40)
    let object =
      switch (models.count, nodes.count) {
      case (0, 0): ""
      case (1, _): Self.shortened(models[0])
      case (0, 1): Self.shortened(nodes[0])
      case (0, _): "\(nodes.count) node types"
      default: "\(models.count) models"
      }
    guard !object.isEmpty else { return verb }
    return switch action {
    case "add-intent": "add intent for \(object)"
    case "set-hash", "set-criticality": "\(verb) of \(object)"
    case "drop-model": "drop \(object)"
    default: "\(verb) \(object)"
    }
  }

  private static func trailers(_ key: String, _ values: [String]) -> String {
    values.prefix(mostTrailers).map { "\(key): \(quoted($0))\n" }.joined()
  }

  private static func shortened(_ name: String) -> String {
    quoted(name, limit: longestNameInSubject)
  }

  /// The name in one line, cut to `limit` bytes before quoting.
  private static func quoted(_ name: String, limit: Int = longestName) -> String {
    var kept = Substring(name)
    if name.utf8.count > limit {
      kept = Substring(String(decoding: name.utf8.prefix(limit - 3), as: UTF8.self))
      // A character that was cut in half decodes as U+FFFD.
      while kept.unicodeScalars.last == "\u{FFFD}" { kept.unicodeScalars.removeLast() }
      kept += "…"
    }
    return CQuoting.quote(String(kept))
  }
}

// MARK: - Reading

extension CommitMessage {
  /// Reads the trailers of a commit, by git's rules for trailers; `nil` if the commit is not one
  /// of ours, that is, has no `Comfy-Action`.
  package init?(parsing message: String) {
    guard message.contains("Comfy-Action") else { return nil }
    var action: String?
    var (workflows, models, nodes): ([String], [String], [String]) = ([], [], [])
    var undoes: [ObjectID] = []
    for trailer in MessageTrailers(of: message).pairs {
      let text = CQuoting.unquote(trailer.value)
      switch trailer.key.lowercased() {
      case "comfy-action": action = text
      case "comfy-workflow": workflows.append(text)
      case "comfy-model": models.append(text)
      case "comfy-node": nodes.append(text)
      case "comfy-undoes": ObjectID(text).map { undoes.append($0) }
      default: break
      }
    }
    guard let action else { return nil }
    self.init(
      action: action, workflows: workflows, models: models, nodes: nodes, undoes: undoes)
  }
}
