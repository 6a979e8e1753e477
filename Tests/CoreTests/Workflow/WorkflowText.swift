import ComfyCore

/// A workflow's content as lines, for comparison with the `.expected` file beside a fixture.
enum WorkflowText {
  static func lines(of result: Result<Workflow, WorkflowError>) -> [String] {
    switch result {
    case .failure(let error): ["error \(error)"]
    case .success(let workflow):
      ["\(workflow.container) \(workflow.format)"] + workflow.references.map(line)
        + workflow.staleEntries.map {
          "stale \($0.nodeID ?? "-") | \($0.nodeType ?? "-") | \($0.name) | \($0.directory ?? "-")"
            + " | \($0.category?.name ?? "-") | \($0.url ?? "-")"
        }
        + workflow.nodeTypes.map {
          "type \($0.nodeType) | \($0.origin.rawValue) | \($0.registryID ?? "-")"
            + " | \($0.repositoryID ?? "-") | \($0.version ?? "-")"
            + " | \($0.nodeIDs.joined(separator: " "))"
        }
    }
  }

  private static func line(_ reference: ModelReference) -> String {
    let place =
      switch reference.place {
      case .widget(let index): "\(index)"
      case .input(let name, _): name
      case .unknown: "-"
      }
    var line =
      "\(reference.nodeID) | \(reference.nodeType) | \(place) | \(reference.input ?? "-")"
      + " | \(reference.widgetValue) | \(reference.name) | \(reference.category?.name ?? "-")"
      + " | \(reference.state.rawValue) | \(reference.via.rawValue)"
    let facts = [
      ("title", reference.title), ("set by", reference.setBy), ("url", reference.url),
      ("directory", reference.directory), ("hash", reference.hash), ("type", reference.hashType),
      ("uncertain", reference.isUncertain ? "yes" : nil),
    ]
    for (name, fact) in facts {
      if let fact { line += " | \(name) \(fact)" }
    }
    return line
  }
}
