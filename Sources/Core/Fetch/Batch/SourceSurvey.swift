/// Asks hubs and servers about files before they are fetched. A question that fails leaves its
/// answer empty and does not prevent the download.
struct SourceSurvey: Sendable {
  /// The answer about one file.
  struct Answer: Sendable {
    /// The file in its hub's catalogue; reliable, because a version there never changes.
    var entry: CivitaiVersion.File?
    /// What the server says now.
    var declared: DeclaredContent?
    /// Why the first server that was asked does not give the file; `nil` if another one does.
    var refusal: FetchError?
  }

  /// The question about one file.
  struct Question: Sendable {
    var item: FetchItem
    /// Whether the server is asked too if the catalogue does not have the size.
    var probes: Bool
    /// Whether the server is asked even if the catalogue has the size.
    var alwaysProbes: Bool
  }

  private static let width = 8
  /// A version has at most tens of files, each with a few hundred bytes of description.
  private static let replyLimit = 4 << 20

  let settings: FetchSettings
  let cancellation: Cancellation
  private let engine: FetchEngine

  init(settings: FetchSettings, environment: ProcessEnvironment, cancellation: Cancellation) {
    self.settings = settings
    self.cancellation = cancellation
    engine = FetchEngine(options: settings.options.forQuestions, environment: environment)
  }

  /// One answer for each question, in the same order. Asks several questions at once.
  func answers(to questions: [Question]) -> [Answer] {
    Concurrently.map(questions, width: Self.width) { answer(to: $0) }
  }

  private func answer(to question: Question) -> Answer {
    var answer = Answer()
    for url in question.item.sources where answer.entry == nil { answer.entry = entry(of: url) }
    let isSized = answer.entry?.approximateSize != nil
    guard question.probes, question.alwaysProbes || !isSized else { return answer }
    for url in question.item.sources {
      guard !cancellation.isRequested(), let (request, source) = try? settings.source(url) else {
        continue
      }
      switch engine.probe(source, cancellation: cancellation) {
      case .success(let heads):
        answer.declared = DeclaredContent(heads, hub: request.hub)
        answer.refusal = nil
        return answer
      case .failure(let error): answer.refusal = answer.refusal ?? error
      }
    }
    return answer
  }

  private func entry(of url: SourceURL) -> CivitaiVersion.File? {
    guard !cancellation.isRequested(), case .civitai(let file) = url.location else { return nil }
    return version(CivitaiLookup.request(version: file.version, mirrors: settings.mirrors))?
      .file(for: file)
  }

  /// Civitai's answer to a ``CivitaiLookup``; `nil` when there is none or it cannot be used.
  func version(_ request: SourceRequest) -> CivitaiVersion? {
    guard let source = try? settings.source(request) else { return nil }
    let reply = engine.text(
      source, limit: Self.replyLimit, cancellation: cancellation)
    guard case .success(let text) = reply else { return nil }
    return try? CivitaiVersion(reply: text.bytes)
  }
}

extension DeclaredContent {
  /// Reads the answers that led to a file, first hop first.
  ///
  /// Size, hash and commit come from the first answer that has them, because the hub takes
  /// precedence over the host that it redirects to. Tag and type are those of the last answer, and
  /// the name that of the last one with a name.
  init(_ heads: [ResponseHead], hub: Hub?) {
    self.init()
    for (place, head) in heads.enumerated() {
      let said = DeclaredContent(head, hub: place == 0 ? hub : nil)
      let range = head.status == 206 ? head["Content-Range"].flatMap { ContentRange($0) } : nil
      size = size ?? said.size ?? range?.total.flatMap { UInt64(exactly: $0) }
      sha256 = sha256 ?? said.sha256
      commit = commit ?? said.commit
      filename = said.filename ?? filename
      entityTag = said.entityTag
      isPage = said.isPage
    }
  }
}
