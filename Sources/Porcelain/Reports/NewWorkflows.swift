internal import ComfyCore
internal import Plumbing

extension [WorkflowSource] {
  /// More files than this are not named.
  private static var mostNamed: Int { 8 }

  /// The command that resolves them all.
  var resolveCommand: String {
    let names = count > Self.mostNamed ? [] : map(\.shown)
    return ShellText.command(["resolve"], on: names)
  }

  /// That they were never resolved, in one line; `nil` for none.
  var neverResolved: String? {
    guard let first else { return nil }
    let names = count == 1 ? "'\(first.shown)' was" : "\(count) workflows were"
    return "note: \(names) never resolved: \(resolveCommand)"
  }
}
