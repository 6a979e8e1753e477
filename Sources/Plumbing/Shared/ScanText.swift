public import Core

/// The summary of a scan for people.
public enum ScanText {
  /// `12 models: 3 new, 1 changed, 0 gone`.
  public static func line(_ summary: ScanSummary) -> String {
    let count = summary.added + summary.changed + summary.unchanged
    return "\(count) model\(count == 1 ? "" : "s"): \(summary.added) new, "
      + "\(summary.changed) changed, \(summary.removed) gone"
  }
}
