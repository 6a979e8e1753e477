import SystemPackage
import Testing

@testable import ComfyCore

@Suite("Who a recorded commit is by")
struct RecordingIdentityTests {
  let sandbox: GitSandbox

  init() throws { sandbox = try GitSandbox() }

  @Test("no identity: skipped, with the key that is missing")
  func noIdentity() throws {
    try sandbox.write("", to: sandbox.root.pushing("home/.gitconfig"))
    try sandbox.write("a = 1\n", to: sandbox.manifest)
    try sandbox.mustSkip(.noIdentity(missing: ["user.name", "user.email"]))
    try sandbox.git("config", "user.name", "Ada")
    try sandbox.mustSkip(.noIdentity(missing: ["user.email"]))
    sandbox.environment.variables["EMAIL"] = "ada@env.example"
    try sandbox.mustRecord()
    #expect(try sandbox.git("log", "-1", "--format=%an <%ae>") == "Ada <ada@env.example>")
  }

  @Test("identity from the environment, before the configuration")
  func identityFromEnvironment() throws {
    try sandbox.write("a = 1\n", to: sandbox.manifest)
    sandbox.environment.variables.merge(
      [
        "GIT_AUTHOR_NAME": "A <U> Thor", "GIT_AUTHOR_EMAIL": "a@u", "GIT_COMMITTER_NAME": "C",
        "GIT_COMMITTER_EMAIL": "c@o", "GIT_AUTHOR_DATE": "@1000000000 -0330",
        "GIT_COMMITTER_DATE": "Thu, 7 Apr 2005 22:13:13 +0200",
      ], uniquingKeysWith: { $1 })
    let commit = try sandbox.mustRecord()
    #expect(
      try sandbox.git("log", "-1", "--format=%an|%ae|%at %aI|%cn|%ce|%cI")
        == "A U Thor|a@u|1000000000 2001-09-08T22:16:40-03:30|C|c@o|2005-04-07T22:13:13+02:00")
    #expect(try sandbox.git("rev-parse", "HEAD") == commit.id.hex)
  }

  @Test("author.* and committer.* before user.*")
  func identityByRole() throws {
    try sandbox.git("config", "author.name", "Author")
    try sandbox.git("config", "committer.email", "committer@example.com")
    try sandbox.write("a = 1\n", to: sandbox.manifest)
    try sandbox.mustRecord()
    #expect(
      try sandbox.git("log", "-1", "--format=%an %ae %cn %ce")
        == "Author ada@example.com Ada committer@example.com")
  }

  @Test("a date that git would refuse is an error")
  func badDate() throws {
    sandbox.environment.variables["GIT_AUTHOR_DATE"] = "yesterdayish"
    try sandbox.write("a = 1\n", to: sandbox.manifest)
    #expect(
      throws: GitError.environment(variable: "GIT_AUTHOR_DATE", value: "yesterdayish")
    ) { try sandbox.record() }
  }

  @Test(
    "conditional includes of the user's configuration count as for git",
    arguments: [
      "gitdir:ROOT/repository/", "gitdir/i:root/REPOSITORY/.GIT", "gitdir:**/repository/.git",
      "onbranch:main", "hasconfig:remote.*.url:https://corp.example/**", "gitdir:ROOT/other/",
      "onbranch:side", "hasconfig:remote.*.url:https://home.example/**",
    ])
  func conditionalInclude(condition: String) throws {
    try sandbox.commitByHand(["pyproject.toml": "a = 1\n"])
    try sandbox.git("remote", "add", "origin", "https://corp.example/x.git")
    let home = sandbox.root.appending("home")
    try sandbox.write("[user]\n\temail = work@corp.example\n", to: home.appending("work"))
    try sandbox.write(
      """
      [user]
      \tname = Ada
      \temail = ada@example.com
      [includeIf "\(condition.replacing("ROOT", with: sandbox.root.string))"]
      \tpath = work

      """, to: home.appending(".gitconfig"))
    let address = try sandbox.git("config", "user.email")
    try sandbox.write("a = 2\n", to: sandbox.manifest)
    #expect(try sandbox.mustRecord().notices == [])
    #expect(try sandbox.git("log", "-1", "--format=%ae %ce") == "\(address) \(address)")
  }

  @Test("what such an include says of the file's content is obeyed")
  func conditionalLineEnds() throws {
    try sandbox.git("remote", "add", "origin", "https://corp.example/x.git")
    let home = sandbox.root.appending("home")
    try sandbox.write("[core]\n\tautocrlf = input\n", to: home.appending("work"))
    try sandbox.git(
      "config", "--global", "includeIf.hasconfig:remote.*.url:https://corp.example/**.path", "work")
    try sandbox.write("a = 1\r\n", to: sandbox.manifest)
    try sandbox.mustRecord()
    #expect(try sandbox.git("cat-file", "-s", "HEAD:pyproject.toml") == "6")
  }
}
