import CommandSupport
import Foundation
import SystemPackage
import Testing

/// Repositories on file systems that lack what others have.
@Suite struct FileSystemTests {
  private let project: RecordedProject

  init() throws {
    project = try RecordedProject(models: ["a.pt", "b.pt"])
    try project.intend("a.pt")
  }

  @Test(
    "no hard links, or no locks of directories: committed all the same",
    arguments: [
      "link:error=EPERM", "link:error=ENOSYS", "link:error=EOPNOTSUPP", "flock:error=EBADF:when=2",
      "flock:error=ENOLCK:when=2",
    ])
  func withoutLinks(fault: String) throws {
    let call = String(fault.prefix { $0 != ":" })
    let result = try? project.command(
      "strace",
      [
        "-qq", "-f", "-o", "/dev/null", "-e", "trace=\(call)", "-e", "inject=\(fault)",
        project.comfy.string, "add-intent", "flow.json", "b.pt", "https://example.com/b.pt",
      ]
    ).run()
    guard let result, result.status != .exited(127) else {
      print("skipped: strace is not there or may not trace")
      return
    }
    #expect(result.status == .exited(0))
    #expect(result.errorText == "")
    #expect(try project.git("log", "-1", "--format=%s") == "comfy: add intent for b.pt (flow)")
    #expect(try project.git("status", "--porcelain") == "?? flow.json")
    try project.git("fsck", "--strict")
    let left = try project.command("find", [".git", "-name", "index.*"]).run().outputText
    #expect(left == "")
  }
}
