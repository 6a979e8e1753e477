public import SystemPackage

/// A workflow that was asked for: its name, and where its text comes from.
public struct WorkflowSource: Sendable, Hashable {
  /// The name in the manifest; for other files, the stem.
  public let name: String
  /// The file, absolute; `nil` for standard input.
  public let file: FilePath?
  /// The file as the user wrote it.
  public let shown: String
  /// Whether the path comes from the manifest, which may be a stranger's, and not from the user.
  var isFromManifest = false

  /// A workflow's name, its file (`nil` reads standard input), and what messages call it.
  public init(name: String, file: FilePath?, shown: String) {
    self.name = name
    self.file = file
    self.shown = shown
  }
}

extension Project {
  /// Finds the workflows that arguments mean: names in the manifest, paths of files, `-` for
  /// standard input. Without arguments, all workflows of the manifest that have a path.
  ///
  /// Names in the manifest are tried first.
  ///
  /// - Returns: One source for each argument, in order.
  /// - Throws: ``ProjectError``, ``ManifestError``.
  public func workflowSources(_ arguments: [String]) throws -> [WorkflowSource] {
    let manifest = try manifestIfPresent()
    guard arguments.isEmpty else {
      return try arguments.map { try source($0, in: manifest) }
    }
    guard let manifest else {
      throw ManifestError.notFound(from: environment.currentDirectory)
    }
    return try manifest.workflows.filter { $0.path != nil }.map { try source(of: $0) }
  }

  /// The name of the workflow that an argument means; its stem if it means none.
  package func workflowName(of argument: String, in manifest: Manifest) -> String {
    if manifest.hasWorkflow(named: argument) { return argument }
    return (try? source(argument, in: manifest))?.name ?? FilePath(argument).stem ?? argument
  }

  /// The workflow that one argument means.
  func source(_ argument: String, in manifest: Manifest?) throws -> WorkflowSource {
    guard !argument.isEmpty else { throw ProjectError.emptyWorkflowName }
    if argument == "-" {
      let name = nameOfStandardInput(in: manifest)
      return WorkflowSource(name: name, file: nil, shown: "standard input")
    }
    if let workflow = manifest?.workflow(named: argument) {
      return try source(of: workflow)
    }
    let file = environment.absolute(FilePath(argument)).lexicallyNormalized()
    guard file.exists || argument.contains("/") || file.extension != nil else {
      throw ProjectError.unknownWorkflow(
        argument, known: manifest?.workflows.map(\.name) ?? [])
    }
    return WorkflowSource(name: name(of: file, in: manifest), file: file, shown: argument)
  }

  /// The workflow in a file, absolute, under the name that the manifest or the file gives it.
  func source(of file: FilePath, in manifest: Manifest?) -> WorkflowSource {
    WorkflowSource(name: name(of: file, in: manifest), file: file, shown: shownPath(of: file))
  }

  /// The file of a workflow in the manifest, whatever its name would mean on a command line.
  ///
  /// - Throws: ``ProjectError/workflowWithoutPath(_:)``, ``ManifestError``.
  func source(of workflow: ManifestWorkflow) throws -> WorkflowSource {
    guard let path = workflow.path else {
      throw ProjectError.workflowWithoutPath(workflow.name)
    }
    let file = try file(at: path)
    var source = WorkflowSource(name: workflow.name, file: file, shown: shownPath(of: file))
    source.isFromManifest = true
    return source
  }

  /// The name that the manifest has for the file. For any other file, its stem; if that is the name
  /// of another file, in the manifest or in this run, with a number appended. `-` would mean standard
  /// input, so the name of such a file is `workflow`.
  private func name(of file: FilePath, in manifest: Manifest?) -> String {
    var stem = file.stem ?? file.string
    if stem == "-" { stem = "workflow" }
    guard let manifest, let path = try? manifestPath(of: file) else { return stem }
    if let known = manifest.workflowName(at: path) { return known }
    var name = stem
    var number = 1
    while isTaken(name, from: file, in: manifest) {
      number += 1
      name = "\(stem)-\(number)"
    }
    namedFiles[name] = file
    return name
  }

  /// What begins the name of a workflow that was read from standard input.
  private static let standardInput = "stdin"

  /// `stdin`, with a number appended if that is the name of a workflow that has a file.
  private func nameOfStandardInput(in manifest: Manifest?) -> String {
    var name = Self.standardInput
    var number = 1
    while manifest?.path(ofWorkflow: name) != nil || namedFiles[name] != nil {
      number += 1
      name = "\(Self.standardInput)-\(number)"
    }
    return name
  }

  /// Whether a recorded workflow was read from standard input, as far as its name tells.
  func isFromStandardInput(_ workflow: ManifestWorkflow) -> Bool {
    workflow.path == nil
      && (workflow.name == Self.standardInput
        || workflow.name.hasPrefix("\(Self.standardInput)-"))
  }

  private func isTaken(_ name: String, from file: FilePath, in manifest: Manifest) -> Bool {
    if let other = namedFiles[name], other != file, other.exists { return true }
    guard let path = manifest.path(ofWorkflow: name), let other = try? self.file(at: path) else {
      return false
    }
    return other.exists || !mayBeMoved(manifest.workflow(named: name), to: file)
  }

  /// Whether a file may be a recorded workflow that was moved: every recorded reference is in it. A
  /// file that cannot be read may be anything.
  private func mayBeMoved(_ workflow: ManifestWorkflow?, to file: FilePath) -> Bool {
    guard let recorded = workflow?.models.flatMap(\.nodes), !recorded.isEmpty,
      let read = try? readWorkflow(
        WorkflowSource(name: file.stem ?? "", file: file, shown: file.string))
    else { return true }
    return Set(read.references.flatMap(\.recordedKeys)).isSuperset(of: recorded)
  }

  /// Whether git has, for a path in the manifest, what is in `file`; `nil` if git does not track the
  /// path, or cannot be asked.
  func isRenaming(of path: String, to file: FilePath) -> Bool? {
    guard let old = try? self.file(at: path),
      let repository = try? GitRepository(
        around: file.removingLastComponent(), environment: environment),
      let relative = repository.relativePath(of: old)
    else { return nil }
    if (try? repository.holds(file, at: relative)) == true { return true }
    return (try? repository.tracks(relative)) == true ? false : nil
  }

  /// Makes sure that no decision is about another file than the workflow's own.
  ///
  /// - Parameter files: Names of workflows, with paths as the manifest writes them.
  /// - Throws: ``ManifestError/otherWorkflow(_:recorded:given:)`` if the manifest, or an earlier one
  ///   of `files`, has another path for the name, and that file exists.
  func check(
    _ files: [(workflow: String, path: String?)], against manifest: Manifest
  ) throws(ManifestError) {
    var known: [String: String] = [:]
    for (name, path) in files {
      guard let path else { continue }
      let recorded = known.updateValue(path, forKey: name) ?? manifest.path(ofWorkflow: name)
      guard let recorded, !recorded.utf8.elementsEqual(path.utf8) else { continue }
      let other = try file(at: recorded)
      guard other.exists, try other.real != file(at: path).real else { continue }
      throw .otherWorkflow(name, recorded: recorded, given: path)
    }
  }

  /// The file that a path in the manifest means, absolute.
  func file(at path: String) throws(ManifestError) -> FilePath {
    try manifestStore().path.removingLastComponent().pushing(FilePath(path)).lexicallyNormalized()
  }

  /// The path of a file as the manifest writes it: relative to the manifest's directory if the file
  /// is below it, else absolute.
  package func manifestPath(of file: FilePath) throws(ManifestError) -> String {
    var below = file
    let directory = try manifestStore().path.removingLastComponent().lexicallyNormalized()
    return below.removePrefix(directory) ? below.string : file.string
  }

  private func shownPath(of file: FilePath) -> String {
    var below = file
    return below.removePrefix(environment.currentDirectory) ? below.string : file.string
  }
}
