import ComfyCore
import Foundation
import SystemPackage

/// A front end: resolves a workflow in a project, answers the questions, follows the batch and
/// tells what came of it.
///
///     embedding PROJECT WORKFLOW
///
/// Core takes everything from its caller and prints nothing: variables, home, directory and clock
/// go in as values; results, callbacks and typed errors come out.
@main
enum Embedding {
  static func main() throws {
    let process = ProcessInfo.processInfo
    guard process.arguments.count == 3 else { return print("usage: embedding PROJECT WORKFLOW") }
    let project = Project(
      environment: ProcessEnvironment(
        variables: process.environment, home: FilePath(NSHomeDirectory()),
        currentDirectory: FilePath(process.arguments[1]),
        now: { Timestamp(seconds: Int64(Date().timeIntervalSince1970)) }))

    let callbacks = BatchDownloadCallbacks(
      onBatchStart: { count in print("downloading \(count)") },
      onFileComplete: { file, outcome in
        print("\(file.index)/\(file.count) \(file.filename)", outcome.isSuccess ? "ok" : "failed")
      })
    // Each answer is written and committed before the next question; then everything that is
    // pending is downloaded as one batch.
    for source in try project.workflowSources([process.arguments[2]]) {
      let result = try project.resolveWorkflow(
        source, nodeStrategy: FirstPackage(), modelStrategy: FirstCandidate(),
        downloadCallbacks: callbacks)
      for model in result.modelsResolved { print("settled", model.reference.name) }
      for reference in result.modelsUnresolved + result.modelsAmbiguous {
        print("open", reference.name)
      }
      for use in result.nodesUnresolved { print("open", use.nodeType) }
    }
  }
}

/// Takes the first of several files that could be meant, and links it to where its loader looks; a
/// real front end shows them.
struct FirstCandidate: ModelResolutionStrategy {
  func answer(_ question: ModelQuestion) -> ModelAnswer {
    print("asked about", question.references[0].name)
    if case .misplaced = question.match { return .place(.link) }
    return question.match.candidates.first.map { .take($0) } ?? .skip
  }
}

/// Takes the likeliest package of a node type.
struct FirstPackage: NodeResolutionStrategy {
  func answer(_ question: NodeQuestion) -> NodeReply {
    print("asked about", question.use.nodeType)
    return question.candidates.first.flatMap { ManifestNodePackage($0) }.map { .take($0) } ?? .skip
  }
}
