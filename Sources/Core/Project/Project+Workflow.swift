public import SystemPackage

/// A workflow file that could not be read.
public struct UnreadableWorkflow: Error, Sendable, Hashable {
  /// The file as the user wrote it.
  public let shown: String
  public let reason: WorkflowError

  public init(shown: String, reason: WorkflowError) {
    self.shown = shown
    self.reason = reason
  }
}

/// A user's loader table that could not be read.
public enum LoaderFileError: Error, Sendable, Hashable {
  case file(FileError)
  case row(FilePath, LoaderTableError)
}

extension Project {
  /// A reader with the built-in loader table and, on top of it, the user's (`comfy.loaders`).
  ///
  /// - Throws: ``LoaderFileError``, ``GitError``.
  public func workflowReader() throws -> WorkflowReader {
    guard let path = try settings.path(.loaders) else { return WorkflowReader() }
    let bytes: [UInt8]
    do {
      bytes = try FileBytes.read(path, limit: LoaderTable.longest)
    } catch  where error.errno == .fileTooLarge {
      throw LoaderFileError.row(path, LoaderTableError(line: 1, reason: .tooLarge))
    } catch {
      throw LoaderFileError.file(error)
    }
    do {
      return WorkflowReader(loaders: try LoaderTable(parsing: bytes))
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
      return try reader.read(standardInput())
    } catch {
      throw UnreadableWorkflow(shown: source.shown, reason: error)
    }
  }

  private func standardInput() throws(WorkflowError) -> [UInt8] {
    do {
      return try FileBytes.read(.standardInput, named: "standard input", limit: 64 << 20)
    } catch {
      throw .file(error)
    }
  }
}

/// A workflow that was read, or why it was not, and where it came from.
public struct ReadWorkflow: Sendable {
  public let source: WorkflowSource
  public let result: Result<Workflow, UnreadableWorkflow>
}

extension Project {
  /// Reads many workflows over all cores and hands over each in the order of the arguments, those
  /// of a directory by path. Files in a directory that hold no workflow are passed over; a directory
  /// that can not be listed comes as one that could not be read.
  ///
  /// - Parameter arguments: As ``workflowSources(_:)`` takes them, and directories.
  /// - Throws: ``ProjectError``, ``ManifestError``, ``LoaderFileError``, and what `body` throws.
  public func readWorkflows(
    _ arguments: [String], cancellation: Cancellation = .never,
    body: (ReadWorkflow) throws -> Void
  ) throws {
    let reader = try workflowReader()
    var candidates = try candidates(arguments)[...]
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

  /// The sources that the arguments mean.
  private func candidates(_ arguments: [String]) throws -> [SourceCandidate] {
    guard !arguments.isEmpty else {
      return try workflowSources([]).map { SourceCandidate(source: $0, isNamed: true) }
    }
    let manifest = try manifestIfPresent()
    return try arguments.flatMap { argument -> [SourceCandidate] in
      let path = environment.absolute(FilePath(argument)).lexicallyNormalized()
      guard path.isDirectory else {
        return [SourceCandidate(source: try source(argument, in: manifest), isNamed: true)]
      }
      return WorkflowFiles.expand([path]).map { candidate in
        SourceCandidate(
          source: source(of: candidate.path, in: manifest), isNamed: false,
          listingError: candidate.listingError)
      }
    }
  }
}

/// A source, and how it came to be one.
private struct SourceCandidate {
  let source: WorkflowSource
  /// Whether the user named it.
  let isNamed: Bool
  /// That it is a directory which can not be listed, and why.
  var listingError: FileError?

  /// The file to be read; `nil` for standard input and for a directory.
  var file: FilePath? { listingError == nil ? source.file : nil }
}
