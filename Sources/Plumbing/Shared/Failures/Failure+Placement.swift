package import ComfyCore

extension PlacementError: FailureConvertible {
  package var failure: Failure {
    switch self {
    case .notListed(let path, let reference):
      Failure(
        "place.not-listed",
        "\(reference.nodeType) (node \(reference.nodeID)) cannot load '\(path)' under any name",
        hint: "it is in none of the loader's folders, the loader does not load such files, or "
          + "another file hides it")
    case .alreadyThere(let path, let value):
      Failure(
        "place.already-there",
        "'\(path)' is already in the loader's folder, but not under the name '\(value)'",
        hint:
          "\(ShellText.commandInSentence("resolve --update-workflow")) writes the file's name into the workflow, if the "
          + "loader lists it")
    case .unknownFolder(let reference):
      Failure(
        "place.folder",
        "no table knows the folder that \(reference.nodeType) (node \(reference.nodeID)) reads")
    case .notAName(let reference):
      Failure(
        "place.not-a-name",
        "no file can be listed as '\(reference.widgetValue)' by \(reference.nodeType) "
          + "(node \(reference.nodeID))",
        hint: ShellText.commandInSentence("resolve --update-workflow")
          + " writes the file's name into the workflow"
      )
    case .outside(let path):
      Failure(
        "place.outside",
        "'\(path)' cannot be moved: it is outside the model folders of this project",
        hint: "leave --move away to link it, or give --copy to copy it")
    case .inUse(let path, let workflows):
      Failure(
        "place.in-use",
        "'\(path)' cannot be moved: workflow '\(workflows.first ?? "")' loads it from there",
        hint: "link or copy it instead")
    }
  }
}
