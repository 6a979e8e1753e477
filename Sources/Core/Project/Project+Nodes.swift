internal import SystemPackage

extension Project {
  /// Finds the packages of node types with what is on this machine: the node maps that
  /// `comfy.nodeMap` names, else the one of ComfyUI-Manager, and the packages that are installed in
  /// the project's ComfyUI.
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
        // Nobody named it: a damaged copy is as good as none.
        try? maps.read(found)
      }
    }
    return NodeMatcher(maps: maps, installed: try installedPackages() ?? InstalledPackages())
  }

  /// The packages in the `custom_nodes` of the project's ComfyUI; `nil` where none is known.
  ///
  /// - Throws: ``GitError``.
  package func installedPackages() throws -> InstalledPackages? {
    try comfyUIFolder().map { InstalledPackages(in: $0.appending("custom_nodes")) }
  }

  /// The ComfyUI that the models directory belongs to: the folder beside it has `custom_nodes`.
  private func comfyUIFolder() throws -> FilePath? {
    guard let models = try settings.path(.modelsDir) else { return nil }
    let folder = models.removingLastComponent()
    return folder.appending("custom_nodes").isDirectory ? folder : nil
  }
}
