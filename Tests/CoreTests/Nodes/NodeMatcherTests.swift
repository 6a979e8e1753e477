import SystemPackage
import Testing

@testable import ComfyCore

/// Which package brings a node type, step by step in the order of ``NodeMatcher``.
@Suite final class NodeMatcherTests {
  private let folder: ModelFolder

  init() throws { folder = try ModelFolder() }

  private let map = """
    {"https://github.com/comfyanonymous/ComfyUI": [["KSampler", "Brush Core"], {}],
     "https://github.com/atelier/one": [["Brush", "Shared", "KSampler", "Claimed"], {}],
     "https://github.com/atelier/two": [["Shared", "Claimed"], {"preemptions": ["Claimed"]}],
     "https://github.com/Atelier/ONE.git": [["Brush"], {}],
     "https://github.com/atelier/broken": [["Odd"], {"nodename_pattern": "(unclosed"}],
     "https://github.com/atelier/nothing": "no entry",
     "https://github.com/atelier/mtb": [[], {"nodename_pattern": "\\\\(mtb\\\\)$"}]}
    """

  private let registry = """
    {"version": "1", "package_aliases": {"old-name": "new-name"},
     "mappings": {
       "Brush::_": [{"package_id": "atelier-one", "rank": 1, "versions": ["1.0"]}],
       "Blur::_": [{"package_id": "blur-b", "rank": 2, "versions": ["1"]},
                   {"package_id": "blur-a", "rank": 1, "versions": ["1"]},
                   {"package_id": "github_x_y", "rank": 3, "versions": [], "source": "manager"}],
       "Blur::466cb8b1": [{"package_id": "blur-b", "rank": 1, "versions": ["1"]}]},
     "packages": {
       "atelier-one": {"repository": "https://github.com/atelier/one"},
       "github_atelier_one": {"repository": "https://github.com/atelier/one", "synthetic": true},
       "blur-a": {"repository": "https://github.com/blur/a"},
       "new-name": {"repository": "https://github.com/new/name"}}}
    """

  private func maps(_ texts: String...) throws -> NodeMaps {
    var maps = NodeMaps()
    for (place, text) in texts.enumerated() {
      try maps.read(folder.write(text, to: "map\(place).json"))
    }
    return maps
  }

  private func match(
    _ use: NodeTypeUse, _ maps: NodeMaps, _ context: NodeResolutionContext = .init()
  ) -> String {
    let matcher = NodeMatcher(maps: maps)
    let describe = { (package: ResolvedNodePackage) in
      let facts = [package.packageID, package.repository, package.version].compactMap(\.self)
      return "\(package.matchType.rawValue) \(facts.joined(separator: " "))"
    }
    switch matcher.match(use, in: context) {
    case .builtIn: return "builtin"
    case .resolved(let package): return describe(package)
    case .ambiguous(let candidates): return candidates.map(describe).joined(separator: " | ")
    case .unresolved: return "unresolved"
    case .optional: return "optional"
    }
  }

  @Test(arguments: [
    ("KSampler", "builtin"), ("Brush Core", "builtin"),
    ("Brush", "type_only https://github.com/atelier/one"),
    (
      "Shared",
      "type_only https://github.com/atelier/one | type_only https://github.com/atelier/two"
    ),
    ("Claimed", "preemption https://github.com/atelier/two"),
    ("Any (mtb)", "pattern https://github.com/atelier/mtb"),
    ("(mtb) Any", "unresolved"), ("Odd", "type_only https://github.com/atelier/broken"),
    ("Nobody", "unresolved"),
  ])
  func managersMap(type: String, expected: String) throws {
    #expect(match(NodeTypeUse(nodeType: type), try maps(map)) == expected)
  }

  @Test func theFileIsBelievedBeforeTheMap() throws {
    let maps = try maps(map)
    let named = NodeTypeUse(nodeType: "Brush", registryID: "house-pack", version: "2.0")
    #expect(match(named, maps) == "properties house-pack 2.0")
    let cloned = NodeTypeUse(nodeType: "Brush", repositoryID: "house/git-node")
    #expect(match(cloned, maps) == "properties https://github.com/house/git-node")
    let odd = NodeTypeUse(nodeType: "Brush", repositoryID: "../../etc")
    #expect(match(odd, maps) == "type_only https://github.com/atelier/one")
  }

  @Test func theUsersDecisionComesFirst() throws {
    let context = NodeResolutionContext(
      decisions: ["Brush": .package("mine"), "KSampler": .optional],
      packages: [ManifestNodePackage(id: "mine", repository: "https://a.example/b", version: "3")])
    let maps = try maps(map)
    let named = NodeTypeUse(nodeType: "Brush", registryID: "house-pack")
    #expect(match(named, maps, context) == "custom_mapping mine https://a.example/b 3")
    #expect(match(NodeTypeUse(nodeType: "KSampler"), maps, context) == "optional")
  }

  @Test func aRegistryMapRanksAndTellsInputsApart() throws {
    let maps = try maps(registry)
    let blur = NodeTypeUse(nodeType: "Blur")
    #expect(
      match(blur, maps) == "type_only blur-a https://github.com/blur/a | type_only blur-b")
    var exact = blur
    exact.signature = "image:IMAGE|radius:INT"
    #expect(match(exact, maps) == "exact blur-b")
    exact.signature = "other:INT"
    #expect(match(exact, maps) == match(blur, maps))
  }

  @Test func listsAreJoinedByRepository() throws {
    #expect(
      match(NodeTypeUse(nodeType: "Brush"), try maps(map, registry))
        == "type_only atelier-one https://github.com/atelier/one")
  }

  @Test func aRenamedPackageHasItsNewName() throws {
    #expect(
      match(NodeTypeUse(nodeType: "Ink", registryID: "Old_Name"), try maps(registry))
        == "properties new-name https://github.com/new/name")
  }

  @Test func theInstalledOneOfSeveralIsMeant() throws {
    let nodes = folder.path.appending("custom_nodes")
    try folder.write(
      "[remote \"origin\"]\n\turl = git@github.com:Atelier/Two.git\n",
      to: "custom_nodes/anything/.git/config")
    try folder.write(
      "[project]\nname = \"blur_B\"\n[project.urls]\nRepository = \"https://b.example/c\"\n",
      to: "custom_nodes/Blur/pyproject.toml")
    try folder.write("", to: "custom_nodes/blur-a.disabled/__init__.py")
    let matcher = NodeMatcher(
      maps: try maps(map, registry), installed: InstalledPackages(in: nodes))
    let shared = matcher.match(NodeTypeUse(nodeType: "Shared"), in: .init())
    #expect(shared.package?.repository == "https://github.com/atelier/two")
    #expect(
      matcher.match(NodeTypeUse(nodeType: "Blur"), in: .init()).package?.packageID == "blur-b")
  }

  @Test(arguments: ["[\"Brush\"]", "{\"https://a.example/b\": 5}", "7"])
  func otherJSONIsNoMap(text: String) throws {
    let path = try folder.write(text, to: "other.json")
    var maps = NodeMaps()
    #expect(throws: NodeMapError.unknownFormat(path)) { try maps.read(path) }
  }

  @Test("the registry's answer settles what lists leave open, and decides between their candidates")
  func registryAnswers() throws {
    let answer = ResolvedNodePackage(
      nodeType: "", packageID: "paper", repository: "https://github.com/Atelier/Two.git",
      matchType: .registry)
    let matcher = NodeMatcher(maps: try maps(map)).knowing(["Nobody": answer, "Shared": answer])
    #expect(matcher.match(NodeTypeUse(nodeType: "Nobody"), in: .init()) == .resolved(answer))
    #expect(matcher.match(NodeTypeUse(nodeType: "Shared"), in: .init()) == .resolved(answer))
    // What a list settles stays.
    let brush = NodeMatcher(maps: try maps(map)).knowing(["Brush": answer])
      .match(NodeTypeUse(nodeType: "Brush"), in: .init())
    #expect(brush.package?.repository == "https://github.com/atelier/one")
  }

  @Test(
    "types that packages have in the browser only are known",
    arguments: [
      ("SetNode", "ComfyUI-KJNodes"), ("Label (rgthree)", "rgthree-comfy"),
      ("CLIPLoaderDisTorch2MultiGPU", "ComfyUI-MultiGPU"), ("MultiGPU", nil), ("Set", nil),
    ])
  func browserTypes(_ type: String, _ name: String?) {
    let match = NodeMatcher().match(NodeTypeUse(nodeType: type), in: .init())
    #expect(match.package?.repository?.split(separator: "/").last.map(String.init) == name)
  }

  @Test("a registry reply names a package, unless that is not to be installed")
  func registryReplies() {
    func package(_ reply: String) -> String? {
      RegistryLookup.package(of: Array(reply.utf8), for: "T")?.packageID
    }
    #expect(package(#"{"id":"a","status":"NodeStatusActive"}"#) == "a")
    #expect(package(#"{"id":"a"}"#) == "a")
    #expect(package(#"{"id":"a","status":"NodeStatusBanned"}"#) == nil)
    #expect(package(#"{"id":""}"#) == nil)
    #expect(package("[]") == nil)
    #expect(package("<html>") == nil)
  }
}

/// Whether two URLs mean one repository.
@Suite struct RepositoryKeyTests {
  @Test(arguments: [
    "https://github.com/Owner/Repo", "http://github.com/owner/repo/",
    "htps://github.com/owner/repo",
    "https://github.com/owner/repo.git", "git@github.com:owner/repo.git",
    "https://www.github.com/owner/repo", "ssh://git@github.com/owner/repo",
    "https://user:secret@github.com/owner/repo",
  ])
  func spellingsOfOne(url: String) {
    #expect(RepositoryKey(url)?.text == "github.com/owner/repo")
  }

  @Test(arguments: ["", "repo", "owner/repo", "https://", "https://host", "https:///path"])
  func notOne(text: String) {
    #expect(RepositoryKey(text) == nil)
  }

  @Test(arguments: ["owner", "a/b/c", "/b", "a/", "a/..", "a/b?c", "a b/c", "ö/b"])
  func noAuxiliaryID(text: String) {
    #expect(RepositoryKey.url(ofAuxiliaryID: text) == nil)
  }
}

/// A node of a subgraph, as other tools of the family name it.
@Suite struct DefinitionNodeTests {
  @Test func theEntryUnderTheDefinitionsIdAnswers() throws {
    let id = "0a8a5b7e-1111-4222-8333-444455556666"
    let workflow = try WorkflowReader().read(
      Array(
        """
        {"nodes": [{"id": 7, "type": "\(id)"}], "links": [], "definitions": {"subgraphs": [
          {"id": "\(id)", "inputs": [], "outputs": [], "links": [], "nodes": [
            {"id": 10, "type": "VAELoader", "widgets_values": ["a.pt"]}]}]}}
        """.utf8))
    let reference = try #require(workflow.references.first)
    #expect(reference.recordedKeys.map(\.nodeID).unique == ["7:10", "\(id):10"])
    let manifest = try Manifest(
      parsing: Array(
        """
        [[tool.comfygit.workflows.w.models]]
        filename = "a.pt"
        criticality = "optional"
        nodes = [{node_id = "\(id):10", node_type = "VAELoader", widget_idx = 0, widget_value = "a.pt"}]
        """.utf8), path: "pyproject.toml")
    let context = ModelResolutionContext(workflowName: "w", manifest: manifest)
    #expect(context.entry(for: reference)?.criticality == .optional)
  }
}
