/// The trailers of a commit message, as `git log --format='%(trailers)'` finds them: `key: value`
/// lines in the last paragraph, if it is not also the first.
///
/// A paragraph with other lines counts only if git itself wrote one of its trailers and at least a
/// quarter of its lines are trailers.
struct MessageTrailers {
  /// In their order. A value that continues in lines that start with whitespace is joined into one
  /// line.
  private(set) var pairs: [(key: String, value: String)] = []

  private static let ofGit = ["Signed-off-by: ", "(cherry picked from commit "]

  init(of message: String) {
    let lines = message.split(separator: "\n", omittingEmptySubsequences: false)
    guard let last = lines.lastIndex(where: { !$0.isBlank }),
      let gap = lines[..<last].lastIndex(where: \.isBlank),
      lines[..<gap].contains(where: { !$0.isBlank })
    else { return }
    var (others, isOfGit) = (0, false)
    for line in lines[(gap + 1)...last] where !line.hasPrefix("#") {
      isOfGit = isOfGit || Self.ofGit.contains { line.hasPrefix($0) }
      if line.first?.isWhitespace == true, let owner = pairs.indices.last {
        pairs[owner].value += " " + line.trimmed
      } else if let pair = Self.pair(in: line) {
        pairs.append(pair)
      } else if !Self.ofGit.contains(where: { line.hasPrefix($0) }) {
        others += 1
      }
    }
    guard others == 0 || isOfGit && pairs.count * 3 >= others else {
      pairs = []
      return
    }
  }

  private static func pair(in line: Substring) -> (key: String, value: String)? {
    let key = line.prefix { $0.isASCII && ($0.isLetter || $0.isNumber || $0 == "-") }
    let rest = line.dropFirst(key.count).drop { $0 == " " || $0 == "\t" }
    guard !key.isEmpty, rest.first == ":" else { return nil }
    return (String(key), String(rest.dropFirst().trimmed))
  }
}

extension Substring {
  fileprivate var isBlank: Bool { allSatisfy(\.isWhitespace) }

  fileprivate var trimmed: Substring {
    let start = drop(while: \.isWhitespace)
    guard let last = start.lastIndex(where: { !$0.isWhitespace }) else { return "" }
    return start[...last]
  }
}
