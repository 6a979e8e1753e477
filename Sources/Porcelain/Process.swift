internal import CSystemCalls
internal import ComfyCore
internal import Plumbing
internal import SystemLibrary
internal import SystemPackage

/// The running process: the only place where streams, variables, directory, clock and exit are
/// reached for.
enum Process {
  /// The context of a command that was started from a shell.
  static func context() -> Context {
    Interrupt.install()
    let environment = environment()
    let isRunner = RunnerLines.areRead(given: environment.variables)
    var context = Context(
      environment: environment, input: .standardInput,
      output: OutputStream(.standardOutput, isReadByRunner: isRunner),
      talk: OutputStream(.standardError, isReadByRunner: isRunner),
      talksToTerminal: TerminalDevice.isTerminal(.standardError),
      cancellation: Cancellation(Interrupt.cancellation))
    context.processID = Int(getpid())
    let talk = TerminalOutput(variables: environment.variables)
    context.layOut = { talk.lines(of: $0) }
    context.makeFetchDisplay = { FetchBoard(output: talk) }
    context.makeProgress = { label in ProgressLine(StyledText(label), output: talk) }
    return context
  }

  /// The words that the process was started with, the program's own name first. What is not UTF-8
  /// in them is replaced by U+FFFD.
  ///
  /// - Returns: The words, and the first of them that is not UTF-8.
  static func arguments() -> (words: [String], spoiled: String?) {
    var count: Int32 = 0
    guard let pointers = unsafe comfy_arguments(&count) else { return ([], nil) }
    var words: [String] = []
    var spoiled: String?
    for place in 0..<Int(count) {
      guard let pointer = unsafe pointers[place] else { continue }
      let word = unsafe String(cString: pointer)
      if spoiled == nil, unsafe String(validatingCString: pointer) == nil { spoiled = word }
      words.append(word)
    }
    return (words, spoiled)
  }

  /// Keeps all threads of a process with little address space (`ulimit -v`) in one heap: glibc
  /// reserves 64 MiB for each thread, and where that fails, the process ends without a word.
  static func makeDoWithAddressSpace() {
    var limit = rlimit()
    #if canImport(Darwin)
      let status = unsafe getrlimit(RLIMIT_AS, &limit)
    #else
      let status = unsafe getrlimit(__rlimit_resource_t(RLIMIT_AS.rawValue), &limit)
    #endif
    if status == 0, limit.rlim_cur < 1 << 40 { comfy_keep_one_heap() }
  }

  /// Gives a closed standard stream something that refuses to be read or written: a file that is
  /// opened later would take its number, and its place.
  static func occupyStandardStreams() {
    for descriptor: Int32 in 0...2 where fcntl(descriptor, F_GETFD) == -1 {
      _ = unsafe open("/dev/null", descriptor == 0 ? O_WRONLY : O_RDONLY)
    }
  }

  /// Ends the process at once: what was written has been handed to the system, and a thread that
  /// is still loading a library must not meet the taking down of others.
  static func exit(_ status: Int32) -> Never { _exit(status) }

  /// Becomes another program, started in `directory`; returns when that fails.
  static func replace(with file: FilePath, arguments: [String], in directory: FilePath = ".") {
    guard unsafe chdir(directory.string) == 0 else { return }
    let words = [file.string] + arguments
    var pointers = unsafe words.map { unsafe strdup($0) } + [nil]
    unsafe execv(file.string, &pointers)
    unsafe pointers.forEach { unsafe free($0) }
  }

  /// The file of this program, links followed; `nil` when the system does not tell.
  static func executable() -> FilePath? {
    #if os(Linux)
      let name = "/proc/self/exe"
    #else
      var size: UInt32 = 4096
      var bytes = [CChar](repeating: 0, count: Int(size))
      guard unsafe _NSGetExecutablePath(&bytes, &size) == 0 else { return nil }
      let name = unsafe String(cString: bytes)
    #endif
    guard let path = unsafe realpath(name, nil) else { return nil }
    defer { unsafe free(path) }
    return unsafe FilePath(platformString: path)
  }

  /// Removes a directory if nothing is in it.
  static func removeEmpty(_ directory: FilePath) {
    _ = unsafe rmdir(directory.string)
  }

  private static func environment() -> ProcessEnvironment {
    let variables = variables()
    return ProcessEnvironment(
      variables: variables,
      home: variables["HOME"].flatMap { $0.isEmpty ? nil : FilePath($0) },
      currentDirectory: currentDirectory(), executable: executable(), now: { now() })
  }

  private static func variables() -> [String: String] {
    var variables: [String: String] = [:]
    var entry = unsafe environ
    while let text = unsafe entry.pointee {
      let pair = unsafe String(cString: text)
      if let separator = pair.firstIndex(of: "=") {
        variables[String(pair[..<separator])] = String(pair[pair.index(after: separator)...])
      }
      unsafe entry += 1
    }
    return variables
  }

  /// The directory the program was started in; `/` when it is gone.
  static func currentDirectory() -> FilePath {
    guard let text = unsafe getcwd(nil, 0) else { return "/" }
    defer { unsafe free(text) }
    return unsafe FilePath(platformString: text)
  }

  private static func now() -> Timestamp {
    var seconds = time(nil)
    var parts = unsafe tm()
    unsafe localtime_r(&seconds, &parts)
    return unsafe Timestamp(seconds: Int64(seconds), zoneOffset: parts.tm_gmtoff / 60)
  }
}
