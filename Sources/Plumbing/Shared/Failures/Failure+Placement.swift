package import ComfyCore

extension PlacementError: FailureConvertible {
  package var failure: Failure {
    switch self {
    case .notListed(let path, let reference):
      Failure(
        "place.not-listed",
        "no value makes \(reference.nodeType) (node \(reference.nodeID)) load '\(path)'",
        hint: "it is in none of the loader's folders, the loader does not load such files, or "
          + "another file hides it")
    case .alreadyThere(let path, let value):
      Failure(
        "place.already-there",
        "'\(path)' is where the loader looks already, and '\(value)' is not a name of it",
        hint: "'\(Program.name) resolve --update-workflow' writes the name, where there is one")
    case .unknownFolder(let reference):
      Failure(
        "place.folder",
        "no table knows the folder that \(reference.nodeType) (node \(reference.nodeID)) reads")
    case .inUse(let path, let workflows):
      Failure(
        "place.in-use",
        "'\(path)' cannot be moved: workflow '\(workflows.first ?? "")' loads it from there",
        hint: "link or copy it instead")
    }
  }
}
