package import SystemPackage

/// Why a node map could not be read.
package enum NodeMapError: Error, Sendable, Hashable {
  case file(FileError)
  case json(FilePath, JSONError)
  /// The file is JSON, but neither ComfyUI-Manager's map nor comfygit's.
  case unknownFormat(FilePath)
}

/// The lists on this machine that say which package brings which node type.
package struct NodeMaps {
  private(set) var manager: [ManagerNodeMap] = []
  private(set) var registry: [RegistryNodeMap] = []

  /// No list at all.
  package init() {}

  /// Adds the map in a file. Its contents show which format it has.
  ///
  /// - Throws: ``NodeMapError``.
  package mutating func read(_ path: FilePath) throws(NodeMapError) {
    let root = try Self.json(at: path)
    if let map = RegistryNodeMap(root) {
      registry.append(map)
    } else if let map = ManagerNodeMap(root) {
      manager.append(map)
    } else {
      throw .unknownFormat(path)
    }
  }

  /// ComfyUI-Manager's map in a ComfyUI directory: its newest copy, else the one that was installed
  /// with it.
  package static func managerMap(in comfyUI: FilePath) -> FilePath? {
    let name = "extension-node-map.json"
    let caches = ["user/__manager/cache", "user/default/ComfyUI-Manager/cache"]
    let copies = caches.flatMap { cache -> [FilePath] in
      let folder = comfyUI.appending(cache)
      return ((try? folder.visibleEntries()) ?? []).filter { $0.string.hasSuffix("_" + name) }
        .map { folder.appending($0) }
    }
    let newest = copies.compactMap { path in
      FileStatus(reaching: path).map { (path: path, modified: $0.modified) }
    }.max { $0.modified.sinceEpoch < $1.modified.sinceEpoch }
    if let newest { return newest.path }
    return ["ComfyUI-Manager", "comfyui-manager"]
      .map { comfyUI.appending("custom_nodes").appending($0).appending(name) }
      .first { FileStatus(reaching: $0)?.isRegular == true }
  }

  private static func json(at path: FilePath) throws(NodeMapError) -> JSONValue {
    let bytes: [UInt8]
    do {
      bytes = try FileBytes.read(path, limit: JSONLimits.standard.bytes)
    } catch {
      throw .file(error)
    }
    do {
      return try JSONDocument(parsing: bytes).root
    } catch {
      throw .json(path, error)
    }
  }

  /// Every package of the lists; those of the registry first.
  var packages: [ResolvedNodePackage] {
    registry.flatMap(\.packageIDs).map {
      ResolvedNodePackage(nodeType: "", packageID: $0, matchType: .typeOnly)
    }
      + manager.flatMap(\.repositories).map {
        ResolvedNodePackage(nodeType: "", repository: $0, matchType: .typeOnly)
      }
  }

  /// The present registry id of a package.
  func currentID(of packageID: String) -> String {
    registry.reduce(packageID) { $1.currentID(of: $0) }
  }

  /// The registry id of a repository.
  func packageID(of repository: RepositoryKey) -> String? {
    registry.lazy.compactMap { $0.packageID(of: repository) }.first
  }

  /// The repository of a registry package.
  func repository(of packageID: String) -> String? {
    registry.lazy.compactMap { $0.repository(of: packageID) }.first
  }
}
