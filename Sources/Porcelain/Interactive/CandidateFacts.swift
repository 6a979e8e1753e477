internal import ComfyCore
internal import Plumbing
internal import SystemPackage

/// What tells models of this machine apart: beside each the facts that differ, below them a
/// sentence.
struct CandidateFacts {
  private let candidates: [ModelCandidate]

  init(_ candidates: [ModelCandidate]) {
    self.candidates = candidates
  }

  /// The candidates as a list.
  ///
  /// - Parameters:
  ///   - places: Which of them.
  ///   - scores: How alike each is, where a search found them.
  ///   - first: The number of the first of all.
  func list(_ places: Range<Int>, scores: [Double] = [], from first: Int = 1) -> NumberedList {
    var list = NumberedList()
    for place in places {
      let candidate = candidates[place]
      var facts: [StyledText] = [Self.size(of: candidate)]
      if differ(Self.types) { facts.append(StyledText(Self.types(candidate), .dim)) }
      if differ(Self.root) { facts.append("in \(Self.root(candidate), .dim)") }
      if hasEqualSizes { facts.append(StyledText(digits(of: candidate), .dim)) }
      if scores.indices.contains(place) {
        facts.append("\(Int(scores[place] * 100))% alike")
      }
      list.append(place + first, candidate.location.relativePath.string, facts)
    }
    return list
  }

  static func size(of candidate: ModelCandidate) -> StyledText {
    StyledText(Quantity.size(candidate.model.size))
  }

  /// In what they differ; empty for fewer than two.
  var sentence: StyledText {
    guard candidates.count > 1 else { return "" }
    var words: [String] = []
    if differ(Self.folder) { words.append("folder") }
    if differ(\.location.relativePath.filename) { words.append("spelling") }
    if differ(\.model.size) { words.append("size") }
    if differ(Self.types) { words.append("precision") }
    if differ(Self.root) { words.append("models directory") }
    let differences = words.isEmpty ? "" : "They differ in \(Self.enumeration(words)). "
    return StyledText(differences + content)
  }

  /// What is known of files of one size.
  private var content: String {
    guard !differ(\.model.size) else { return "" }
    if candidates.allSatisfy({ $0.model.hash != nil }) {
      return "Same size; their contents differ."
    }
    return differ(\.model.sampled)
      ? "Same size; their contents differ."
      : "Same size, same samples: probably copies of one file."
  }

  private var hasEqualSizes: Bool {
    candidates.count > 1 && Set(candidates.map(\.model.size)).count < candidates.count
  }

  private func differ(_ fact: (ModelCandidate) -> some Hashable) -> Bool {
    guard let first = candidates.first.map(fact) else { return false }
    return !candidates.allSatisfy { fact($0) == first }
  }

  private static func folder(_ candidate: ModelCandidate) -> String {
    candidate.location.relativePath.components.dropLast().joined(separator: "/")
  }

  private static func root(_ candidate: ModelCandidate) -> String {
    candidate.location.root.path.string
  }

  private static func types(_ candidate: ModelCandidate) -> String {
    (candidate.model.safetensors?.dataTypes.prefix(2) ?? []).joined(separator: " ")
  }

  /// Enough of a hash, of the same kind for all, to tell two files apart by.
  private func digits(of candidate: ModelCandidate) -> String {
    let full = candidates.allSatisfy { $0.model.hash != nil } ? candidate.model.hash : nil
    return String((full ?? candidate.model.sampled.comfydock).hex.prefix(8))
  }

  private static func enumeration(_ words: [String]) -> String {
    guard let last = words.last, words.count > 1 else { return words.first ?? "" }
    return words.dropLast().joined(separator: ", ") + " and " + last
  }
}
