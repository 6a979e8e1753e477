package import SystemPackage

/// A user's loader table that could not be read.
package enum LoaderFileError: Error, Sendable, Hashable {
  case file(FileError)
  case row(FilePath, LoaderTableError)
}

extension Project {
  /// A reader with the built-in tables, extended by the user's loaders (`comfy.loaders`) and node
  /// types (`comfy.builtinNodes`).
  ///
  /// - Throws: ``LoaderFileError``, ``GitError``.
  package func workflowReader() throws -> WorkflowReader {
    let types = try settings.text(.builtinNodes)?.value.split(whereSeparator: \.isWhitespace) ?? []
    return WorkflowReader(
      loaders: try loaderTable(), builtInNodes: .standard.adding(types.map(String.init)))
  }

  private func loaderTable() throws -> LoaderTable {
    guard let path = try settings.path(.loaders) else { return .standard }
    let bytes: [UInt8]
    do {
      bytes = try FileBytes.read(path, limit: LoaderTable.longest)
    } catch  where error.errno == .fileTooLarge {
      throw LoaderFileError.row(path, LoaderTableError(line: 1, reason: .tooLarge))
    } catch {
      throw LoaderFileError.file(error)
    }
    do {
      return try LoaderTable(parsing: bytes)
    } catch {
      throw LoaderFileError.row(path, error)
    }
  }

  /// Reads a workflow.
  ///
  /// - Throws: ``UnreadableWorkflow``, and what ``workflowReader()`` throws.
  public func readWorkflow(_ source: WorkflowSource) throws -> Workflow {
    try readWorkflow(source, with: workflowReader())
  }

  func readWorkflow(_ source: WorkflowSource, with reader: WorkflowReader) throws -> Workflow {
    guard let file = source.file else { return try readStandardInput(source, with: reader) }
    do throws(WorkflowError) {
      return try reader.read(file)
    } catch {
      throw UnreadableWorkflow(shown: source.shown, reason: error)
    }
  }

  private func readStandardInput(
    _ source: WorkflowSource, with reader: WorkflowReader
  ) throws(UnreadableWorkflow) -> Workflow {
    do throws(WorkflowError) {
      return try reader.read(readStandardInput())
    } catch {
      throw UnreadableWorkflow(shown: source.shown, reason: error)
    }
  }

  private func readStandardInput() throws(WorkflowError) -> [UInt8] {
    do throws(FileError) {
      guard let standardInput else {
        throw FileError(.read, "standard input", .badFileDescriptor)
      }
      return try FileBytes.read(
        standardInput, named: "standard input", limit: 64 << 20, cancellation: inputCancellation)
    } catch {
      throw .file(error)
    }
  }
}

/// A workflow and its source, or why it could not be read.
package struct ReadWorkflow: Sendable {
  package let source: WorkflowSource
  package let result: Result<Workflow, UnreadableWorkflow>
}

extension Project {
  /// Reads many workflows on all cores, and passes each to `body` in the order of the arguments;
  /// those in a directory are sorted by path. Files in a directory that contain no workflow are
  /// skipped. A directory that cannot be listed is passed on as an unreadable workflow.
  ///
  /// - Parameter arguments: As for ``workflowSources(_:)``, and directories.
  /// - Throws: ``ProjectError``, ``ManifestError``, ``LoaderFileError``, and what `body` throws.
  package func readWorkflows(
    _ arguments: [String], cancellation: Cancellation = .never,
    body: (ReadWorkflow) throws -> Void
  ) throws {
    let reader = try workflowReader()
    var candidates = try sourceCandidates(arguments)[...]
    guard candidates.count(where: { $0.source.file == nil }) <= 1 else {
      throw ProjectError.standardInputTwice
    }
    while let first = candidates.first {
      guard first.file != nil else {
        try body(ReadWorkflow(source: first.source, result: withoutFile(first, reader)))
        candidates = candidates.dropFirst()
        continue
      }
      let files = candidates.prefix { $0.file != nil }
      var position = files.startIndex
      try reader.read(files.compactMap(\.file), cancellation: cancellation) { _, result in
        let candidate = files[position]
        position += 1
        if case .failure(let error) = result, error.isAbsence, !candidate.isNamed { return }
        let shown = candidate.source.shown
        try body(
          ReadWorkflow(
            source: candidate.source,
            result: result.mapError { UnreadableWorkflow(shown: shown, reason: $0) }))
      }
      guard !cancellation.isRequested() else { return }
      candidates = candidates[files.endIndex...]
    }
  }

  private func withoutFile(
    _ candidate: SourceCandidate, _ reader: WorkflowReader
  ) -> Result<Workflow, UnreadableWorkflow> {
    if let error = candidate.listingError {
      return .failure(UnreadableWorkflow(shown: candidate.source.shown, reason: .file(error)))
    }
    return Result { () throws(UnreadableWorkflow) in
      try readStandardInput(candidate.source, with: reader)
    }
  }

  /// The sources that arguments mean: as for ``workflowSources(_:)``, and directories, which stand
  /// for the workflow files below them.
  ///
  /// - Throws: ``ProjectError``, ``ManifestError``.
  package func sourceCandidates(_ arguments: [String]) throws -> [SourceCandidate] {
    guard !arguments.isEmpty else {
      return try workflowSources([]).map { SourceCandidate(source: $0, isNamed: true) }
    }
    let manifest = try manifestIfPresent()
    return try arguments.flatMap { argument -> [SourceCandidate] in
      let path = environment.absolute(FilePath(argument)).lexicallyNormalized()
      guard !argument.isEmpty, path.isDirectory else {
        return [SourceCandidate(source: try source(argument, in: manifest), isNamed: true)]
      }
      return sourceCandidates(in: path, manifest)
    }
  }

  /// All workflows of the project: those in the manifest, then the other files in the directory
  /// `workflows` beside it.
  ///
  /// - Throws: ``ManifestError``.
  package func allSourceCandidates() throws -> [SourceCandidate] {
    let recorded = try sourceCandidates([])
    let known = Set(recorded.compactMap(\.file))
    let directory = try manifestStore().path.removingLastComponent().appending("workflows")
    guard directory.isDirectory else { return recorded }
    let found = sourceCandidates(in: directory, try manifestStore().read())
    return recorded + found.filter { $0.file.map { !known.contains($0) } ?? true }
  }

  /// The files among those that the manifest does not know yet, whatever they hold.
  ///
  /// - Throws: ``ManifestError``.
  func newWorkflowFiles() throws -> [WorkflowSource] {
    let recorded = Set(try manifestStore().read().workflows.map(\.name))
    return try allSourceCandidates().filter { !$0.isNamed && $0.file != nil }.map(\.source)
      .filter { !recorded.contains($0.name) }
  }

  /// The workflows among those: nobody has asked yet whether they run.
  ///
  /// - Throws: ``ManifestError``, ``LoaderFileError``.
  func newWorkflows() throws -> [WorkflowSource] {
    let files = try newWorkflowFiles()
    guard !files.isEmpty else { return [] }
    let reader = try workflowReader()
    return files.filter { (try? readWorkflow($0, with: reader)) != nil }
  }

  private func sourceCandidates(
    in directory: FilePath, _ manifest: Manifest?
  ) -> [SourceCandidate] {
    WorkflowFiles.expand([directory]).map { candidate in
      SourceCandidate(
        source: source(of: candidate.path, in: manifest), isNamed: false,
        listingError: candidate.listingError)
    }
  }
}

/// A source, and how it was found.
package struct SourceCandidate: Sendable {
  package let source: WorkflowSource
  /// Whether the user or the manifest names it. Of the others, files that contain no workflow are
  /// left out (``WorkflowError/isAbsence``).
  package let isNamed: Bool
  /// The error, if it is a directory that cannot be listed.
  package var listingError: FileError?

  /// The file to read; `nil` for standard input and for a directory.
  var file: FilePath? { listingError == nil ? source.file : nil }
}
