internal import GRDB

/// Answers the questions that many references ask of the index.
///
/// A query for each question costs more than its answer. Questions that are announced are asked
/// together, as soon as the first of their kind is needed. Answers are valid for the index as it
/// was when they were read; a write by this process makes all of them void.
final class ModelLookup {
  /// How many references to announce at once: enough to keep the number of queries small, and few
  /// enough to keep their results small.
  static let batch = 1000

  /// What the index can be asked. Models have the order of ``ModelIndex``'s own queries.
  enum Question: Hashable {
    /// The models with a file of exactly this name, in the form that ``PathKey/folded(_:)`` gives.
    case name(String)
    /// The models with this hash.
    case hash(GivenHash)
    /// The models of this many bytes whose full hashes are not both known.
    case unread(size: Int64)
    /// The models that have this URL, compared as it is, as a source.
    case source(String)

    /// The models with a file whose name is the last part of `path`, ignoring case.
    init(filenameOf path: String) { self = .name(PathKey.filename(PathKey.folded(path))) }
  }

  private let index: ModelIndex
  private var version: Int
  private var answers: [Question: [IndexedModel]] = [:]
  private var announced: [Kind: Set<Question>] = [:]

  init(_ index: ModelIndex) {
    self.index = index
    version = index.version
  }

  /// Announces the questions that are asked next, and drops all earlier ones.
  func announce(_ questions: some Sequence<Question>) {
    answers.removeAll()
    announced = Dictionary(grouping: questions, by: \.kind).mapValues { Set($0) }
  }

  /// The models that answer a question.
  ///
  /// - Throws: ``IndexError`` of a query.
  func models(_ question: Question) throws(IndexError) -> [IndexedModel] {
    if version != index.version || answers.count > 16 * Self.batch {
      answers.removeAll()
      version = index.version
    }
    if let known = answers[question] { return known }
    let asked = (announced.removeValue(forKey: question.kind) ?? []).union([question])
    let found = try index.models(question.kind, asked)
    for question in asked { answers[question] = found[question] ?? [] }
    return answers[question] ?? []
  }

  /// Kinds of questions; one query answers all questions of a kind.
  fileprivate enum Kind {
    case name, blake3, sampled, sha256, size, source

    /// Selects the text of each question that has an answer, with the row of the model.
    var query: String {
      let texts = "IN (SELECT value FROM json_each(?1))"
      return switch self {
      case .name: "SELECT name_folded, model_id FROM location WHERE name_folded \(texts)"
      case .blake3: "SELECT blake3, id FROM model WHERE blake3 \(texts)"
      case .source: "SELECT url, model_id FROM source WHERE url \(texts)"
      case .sha256: "SELECT sha256, id FROM model WHERE sha256 \(texts)"
      case .sampled:
        """
        SELECT short_comfydock, id FROM model WHERE short_comfydock \(texts)
        UNION SELECT short_comfygit, id FROM model WHERE short_comfygit \(texts)
        """
      case .size:
        """
        SELECT CAST(size AS TEXT), id FROM model
        WHERE size IN (SELECT CAST(value AS INTEGER) FROM json_each(?1))
          AND (blake3 IS NULL OR sha256 IS NULL)
        """
      }
    }
  }
}

extension ModelLookup.Question {
  fileprivate var kind: ModelLookup.Kind {
    switch self {
    case .name: .name
    case .hash(.blake3(let hash)): hash.isFull ? .blake3 : .sampled
    case .hash(.sha256): .sha256
    case .unread: .size
    case .source: .source
    }
  }

  /// The text that identifies the question in a row of the result.
  fileprivate var text: String {
    switch self {
    case .name(let name): name
    case .source(let url): url
    case .hash(let hash): hash.hex
    case .unread(let size): String(size)
    }
  }
}

extension ModelIndex {
  /// The models that answer questions of one kind. A question without an answer is absent.
  fileprivate func models(
    _ kind: ModelLookup.Kind, _ questions: Set<ModelLookup.Question>
  ) throws(IndexError) -> [ModelLookup.Question: [IndexedModel]] {
    let byText = Dictionary(questions.map { ($0.text, $0) }) { one, _ in one }
    var texts = JSONWriter()
    texts.beginArray()
    for text in byText.keys { texts.value(text) }
    texts.endArray()
    let list = texts.text
    return try read { database in
      let statement = try database.cachedStatement(sql: kind.query)
      let rows = try Row.fetchCursor(statement, arguments: [list])
      var askers: [Int64: Set<ModelLookup.Question>] = [:]
      while let row = try rows.next() {
        guard let question = byText[try row.decode(atIndex: 0)] else { continue }
        askers[try row.decode(atIndex: 1), default: []].insert(question)
      }
      guard !askers.isEmpty else { return [:] }
      let ids = "[" + askers.keys.map(String.init).joined(separator: ",") + "]"
      var answers: [ModelLookup.Question: [IndexedModel]] = [:]
      for model in try ModelRows.fetch("SELECT value FROM json_each(?)", [ids], in: database) {
        for question in askers[model.id] ?? [] { answers[question, default: []].append(model) }
      }
      return answers
    }
  }
}
