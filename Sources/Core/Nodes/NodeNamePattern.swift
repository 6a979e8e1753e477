internal import Foundation

/// A regular expression in Python's dialect, as far as Foundation's is the same. It may match anywhere
/// in the name of a type.
///
/// A node map may come from a stranger, so the work is bounded.
struct NodeNamePattern {
  private static let longest = 512
  /// How often the search reports in before it is given up. A usual one never does.
  private static let patience = 100
  private let expression: NSRegularExpression?

  /// A pattern that does not compile, or that is absurdly long, matches nothing.
  init(_ pattern: String) {
    guard pattern.utf8.count <= Self.longest else {
      expression = nil
      return
    }
    expression = try? NSRegularExpression(pattern: pattern.replacing("(?P<", with: "(?<"))
  }

  /// Whether the name of a type matches. A search that takes too long finds nothing.
  func fits(_ nodeType: String) -> Bool {
    guard let expression, nodeType.utf8.count <= Self.longest else { return false }
    let whole = NSRange(location: 0, length: nodeType.utf16.count)
    var isFound = false
    var reports = 0
    expression.enumerateMatches(in: nodeType, options: .reportProgress, range: whole) {
      match, _, stop in
      isFound = match != nil
      reports += 1
      if isFound || reports > Self.patience { stop.pointee = true }
    }
    return isFound
  }
}
