internal import SystemPackage

/// Finds download sources for the missing models of one workflow. The lists are read only when the
/// first model is asked about, so a workflow with all its models costs nothing.
struct MissingModels {
  /// If there are more proposals than this, the hubs are not asked.
  static let limit = 8

  let project: Project
  let source: WorkflowSource
  /// Whether hubs may be asked for hashes that the lists do not declare.
  let asksHubs: Bool
  let cancellation: Cancellation
  private let names: [String]
  private var search: SourceSearch?

  /// - Parameter names: The file names of all models that will be asked about.
  init(
    named names: [String], project: Project, source: WorkflowSource, asksHubs: Bool,
    cancellation: Cancellation
  ) {
    self.names = names
    self.project = project
    self.source = source
    self.asksHubs = asksHubs
    self.cancellation = cancellation
  }

  /// The proposals for a group, best first. If the candidates here contradict the hash that the
  /// workflow gives, only proposals with that hash are returned.
  ///
  /// - Throws: The errors of ``SourceSearch/init(in:)``.
  mutating func proposals(for group: ModelGroup) throws -> [SourceProposal] {
    let search = try self.search ?? SourceSearch(in: project, naming: names)
    self.search = search
    let reference = group.first
    let pin = group.matched.first?.entry?.hash
    let found = try search.proposals(
      for: reference, in: source.file, recorded: try pin.flatMap { try project.sha256(ofPin: $0) })
    let verified = try verified(found, for: reference)
    guard case .ambiguous = group.match else { return verified }
    return verified.filter(\.reason.hashAgrees)
  }

  /// The proposals after the hubs were asked, if a hash is wanted that no list declares. A proposal
  /// with that hash comes first; one with another hash is left out.
  private func verified(
    _ proposals: [SourceProposal], for reference: ModelReference
  ) throws -> [SourceProposal] {
    guard asksHubs, GivenHash(reference) != nil, !proposals.isEmpty,
      !proposals.contains(where: \.reason.hashAgrees), try !project.settings.flag(.offline),
      try project.knownFolders() != nil
    else { return proposals }
    let asked = proposals.prefix(Self.limit)
    let answers = try project.inspect(
      asked.map(\.entry.url), for: reference, cancellation: cancellation)
    var known: [SourceProposal] = []
    for (proposal, answer) in zip(asked, answers) where !answer.contradictsWorkflow {
      var proposal = proposal
      proposal.entry.sha256 = proposal.entry.sha256 ?? answer.sha256
      proposal.entry.size = proposal.entry.size ?? answer.line.size
      if answer.agreesWithWorkflow == true {
        proposal.confidence = 1
        proposal.reason.hashAgrees = true
      }
      known.append(proposal)
    }
    return known.filter(\.reason.hashAgrees) + known.filter { !$0.reason.hashAgrees }
      + proposals.dropFirst(Self.limit)
  }
}

extension WorkflowResolution {
  /// Records the proposals that need no question, and keeps the others for the questions and the
  /// end.
  ///
  /// - Returns: The places of the groups for which a download was decided.
  mutating func recordProposed(_ groups: [ModelGroup], by policy: SourcePolicy) throws -> Set<Int> {
    var missing = MissingModels(
      named: groups.filter(isProposable).map(\.first.filename), project: project, source: source,
      asksHubs: policy != .ask && !isDryRun,
      cancellation: cancellation)
    var taken: Set<Int> = []
    var decisions: [ModelDecision] = []
    for (place, group) in groups.enumerated() where isProposable(group) {
      let proposals = try missing.proposals(for: group)
      guard let choice = policy.choice(of: proposals),
        let intent = DownloadIntent(url: choice.entry.url.cleaned, for: group.first)
      else {
        guard !proposals.isEmpty else { continue }
        for reference in group.references { result.proposals[reference.key] = proposals }
        continue
      }
      settle(group, by: .downloadIntent, intent: intent)
      decisions += decision(about: group.references, .intend(intent))
      taken.insert(place)
    }
    try write(decisions)
    return taken
  }

  /// Names of other files of the same model, for a model without a known source. This reads every
  /// name in the catalog, so it is done only before a person is asked.
  func variants(of group: ModelGroup) throws -> [String] {
    guard case .missing = group.match, result.proposals[group.first.key] == nil else { return [] }
    return try project.variants(of: group.first.filename, in: group.first.category).map(\.name)
  }

  private func isProposable(_ group: ModelGroup) -> Bool {
    switch group.match {
    case .missing: true
    case .ambiguous: GivenHash(group.first) != nil
    case .downloadable: isUnusable(group)
    case .resolved, .misplaced, .changed, .blocked, .pending, .optional: false
    }
  }
}

extension Project {
  /// Which proposals are used without a question: those that declare the wanted hash, unless
  /// `comfy.sources` says otherwise.
  ///
  /// - Throws: ``SettingError``, ``GitError``.
  func sourcePolicy() throws -> SourcePolicy {
    try settings.word(.sources, default: .verified)
  }
}
