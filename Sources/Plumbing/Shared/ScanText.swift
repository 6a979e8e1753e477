package import ComfyCore

/// The summary of a scan for people.
package enum ScanText {
  /// `12 models: 3 new, 1 changed, 2 moved, 0 gone`; what was moved is told when something was.
  package static func line(_ summary: ScanSummary) -> String {
    let count = summary.added + summary.changed + summary.unchanged
    let moved = summary.moved > 0 ? "\(summary.moved) moved, " : ""
    return "\(count) model\(count == 1 ? "" : "s"): \(summary.added) new, "
      + "\(summary.changed) changed, \(moved)\(summary.removed) gone"
  }
}
