import SystemPackage
import Testing

@testable import ComfyCore

/// A `custom_nodes` folder with packages in it.
@Suite struct InstalledPackagesTests {
  private let sandbox: GitSandbox
  private var nodes: FilePath { sandbox.root.appending("custom_nodes") }

  init() throws { sandbox = try GitSandbox() }

  private func put(_ text: String, at path: String) throws {
    try sandbox.write(text, to: nodes.pushing(FilePath(path)))
  }

  private func state(
    _ id: String? = nil, at repository: String? = nil, version: String? = nil
  ) -> String {
    let package = ResolvedNodePackage(
      nodeType: "T", packageID: id, repository: repository, version: version, matchType: .typeOnly)
    let state = InstalledPackages(in: nodes).state(of: package, environment: sandbox.environment)
    return [state.word.rawValue, state.version].compactMap(\.self).joined(separator: " ")
  }

  @Test func whatIsNotThereIsAbsent() throws {
    #expect(state("brush") == "absent")
    try put("", at: "brush.disabled/__init__.py")
    try put("", at: "brush.py")
    #expect(state("brush") == "absent")
    #expect(state(at: "https://github.com/a/brush") == "absent")
  }

  @Test("what a package says of itself is its version")
  func version() throws {
    try put(
      "[project]\nname = \"Brush_Nodes\"\nversion = \"1.2.0\"\n[project.urls]\n"
        + "Repository = \"https://github.com/A/Brush.git\"\n", at: "folder/pyproject.toml")
    for (id, repository) in [
      ("brush-nodes", nil), ("folder", nil), (nil, "http://github.com/a/brush/"),
    ] as [(String?, String?)] {
      #expect(state(id, at: repository) == "present 1.2.0")
      #expect(state(id, at: repository, version: "1.2.0") == "present 1.2.0")
      #expect(state(id, at: repository, version: "nightly") == "present 1.2.0")
      #expect(state(id, at: repository, version: "1.3.0") == "other 1.2.0")
    }
  }

  @Test("of one that says nothing any version is taken for the one that is meant")
  func unknownVersion() throws {
    try put("", at: "brush/__init__.py")
    #expect(state("brush", version: "1.3.0") == "present")
    try put("not [ toml", at: "brush/pyproject.toml")
    #expect(state("brush", version: "1.3.0") == "present")
    #expect(state("brush", version: String(repeating: "a", count: 40)) == "present")
  }

  @Test("a clone is compared by its commit, and its changes are told")
  func clone() throws {
    try put("", at: "brush/__init__.py")
    let folder = nodes.appending("brush")
    try sandbox.git("init", "--quiet", in: folder)
    try sandbox.git("remote", "add", "origin", "git@github.com:A/Brush.git", in: folder)
    try sandbox.git("add", "--all", in: folder)
    try sandbox.git("commit", "--quiet", "--message", "nodes", in: folder)
    let commit = try sandbox.git("rev-parse", "HEAD", in: folder)
    let url = "https://github.com/a/brush"
    #expect(state(at: url) == "present \(commit)")
    #expect(state(at: url, version: commit) == "present \(commit)")
    #expect(state(at: url, version: String(commit.prefix(8)).uppercased()) == "present \(commit)")
    #expect(state(at: url, version: String(repeating: "a", count: 40)) == "other \(commit)")
    // What git does not track is no change.
    try put("", at: "brush/cache.txt")
    #expect(state(at: url, version: commit) == "present \(commit)")
    try put("changed", at: "brush/__init__.py")
    #expect(state(at: url, version: commit) == "dirty \(commit)")
  }
}
