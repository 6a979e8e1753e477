/// References of one workflow that name the same file and were matched alike: one question, one
/// entry.
public struct ModelGroup: Sendable {
  /// At least one, in node order.
  public private(set) var references: [ModelReference]
  /// What is known of each of them.
  public let match: Match

  /// The one that names the group.
  public var first: ModelReference { references[0] }

  /// Whether a user has to be asked.
  var isOpen: Bool {
    switch match {
    case .ambiguous, .missing: true
    case .resolved, .pending, .optional, .downloadable: false
    }
  }

  /// The groups in the order of their first reference.
  public static func groups(of matched: [MatchedReference]) -> [ModelGroup] {
    struct Key: Hashable {
      let name: String
      let category: Category?
      let match: Match
    }
    var groups: [ModelGroup] = []
    var places: [Key: Int] = [:]
    for one in matched {
      let key = Key(name: one.reference.name, category: one.reference.category, match: one.match)
      if let place = places[key] {
        groups[place].references.append(one.reference)
      } else {
        places[key] = groups.count
        groups.append(ModelGroup(references: [one.reference], match: one.match))
      }
    }
    return groups
  }
}
