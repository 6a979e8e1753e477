/// The exit statuses of every command, as git's.
package enum ExitStatus: Int32, Sendable {
  /// Everything that was asked is done.
  case done = 0
  /// Done, but something remains: unresolved references, a failed download, nothing found.
  case remains = 1
  /// Could not be done; nothing is half-written.
  case fatal = 128
  /// The command line is not understood.
  case usage = 129
  /// Stopped by Ctrl-C; what was decided or fetched until then is kept.
  case interrupted = 130
}
