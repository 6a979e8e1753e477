internal import SystemPackage

extension Project {
  /// Makes a matcher from what is on this machine: the node maps that `comfy.nodeMap` names, else
  /// ComfyUI-Manager's map, and the packages that are installed in the project's ComfyUI.
  ///
  /// - Throws: ``NodeMapError`` for a map that was named, ``GitError``.
  package func nodeMatcher() throws -> NodeMatcher {
    var maps = NodeMaps()
    let comfyUI = try comfyUIFolder()
    let named = try settings.paths(.nodeMap)
    for path in named { try maps.read(path) }
    if named.isEmpty, let found = comfyUI.flatMap(NodeMaps.managerMap) {
      if mayHaveBrought(found) {
        refuse(.list(.nodeMap, found))
      } else {
        // The user did not name this map, so a damaged one counts as absent.
        try? maps.read(found)
      }
    }
    return NodeMatcher(maps: maps, installed: try installedPackages() ?? InstalledPackages())
  }

  /// The packages in the `custom_nodes` of the project's ComfyUI; `nil` if there is none.
  ///
  /// - Throws: ``GitError``.
  package func installedPackages() throws -> InstalledPackages? {
    try comfyUIFolder().map { InstalledPackages(in: $0.appending("custom_nodes")) }
  }

  /// The ComfyUI that the models directory belongs to, if `custom_nodes` is beside that directory.
  private func comfyUIFolder() throws -> FilePath? {
    guard let models = try settings.path(.modelsDir) else { return nil }
    let folder = models.removingLastComponent()
    return folder.appending("custom_nodes").isDirectory ? folder : nil
  }
}
