import SystemLibrary
import SystemPackage
import Testing

@testable import ComfyCore

@Suite("What is where git keeps its own files") struct RepositoryFilesTests {
  private func failure(with sandbox: GitSandbox) -> GitError? {
    do throws(GitError) {
      _ = try GitRepository(around: sandbox.repository, environment: sandbox.environment)
      return nil
    } catch {
      return error
    }
  }

  @Test(
    "a pipe is refused, and not waited for",
    arguments: [
      ".git/HEAD", ".git/config", ".git/index", ".git/packed-refs", ".git/info/attributes",
      ".git/objects/info/alternates", ".git/logs/HEAD", ".gitattributes", ".gitignore",
    ])
  func pipe(name: String) throws {
    let sandbox = try GitSandbox()
    let path = sandbox.repository.pushing(FilePath(name))
    unlink(path.string)
    try sandbox.makeDirectory(path.removingLastComponent())
    #expect(mkfifo(path.string, 0o600) == 0)
    let real = try #require(path.real)
    let error = try #require(failure(with: sandbox))
    guard case .file(let fault) = error else {
      Issue.record("\(error)")
      return
    }
    #expect(fault.errno == .invalidArgument && fault.path.real == real)
  }

  @Test("no commit is made where its branch or its log is behind a link", arguments: [true, false])
  func links(isDangling: Bool) throws {
    let sandbox = try GitSandbox()
    let outside = sandbox.root.appending("outside")
    if !isDangling { try sandbox.write("kept", to: outside) }
    try sandbox.makeDirectory(sandbox.repository.pushing(".git/logs"))
    let log = sandbox.repository.pushing(".git/logs/HEAD")
    unlink(log.string)
    #expect(symlink(outside.string, log.string) == 0)
    let place = try #require(
      RepositoryPlace(around: sandbox.repository, environment: sandbox.environment))
    #expect(throws: GitError.self) { try place.checkWrittenFiles() }
    unlink(log.string)
    try place.checkWrittenFiles()
  }

  @Test("a file without an end is refused; nothing at all is an empty file")
  func ends() throws {
    let sandbox = try GitSandbox()
    let attributes = sandbox.repository.appending(".gitattributes")
    #expect(symlink("/dev/null", attributes.string) == 0)
    #expect(failure(with: sandbox) == nil)
    let head = sandbox.repository.pushing(".git/HEAD")
    #expect(truncate(head.string, 1 << 17) == 0)
    guard case .file(let fault)? = failure(with: sandbox) else {
      Issue.record("it was opened")
      return
    }
    #expect(fault.errno == .fileTooLarge)
  }
}
