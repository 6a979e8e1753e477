import SystemLibrary
import SystemPackage
import Testing

@testable import ComfyCore

/// How a file of this machine gets to another path.
@Suite struct LocalCopyTests {
  @Test(
    "a link that leads nowhere is replaced where that is asked for",
    arguments: DedupePolicy.allCases)
  func danglingLink(policy: DedupePolicy) throws {
    let file = content(90)
    let scene = try BatchScene(["/a": file])
    scene.set("COMFY_DEDUPE", policy.rawValue)
    try scene.intend("/a", to: "loras/here.pt", node: "0")
    try scene.run()
    symlink("nowhere", scene.models.appending("loras/again.pt").string)
    try scene.intend("/a", to: "loras/again.pt", node: "1")
    #expect(try scene.run()?.errors.map(\.code) == ["fetch.exists"])
    var selection = FetchSelection()
    selection.replaces = true
    #expect(try scene.run(selection)?.errors.isEmpty == true)
    #expect(scene.bytes("loras/again.pt") == file)
    #expect(scene.downloads.count == 1)
  }
}
