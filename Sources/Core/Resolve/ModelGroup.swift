/// References of one workflow that name the same file and have the same match: they are one
/// question and one entry.
package struct ModelGroup: Sendable {
  /// At least one, in node order.
  package private(set) var matched: [MatchedReference]
  /// The match that they have in common.
  package let match: Match

  /// At least one, in node order.
  package var references: [ModelReference] { matched.map(\.reference) }

  /// The reference that names the group.
  package var first: ModelReference { matched[0].reference }

  /// Whether a user has to be asked.
  var isOpen: Bool {
    switch match {
    case .misplaced, .changed, .ambiguous, .missing: true
    case .resolved, .blocked, .pending, .optional, .downloadable: false
    }
  }

  /// Whether a download was decided on although files of that name are here. It is not asked about
  /// again.
  package var isDecidedDownload: Bool {
    switch match {
    case .ambiguous: break
    case .misplaced(let candidate) where candidate.matchType != .hash: break
    default: return false
    }
    return matched.allSatisfy { if case .intended? = $0.entry?.state { true } else { false } }
  }

  /// The group after some of its references got another value in the workflow.
  func renamed(to value: String, _ references: [ModelReference]) -> ModelGroup {
    let keys = Set(references.map(\.key))
    var renamed = self
    for place in matched.indices where keys.contains(matched[place].reference.key) {
      renamed.matched[place].reference.widgetValue = value
      renamed.matched[place].reference.name = ModelReference.name(of: value)
    }
    return renamed
  }

  /// What references of one group have in common.
  private struct Key: Hashable {
    let name: String
    let category: Category?
    let match: Match
  }

  /// The groups in the order of their first reference.
  package static func groups(of matched: some Sequence<MatchedReference>) -> [ModelGroup] {
    var groups: [ModelGroup] = []
    var places: [Key: Int] = [:]
    for one in matched {
      let key = Key(name: one.reference.name, category: one.reference.category, match: one.match)
      if let place = places[key] {
        groups[place].matched.append(one)
      } else {
        places[key] = groups.count
        groups.append(ModelGroup(matched: [one], match: one.match))
      }
    }
    return groups
  }
}
