package import ComfyCore
internal import SystemPackage

extension GitError: FailureConvertible {
  package var failure: Failure {
    switch self {
    case .library(let error):
      Failure(
        "git.library", "git: \(error.message.isEmpty ? "error \(error.code)" : error.message)",
        hint: Self.askGit)
    case .program(let subcommand, let status, let message):
      Failure(
        "git.program", "'git \(subcommand)' ended with \(status): \(message.firstLine)",
        hint: Self.askGit)
    case .programTimedOut(let subcommand, let seconds):
      Failure(
        "git.timeout", "'git \(subcommand)' did not end within \(seconds) seconds",
        hint: Self.askGit)
    case .file(let error): error.failure
    case .notARepository(let path):
      Failure(
        "git.no-repository", "'\(path)' is not in a git repository", hint: ShellText.command("init")
      )
    case .foreignOwner(let directory, _):
      Failure(
        "git.foreign-owner", "the repository '\(directory)' belongs to another user",
        hint: "git config --global --add safe.directory \(ShellText.quoted(directory.string))")
    case .unsupportedRepository(let directory, let reason):
      Failure(
        "git.unsupported", "the repository '\(directory)' cannot be opened: \(reason)",
        hint: "install git, which can open it")
    case .noLibrary(let reason):
      Failure(
        "git.no-library", "there is no git program, and libgit2 cannot be loaded: \(reason)",
        hint: "install git or libgit2")
    case .unknownRevision(let name):
      Failure(
        "git.unknown-revision", "no revision '\(name)'",
        hint: "\(ShellText.commandInSentence("log")) lists them")
    case .environment(let variable, let value):
      Failure(
        "git.environment", "\(variable) is '\(value)', which git cannot use",
        hint: "unset \(variable) or give it another value")
    case .configurationValue(let key, let value):
      Failure(
        "git.configuration", "\(key) is '\(value)', which git cannot use",
        hint: "'git config --show-origin \(key)' shows where it is set")
    }
  }

  private static var askGit: String { "'git status' shows whether git itself works" }
}

extension SkipReason {
  /// Why a written change was not committed, and the way out; `nil` where the user wants it so.
  var failure: Failure? {
    switch self {
    case .policyNever: nil
    case .outsideRepository(let file):
      Failure(
        "commit.outside", "'\(file)' is not in a git repository", hint: "\(ShellText.git) init")
    case .bareRepository(let directory):
      Failure(
        "commit.bare", "the repository '\(directory)' is bare",
        hint: "'git config core.bare false', or keep the manifest elsewhere")
    case .outsideWorkTree(let file, let workTree):
      Failure(
        "commit.outside", "'\(file)' is not in the work tree '\(workTree)'",
        hint: "'unset GIT_DIR GIT_WORK_TREE', or keep the manifest there")
    case .foreignOwner(let directory, _):
      Failure(
        "commit.foreign-owner", "the repository '\(directory)' belongs to another user",
        hint: "git config --global --add safe.directory \(ShellText.quoted(directory.string))")
    case .needsGitProgram(let reason):
      Failure(
        "commit.needs-git", "\(reason.words), and there is no git program", hint: "install git")
    case .inProgress(let operation):
      Failure(
        "commit.in-progress",
        (operation == .applyMailbox ? "an" : "a") + " \(operation.rawValue) is in progress",
        hint: "finish it, then \(ShellText.inSentence("\(ShellText.git) commit pyproject.toml"))")
    case .ignored(let path):
      Failure(
        "commit.ignored", "git ignores '\(path)'",
        hint:
          "\(ShellText.git) add -f \(pathspec(path)) && \(ShellText.git) commit \(pathspec(path))")
    case .stagedEdit(let path):
      Failure(
        "commit.staged", "another change of '\(path)' is staged",
        hint:
          "commit it, or \(ShellText.inSentence("\(ShellText.git) reset -q -- \(pathspec(path))"))")
    case .unmerged(let path):
      Failure(
        "commit.unmerged", "'\(path)' is unmerged",
        hint: "\(ShellText.git) add \(pathspec(path)) && \(ShellText.git) commit")
    case .overlooked(let path):
      Failure(
        "commit.overlooked", "git is set to ignore changes of '\(path)'",
        hint:
          "\(ShellText.git) update-index --no-assume-unchanged --no-skip-worktree \(ShellText.quoted(path.string))"
      )
    case .locked(let path):
      Failure(
        "commit.locked", "'\(path)' is held by another git process",
        hint:
          "if no git process is running, remove it; then \(ShellText.inSentence("\(ShellText.git) commit pyproject.toml"))"
      )
    case .busy(let directory):
      Failure(
        "commit.locked", "another \(Program.name) process commits in '\(directory)'",
        hint:
          "wait for it to end; then \(ShellText.inSentence("\(ShellText.git) commit pyproject.toml"))"
      )
    case .noIdentity(let missing):
      Failure(
        "commit.identity", "git does not know who you are",
        hint: missing.map { "git config --global \($0) VALUE" }.joined(separator: " && "))
    case .secret(let names):
      Failure(
        "commit.secret",
        "a source written by hand has \(names.map { "'\($0)'" }.joined(separator: ", ")), "
          + "which may be secret",
        hint:
          "remove it from the URL; if it is not a secret, \(ShellText.inSentence("\(ShellText.git) commit pyproject.toml"))"
      )
    case .filterOfRepository(let name):
      Failure(
        "commit.filter",
        "the filter '\(name)' is a program that this repository's own configuration names",
        hint: "if you trust it: \(ShellText.git) commit pyproject.toml")
    case .headKeptMoving:
      Failure(
        "commit.moving", "another process keeps committing",
        hint: "\(ShellText.git) commit pyproject.toml")
    }
  }

  /// A path in the work tree as git takes it in every folder of it.
  private func pathspec(_ path: FilePath) -> String {
    ShellText.quoted(path.components.count > 1 ? ":/\(path)" : path.string)
  }
}

extension GitProgramReason {
  var words: String {
    switch self {
    case .noLibrary: "libgit2 cannot be loaded"
    case .unsupportedRepository: "the repository has a feature that libgit2 lacks"
    case .unsupportedIndex: "the index has a feature that libgit2 lacks"
    case .filter(let name): "the filter '\(name)' has to run"
    case .encoding(let name): "the encoding '\(name)' has to be applied"
    case .setting(let name), .environment(let name): "\(name) is set"
    case .fileSystem: "the repository's file system has no hard links or no locks"
    }
  }
}

extension CommitNotice {
  /// What the user may not expect of a commit; `nil` where it goes without saying.
  var words: String? {
    switch self {
    case .unsigned: "commits made here are not signed (commit.gpgSign)"
    case .hooksNotRun(let names): "commits made here run no hooks: \(names.joined(separator: ", "))"
    case .detachedHead: "HEAD is detached: no branch holds the commit"
    case .bisecting: "a bisection is in progress: the commit is on the commit under test"
    case .byGitProgram: nil
    }
  }
}

extension String {
  /// The text up to the first line end.
  var firstLine: String { split(separator: "\n").first.map(String.init) ?? self }
}
