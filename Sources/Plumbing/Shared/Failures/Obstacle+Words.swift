package import ComfyCore
internal import SystemPackage

extension Obstacle {
  /// The code of the failure that it is.
  var code: String {
    switch self {
    case .unreadable: "model.unreadable"
    case .notAFile, .danglingLink, .notListed, .rivals, .halfAPair: "model.blocked"
    }
  }

  /// What is wrong, behind the name of the model.
  package var words: String {
    switch self {
    case .unreadable(let path, isDirectory: false, _):
      "is at '\(path)', which cannot be read: \(reason(.permissionDenied))"
    case .unreadable(let path, isDirectory: true, _):
      "cannot be found: the folder '\(path)' cannot be read: \(reason(.permissionDenied))"
    case .notAFile(let path, let isDirectory):
      "cannot be put in place: '\(path)' is \(isDirectory ? "a directory" : "not a regular file")"
    case .danglingLink(let path):
      "cannot be put in place: '\(path)' is a link to something that does not exist"
    case .notListed: "does not have the extension of a model, so its loader lists no such file"
    case .halfAPair(let missing, _): "stands for two files, and '\(missing)' is not on this machine"
    case .rivals(let path, let others):
      "could be loaded from '\(path)', or with other contents from "
        + others.map { "'\($0)'" }.joined(separator: ", ")
    }
  }

  /// The commands that take it away, the usual one first.
  ///
  /// - Parameter reference: The arguments that name the workflow and the model.
  func waysOut(of reference: String) -> [String] {
    switch self {
    case .notListed: return [ShellText.command("set-widget \(reference) FILE")]
    case .unreadable(let path, let isDirectory, let isOwn):
      let mode = isDirectory ? "rx" : "r"
      let file = ShellText.arguments([path.string])
      return [isOwn ? "chmod u+\(mode) \(file)" : "sudo chmod a+\(mode) \(file)"]
    case .notAFile(let path, _): return [Self.asideCommand(path)]
    case .danglingLink(let path): return ["rm \(ShellText.arguments([path.string]))"]
    case .halfAPair(let missing, let folder):
      return ["put \(missing).safetensors or \(missing).pth into '\(folder)'"]
    case .rivals(_, let others): return others.map { Self.asideCommand($0) }
    }
  }

  static func asideCommand(_ path: FilePath) -> String {
    "mv \(ShellText.arguments([path.string, "\(path).aside"]))"
  }
}
