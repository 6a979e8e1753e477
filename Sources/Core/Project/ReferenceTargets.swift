/// The references that a command line means by a workflow, a model's name and optionally a node.
package struct ReferenceTargets: Sendable {
  /// The workflow's name in the manifest.
  package let workflow: String
  /// Path of the workflow file as the manifest writes it; `nil` if the manifest already has it.
  package let workflowPath: String?
  /// The references, in node order; at least one.
  package let references: [ModelReference]

  /// A decision about them.
  package func decision(_ answer: ModelDecision.Answer) -> ModelDecision? {
    ModelDecision(about: references, in: workflow, path: workflowPath, answer: answer)
  }
}

/// Why a workflow and a name do not mean any reference.
package enum ReferenceTargetError: Error, Sendable, Hashable {
  /// No node of the workflow has this id, or none of its inputs names a model.
  case unknownNode(String, workflow: String)
  /// No reference of the workflow has this name. `known` are the names that exist.
  case unknownName(String, workflow: String, known: [String])
  /// Several models of the workflow have this name, in these nodes.
  case ambiguousName(String, workflow: String, nodes: [String])
}

extension Project {
  /// The references that `name` means in a workflow: those with this widget value, path or file
  /// name. The manifest's entries come first, then what the workflow file has of the same name for
  /// the same folder.
  ///
  /// - Parameters:
  ///   - workflow: As given on a command line.
  ///   - node: Only references of this node.
  ///   - recordedOnly: Whether what has no entry counts only if no entry has the name.
  /// - Throws: ``ReferenceTargetError``, ``ManifestError/unreadable(_:)``, and what finding and
  ///   reading the workflow throws.
  package func targets(
    of workflow: String, named name: String, node: String?, recordedOnly: Bool = false
  ) throws -> ReferenceTargets {
    if let recorded = try recordedTargets(of: workflow, named: name, node: node) {
      return node == nil && !recordedOnly ? try adding(namesakesOf: name, to: recorded) : recorded
    }
    guard let source = try workflowSources([workflow]).first else {
      throw ProjectError.unknownWorkflow(workflow, known: [])
    }
    let all = try readWorkflow(source).references
    let references = all.filter { node == nil || $0.nodeID == node }
    if let node, references.isEmpty {
      throw ReferenceTargetError.unknownNode(node, workflow: source.name)
    }
    let named = references.filter { $0.isNamed(name) }
    guard !named.isEmpty else {
      throw ReferenceTargetError.unknownName(
        name, workflow: source.name, known: references.map(\.name).unique)
    }
    guard try meanings(of: named, among: all, ofWorkflow: source.name).count == 1 else {
      throw ReferenceTargetError.ambiguousName(
        name, workflow: source.name, nodes: named.map(\.nodeID))
    }
    return ReferenceTargets(
      workflow: source.name, workflowPath: try source.file.map { try manifestPath(of: $0) },
      references: named)
  }

  /// A reference of the entry that a file name and a node mean in a workflow of the manifest.
  ///
  /// - Throws: ``ReferenceTargetError``, ``ManifestError``.
  package func recordedReference(
    of workflow: String, named name: String, node: String
  ) throws -> ReferenceKey {
    let targets = try recordedTargets(of: workflow, named: name, node: node)
    guard let reference = targets?.references.first else {
      throw ReferenceTargetError.unknownNode(node, workflow: workflow)
    }
    return reference.key
  }

  /// The targets with the references of the workflow's file that the name means as well. A file that
  /// cannot be read adds none.
  private func adding(
    namesakesOf name: String, to recorded: ReferenceTargets
  ) throws -> ReferenceTargets {
    let workflow = recorded.workflow
    guard let entry = try manifestIfPresent()?.workflow(named: workflow), entry.path != nil,
      let all = try? readWorkflow(source(of: entry)).references
    else { return recorded }
    let known = recorded.references.map(\.key)
    let others = all.filter { reference in
      reference.isNamed(name)
        && !reference.recordedKeys.contains(where: known.contains)
    }
    let meant = all.filter { $0.recordedKeys.contains(where: known.contains) }
    let meanings = try meanings(of: meant + others, among: all, ofWorkflow: workflow)
    // No node of the file has the entry: what is named there now is another model.
    let isStale = meant.isEmpty && !meanings.contains { $0.entry == known.first }
    guard meanings.count < 2, others.isEmpty || !isStale else {
      throw ReferenceTargetError.ambiguousName(
        name, workflow: workflow, nodes: (known + others.map(\.key)).map(\.nodeID).unique)
    }
    guard !others.isEmpty else { return recorded }
    return ReferenceTargets(
      workflow: workflow, workflowPath: nil, references: recorded.references + others)
  }

  /// The different models that references mean.
  private func meanings(
    of references: [ModelReference], among all: [ModelReference], ofWorkflow workflow: String
  ) throws -> Set<NameMeanings.Meaning> {
    let manifest = try manifestIfPresent()
    let context =
      manifest.map { ModelResolutionContext(workflowName: workflow, manifest: $0, references: all) }
      ?? ModelResolutionContext(workflowName: workflow)
    let recorded = manifest?.workflow(named: workflow)?.models ?? []
    let meanings = NameMeanings(all, recorded: recorded, in: context)
    return Set(references.map { meanings.meaning(of: $0, in: context) })
  }

  private func recordedTargets(
    of workflow: String, named name: String, node: String?
  ) throws -> ReferenceTargets? {
    let wanted = ModelReference.name(of: name)
    // Paths may be written with either slash; the last component is the same in all spellings.
    let mention = wanted.split(separator: "/").last.map(String.init) ?? wanted
    let manifest = try manifestIfPresent()
    if let issue = manifest?.unreadablePart(ofEntryWith: [], named: mention, in: workflow) {
      throw ManifestError.unreadable(issue)
    }
    let models = manifest?.models(of: workflow, mentioning: mention)
    let entries = (models ?? []).filter { model in
      let names = model.nodes.map { ModelReference.name(of: $0.widgetValue) }
      return (model.filename == wanted || names.contains(wanted))
        && (node == nil || model.nodes.contains { $0.nodeID == node })
    }
    guard let entry = entries.first else { return nil }
    guard entries.count == 1 else {
      throw ReferenceTargetError.ambiguousName(
        name, workflow: workflow, nodes: entries.flatMap(\.nodes).map(\.nodeID))
    }
    let nodes = entry.nodes.filter { node == nil || $0.nodeID == node }
    let references = nodes.map { key in
      ModelReference(
        nodeID: key.nodeID, nodeType: key.nodeType, place: key.place,
        widgetValue: key.widgetValue, category: entry.category)
    }
    return ReferenceTargets(workflow: workflow, workflowPath: nil, references: references)
  }
}
