internal import Crypto

/// comfygit's `node_mappings.json`: packages of the Comfy Registry by node type and inputs.
///
/// `{mappings: {"TYPE::HASH": [{package_id, rank, versions, source?}]}, packages: {ID: {repository,
/// …}}, package_aliases: {OLD: NEW}}`, with `_` as the hash of a type whatever its inputs are.
struct RegistryNodeMap {
  /// A package that an entry of the map names.
  struct Listing {
    let packageID: String
    let rank: Int
    /// Whether only ComfyUI-Manager's list has the package, so that no version of it can be
    /// installed.
    let isManagerOnly: Bool
  }

  private let mappings: [String: JSONValue]
  private let packages: [String: JSONValue]
  private let ids: [RepositoryKey: String]
  private let aliases: [String: String]

  /// `nil` for JSON of another shape.
  init?(_ root: JSONValue) {
    guard let mappings = root["mappings"], mappings.kind == .object,
      let packages = root["packages"], packages.kind == .object
    else { return nil }
    self.mappings = Dictionary(
      mappings.members.map { ($0.name, $0.value) }, uniquingKeysWith: { $1 })
    self.packages = Dictionary(
      packages.members.map { ($0.name, $0.value) }, uniquingKeysWith: { $1 })
    var ids: [RepositoryKey: String] = [:]
    for (id, package) in packages.members {
      guard let key = package["repository"]?.string.flatMap(RepositoryKey.init) else { continue }
      // A registry package takes precedence over the placeholder for the same repository.
      if ids[key] == nil || package["synthetic"]?.bool != true { ids[key] = id }
    }
    self.ids = ids
    aliases = Dictionary(
      root["package_aliases"]?.members.compactMap { alias in
        alias.value.string.map { (alias.name.packageKey, $0) }
      } ?? [],
      uniquingKeysWith: { $1 })
  }

  /// The packages with a type and exactly these inputs, the most popular first.
  func listing(_ nodeType: String, signature: String) -> [Listing] {
    let digest = Insecure.SHA1.hash(data: Array(signature.utf8))
    return listings(at: "\(nodeType)::\(HexDigits.string(of: digest.prefix(4)))")
  }

  /// The packages with a type, the most popular first.
  func listing(_ nodeType: String) -> [Listing] { listings(at: "\(nodeType)::_") }

  private func listings(at key: String) -> [Listing] {
    guard let entry = mappings[key] else { return [] }
    let rows = entry.kind == .array ? Array(entry.elements) : [entry]
    let listings = rows.enumerated().compactMap { place, row -> Listing? in
      guard let id = row["package_id"]?.string else { return nil }
      let isManagers = row["source"]?.string == "manager"
      return Listing(
        packageID: id, rank: row["rank"]?.int ?? place + 1,
        isManagerOnly: isManagers && (row["versions"]?.count ?? 0) == 0)
    }
    let installable = listings.filter { !$0.isManagerOnly }
    return (installable.isEmpty ? listings : installable).sorted { $0.rank < $1.rank }
  }

  /// Every package, by name.
  var packageIDs: [String] { packages.keys.sorted() }

  /// The repository of a package.
  func repository(of packageID: String) -> String? { packages[packageID]?["repository"]?.string }

  /// The package of a repository.
  func packageID(of repository: RepositoryKey) -> String? { ids[repository] }

  /// The present id of a package.
  func currentID(of packageID: String) -> String { aliases[packageID.packageKey] ?? packageID }
}
