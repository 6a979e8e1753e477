import ComfyCore
import Foundation
import SystemPackage

/// A front end in forty lines: resolves a workflow in a project and tells what came of it.
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
    // Writes and commits each decision, downloads what is pending as one batch, asks nothing: pass
    // a `ModelResolutionStrategy` to ask.
    for source in try project.workflowSources([process.arguments[2]]) {
      let result = try project.resolveWorkflow(source, downloadCallbacks: callbacks)
      for model in result.modelsResolved { print("settled", model.reference.name) }
      for reference in result.modelsUnresolved + result.modelsAmbiguous {
        print("open", reference.name)
      }
    }
  }
}
