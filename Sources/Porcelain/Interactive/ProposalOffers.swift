internal import ComfyCore
internal import Plumbing
internal import SystemPackage

/// Places that a missing model could be downloaded from, with what their hosts say, numbered from 1.
struct ProposalOffers {
  /// One of them.
  struct Offer {
    let proposal: SourceProposal
    /// What the host says; `nil` where it was not asked.
    let inspection: SourceInspection?

    var url: SourceURL { proposal.entry.url }
  }

  /// The most offers that are shown.
  static let limit = 5

  private let offers: [Offer]

  init(_ offers: [Offer]) {
    self.offers = offers
  }

  /// Asks the hosts, all at once. A file that is known to be another than the workflow's is no offer.
  ///
  /// - Throws: As ``DownloadFacts/inspect(_:for:)``.
  init(
    asking question: ModelQuestion, _ downloads: DownloadFacts, _ dialogue: Dialogue
  ) throws {
    let proposals = question.proposals.prefix(Self.limit)
    guard let reference = question.references.first else {
      offers = []
      return
    }
    let hosts = Set(proposals.map(\.entry.url.host)).sorted()
    let isAsked = !downloads.isOffline && downloads.roots != nil
    let waiting =
      isAsked
      ? WaitingLine("Asking \(hosts.joined(separator: ", "))", on: dialogue.output) : nil
    defer { waiting?.finish() }
    let answers = try downloads.inspect(proposals.map(\.entry.url), for: reference)
    offers = proposals.enumerated().compactMap { place, proposal in
      let answer = answers.indices.contains(place) ? answers[place] : nil
      guard answer?.contradictsWorkflow != true else { return nil }
      return Offer(proposal: proposal, inspection: answer)
    }
  }

  var count: Int { offers.count }

  /// The offer of a number; `nil` for any other number.
  subscript(number: Int) -> Offer? {
    offers.indices.contains(number - 1) ? offers[number - 1] : nil
  }

  /// What people pick from.
  var list: NumberedList {
    var list = NumberedList()
    for (place, offer) in offers.enumerated() {
      list.append(place + 1, offer.url.cleaned, [offer.facts])
    }
    return list
  }
}

extension ProposalOffers.Offer {
  /// The intent that one key makes of it; `nil` if there is more to decide: the folder is open, a file
  /// is in the way, or the host does not have it.
  func intent(for reference: ModelReference, _ downloads: DownloadFacts) -> DownloadIntent? {
    guard let intent = DownloadIntent(url: url.cleaned, for: reference) else { return nil }
    let path = inspection?.suggestion ?? intent.relativePath
    guard let path, !isAbsent, inspection?.isPage != true else { return nil }
    let destination = downloads.destination(of: path)
    if case .present(let location)? = inspection?.line.step, location.path == destination {
      return DownloadIntent(sources: intent.sources, relativePath: path)
    }
    if destination?.exists == true { return nil }
    return DownloadIntent(sources: intent.sources, relativePath: path)
  }

  /// Whether the host says that there is no such file.
  private var isAbsent: Bool {
    guard case .access(let refusal)? = inspection?.refusal else { return false }
    if case .notFound = refusal.reason { return true } else { return false }
  }

  /// `6.4 GiB, gated, an official template has it, for vae`
  var facts: StyledText {
    var facts: [StyledText] = []
    if let size = inspection?.line.size ?? proposal.entry.size {
      facts.append(StyledText(Quantity.size(size)))
    }
    if let access { facts.append("\(access, .warning)") }
    let hasHash = inspection?.agreesWithWorkflow == true && !proposal.reason.hashAgrees
    if hasHash { facts.append("the hash that the workflow gives") }
    facts.append(StyledText(proposal.reasonText, .dim))
    return facts.joined(separator: ", ")
  }

  /// What the host wants before it gives the file; `nil` when it gives it, or was not asked.
  private var access: String? {
    switch inspection?.refusal {
    case .access(let refusal)?: refusal.reason.shortText
    case .refused(let refusal)?: "HTTP \(refusal.head.status)"
    case .stalled?, .unreachable?: "not reachable now"
    case nil, .offline?: nil
    case .some: "not available now"
    }
  }
}

extension AccessRefusal.Reason {
  /// In a word or three.
  fileprivate var shortText: String {
    switch self {
    case .tokenMissing(gated: true), .licenceNotAccepted, .tokenLacksGatedRead: "gated"
    case .accessPending: "gated, access requested"
    case .tokenMissing(gated: false): "login needed"
    case .tokenRejected: "login refused"
    case .earlyAccess: "early access"
    case .notFound: "not there"
    case .missingOrPrivate: "not there, or private"
    case .archived: "archived"
    case .legal: "not available"
    case .rateLimited: "busy"
    case .forbidden: "refused"
    }
  }
}
