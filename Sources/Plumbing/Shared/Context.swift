package import ComfyCore
package import SystemPackage

/// The process as a command sees it: streams and environment, so that tests can run a command
/// against streams of their own.
package struct Context: Sendable {
  /// Variables, home, directory, time.
  package var environment: ProcessEnvironment
  /// Where records are read from.
  package var input: FileDescriptor
  /// Data.
  package let output: OutputStream
  /// Talk: messages, prompts, progress.
  package let talk: OutputStream
  /// Whether people read ``talk``: progress is shown only then.
  package var talksToTerminal: Bool
  /// Makes one line of talk safe to show, and lays it out for those who read it.
  package var layOut: @Sendable (String) -> [String] = { [SafeText.escaped($0)] }
  /// Makes what shows a batch of downloads to people.
  package var makeFetchDisplay: @Sendable () -> any FetchDisplay = { SilentDisplay() }
  /// Makes what shows other long work to people, under a label: `Scanning`.
  package var makeProgress: @Sendable (String) -> any WorkProgress = { _ in SilentProgress() }
  /// The id of this process, for a log that several write to.
  package var processID: Int?
  /// How files are fetched.
  package var fetchOptions = FetchOptions()
  /// The manifest of the environment' directory, where it is being read already.
  package var manifest: ManifestStore?
  /// Whether programs read warnings: the command writes its failures as JSON.
  package var warnsInJSON = false
  /// The user's wish to stop.
  package var cancellation: Cancellation

  package init(
    environment: ProcessEnvironment, input: FileDescriptor, output: OutputStream,
    talk: OutputStream,
    talksToTerminal: Bool = false, cancellation: Cancellation = .never
  ) {
    self.environment = environment
    self.input = input
    self.output = output
    self.talk = talk
    self.talksToTerminal = talksToTerminal
    self.cancellation = cancellation
  }

  /// Writes one line of talk, escaped so that nothing a workflow, URL or server says can steer a
  /// terminal. Records written before it come first.
  package func say(_ line: String) {
    output.flush()
    for line in layOut(line) { talk.write(line: line) }
    talk.flush()
  }

  /// Tells a failure in the form that `json` asks for.
  package func report(_ failure: Failure, prefix: String, json: Bool) {
    guard json else {
      say("\(prefix): \(failure.placedMessage)")
      if let hint = failure.hint { say("hint: \(hint)") }
      return
    }
    output.flush()
    talk.write(line: failure.record.json)
    talk.flush()
  }
}
