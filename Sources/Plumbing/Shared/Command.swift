package import ArgumentParser
internal import ComfyCore

/// A subcommand of `comfy`.
///
/// It parses into domain types, calls Core once and writes records. Its default ``run()`` is the
/// only place that touches the process.
package protocol Command: ParsableCommand {
  /// Does the work.
  ///
  /// - Returns: ``ExitStatus/done`` or ``ExitStatus/remains``.
  /// - Throws: Anything that ``Failure`` knows.
  func run(in context: Context) throws -> ExitStatus

  /// Where the project is.
  ///
  /// - Throws: Nothing, if the command was parsed.
  var options: ProjectOptions { get throws }

  /// Whether failures are told as JSON records.
  var reportsJSON: Bool { get }

  /// Whether it is run to change the manifest: what the commit needs is then loaded from the start.
  static var changesManifest: Bool { get }
}

extension Command {
  package var reportsJSON: Bool { false }
  package static var changesManifest: Bool { false }
}
