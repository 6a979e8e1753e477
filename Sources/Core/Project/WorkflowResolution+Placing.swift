extension WorkflowResolution {
  /// Puts files in place that are in other folders of the project.
  ///
  /// - Parameter groups: `nil` stands for a group to leave alone.
  /// - Returns: The places of the groups whose files are in place now.
  mutating func place(
    _ groups: [ModelGroup?], by placement: PlacementMethod?
  ) throws -> Set<Int> {
    guard let placement else { return [] }
    var open: [(number: Int, group: ModelGroup)] = []
    for case (let number, let group?) in groups.enumerated()
    where group.match.isPlaceable(by: placement) {
      if isCopied(group), placement != .updateWorkflow { continue }
      open.append((number, group))
    }
    var placed: Set<Int> = []
    // One decision is one commit, however many values it covers.
    if placement == .updateWorkflow, open.count > 1 {
      let possible = open.filter { (try? updateWorkflow([$0.group], isTrial: true)) != nil }
      if possible.count > 1, (try? updateWorkflow(possible.map(\.group))) != nil {
        for (_, group) in possible {
          settle(group, by: .workflowContext, model: group.match.model?.model)
        }
        placed = Set(possible.map(\.number))
      }
    }
    for (number, group) in open where !placed.contains(number) {
      do {
        try place(group, by: placement)
        placed.insert(number)
        settle(group, by: .workflowContext, model: group.match.model?.model)
      } catch let error as IndexError where error == .cancelled {
        throw error
      } catch {
        result.placementFailures.append(error)
      }
    }
    return placed
  }

  /// Puts the file that is meant in place for every reference of a group.
  mutating func place(_ group: ModelGroup, by placement: PlacementMethod) throws {
    guard let candidate = group.match.model else { return }
    switch placement {
    case .link, .copy, .move:
      result.placed.append(
        try project.place(candidate, for: group.first, by: placement, cancellation: cancellation))
    case .updateWorkflow: try updateWorkflow([group])
    }
  }

  /// Writes the values under which loaders list the files into the workflow: all or none.
  ///
  /// - Parameter isTrial: Whether to write nothing, and only throw what would be thrown.
  private mutating func updateWorkflow(_ groups: [ModelGroup], isTrial: Bool = false) throws {
    let matcher = try matcher()
    var changes: [WidgetChange] = []
    for group in groups {
      guard let candidate = group.match.model else { continue }
      let context = matcher.context(of: source.name, group.references)
      guard let value = try matcher.value(for: candidate, of: group.first, in: context) else {
        throw PlacementError.notListed(candidate.location.path, group.first.key)
      }
      changes += group.references.map { WidgetChange(reference: $0.key, value: value) }
    }
    let update = try project.setWidgets(changes, in: source, isTrial: isTrial)
    result.recordings += [update.recording].compactMap { $0 }
    result.widgetChanges += update.changes
  }
}
