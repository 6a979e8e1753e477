import SystemPackage
import Testing

@testable import ComfyCore

/// A project in a git repository with a models directory, an index and one workflow `portrait`.
final class ResolutionProject {
  let sandbox: GitSandbox
  var models: FilePath { sandbox.root.appending("models") }

  /// - Parameters:
  ///   - files: Paths below the models directory, and contents.
  ///   - loaders: Node type and widget value of each node; ids count from 1.
  init(files: [String: String], loaders: [(type: String, value: String)]) throws {
    sandbox = try GitSandbox()
    try sandbox.makeDirectory(models)
    for (path, content) in files { try write(content, to: path) }
    try setLoaders(loaders)
    _ = try project().initialise(modelsDirectory: models)
  }

  func write(_ content: String, to path: String) throws {
    try sandbox.write(content, to: models.pushing(FilePath(path)))
  }

  func setLoaders(_ loaders: [(type: String, value: String)]) throws {
    let nodes = loaders.enumerated().map { place, loader in
      #"{"id":\#(place + 1),"type":"\#(loader.type)","widgets_values":["\#(loader.value)"]}"#
    }
    try sandbox.write(
      #"{"nodes":[\#(nodes.joined(separator: ","))],"links":[],"version":0.4}"#,
      to: sandbox.repository.appending("portrait.json"))
  }

  /// As a new process sees the project.
  func project() -> Project {
    var environment = sandbox.environment
    environment.currentDirectory = sandbox.repository
    return Project(
      environment: environment,
      flags: [.index: sandbox.root.appending("index.sqlite").string, .offline: "true"])
  }

  /// One run of a new process.
  func resolve(
    asking strategy: (any ModelResolutionStrategy)? = nil, fetches: Bool = false,
    cancellation: Cancellation = .never
  ) throws -> ResolutionResult {
    let project = project()
    let source = try #require(try project.workflowSources(["portrait.json"]).first)
    var options = ResolutionOptions()
    options.fetches = fetches
    return try project.resolveWorkflow(
      source, modelStrategy: strategy, options: options, cancellation: cancellation)
  }

  func entries() throws -> [ManifestWorkflowModel] {
    try project().manifestStore().read().workflow(named: "portrait")?.models ?? []
  }

  /// Subjects of all commits, oldest first, without the prefix.
  func commits() throws -> [String] {
    try sandbox.git("log", "--reverse", "--format=%s").split(separator: "\n")
      .map { String($0.replacing("comfy: ", with: "").replacing(" (portrait)", with: "")) }
  }
}

/// Answers from a list, and keeps what it was asked.
final class ListedAnswers: ModelResolutionStrategy {
  /// Makes an answer of a question.
  typealias Answer = (ModelQuestion) throws -> ModelAnswer

  private(set) var overviews: [ResolutionOverview] = []
  private(set) var questions: [ModelQuestion] = []
  private(set) var batches: [DownloadBatch] = []
  private var answers: [Answer]
  private var confirmations: [DownloadAnswer]

  /// - Parameters:
  ///   - answers: One for each question, in order; then it stops.
  ///   - confirmations: One for each overview of downloads; then it stops.
  init(_ answers: [Answer], _ confirmations: [DownloadAnswer] = []) {
    self.answers = answers
    self.confirmations = confirmations
  }

  func begin(_ overview: ResolutionOverview) { overviews.append(overview) }

  func answer(_ question: ModelQuestion) throws -> ModelAnswer {
    questions.append(question)
    return answers.isEmpty ? .stop : try answers.removeFirst()(question)
  }

  func confirm(_ batch: DownloadBatch) -> DownloadAnswer {
    batches.append(batch)
    return confirmations.isEmpty ? .stop : confirmations.removeFirst()
  }

  static func take(_ number: Int) -> Answer {
    { question in
      let candidates = question.match.candidates
      return .take(
        try #require(candidates.indices.contains(number - 1) ? candidates[number - 1] : nil))
    }
  }

  static func download(_ name: String) -> Answer {
    { _ in
      .download(
        DownloadIntent(
          sources: ["https://example.com/\(name)"], relativePath: try RelativePath("loras/\(name)"))
      )
    }
  }

  static func say(_ answer: ModelAnswer) -> Answer { { _ in answer } }
}

/// Answers from a list, and leaves what was picked where it is.
final class AnswersByPick: ModelResolutionStrategy {
  let listed: ListedAnswers

  init(_ answers: [ListedAnswers.Answer]) { listed = ListedAnswers(answers) }

  func answer(_ question: ModelQuestion) throws -> ModelAnswer {
    question.isAboutPick ? .skip : try listed.answer(question)
  }
}
