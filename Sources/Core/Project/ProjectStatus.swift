/// How far a project is.
public struct ProjectStatus: Sendable {
  /// In the manifest's order.
  public var workflows: [WorkflowStatus] = []
  /// Files that the manifest knows by their hash, that a workflow needs, and that are not on this
  /// machine.
  public var gone: [SyncItem] = []
  /// Global rows that no workflow uses, in file order.
  public var unused: [ManifestModel] = []

  public init() {}

  /// Whether every workflow has all that it needs.
  public var isComplete: Bool { gone.isEmpty && workflows.allSatisfy(\.isComplete) }
}

extension Project {
  /// How far every workflow of the manifest is, and what the manifest and this machine do not have
  /// in common. Nothing is hashed. When a file is gone from where the index knows it, the model
  /// folders are looked through for files that were moved, and the index told; otherwise nothing is
  /// written.
  ///
  /// - Throws: As ``workflowStatuses()``, and ``IndexError/cancelled``.
  public func projectStatus(cancellation: Cancellation = .never) throws -> ProjectStatus {
    let status = try indexedStatus()
    let index = try openIndex(for: .read)
    let known = try status.gone.contains { try !index.models(withHash: $0.hash).isEmpty }
    guard known, try followMoves(cancellation) > 0 else { return status }
    return try indexedStatus()
  }

  /// Tells the index of model files that were moved since the last scan.
  ///
  /// - Returns: How many were found; none where the index or the folders cannot be used.
  private func followMoves(_ cancellation: Cancellation) throws(IndexError) -> Int {
    guard let roots = try? modelRoots(), let index = try? openIndex(for: .write) else { return 0 }
    var options = ScanOptions()
    options.onlyFollowsMoves = true
    do {
      return try Scanner.scan(
        roots.filter(\.path.isDirectory), into: index, options: options, cancellation: cancellation
      ).moved
    } catch .cancelled {
      throw .cancelled
    } catch {
      return 0
    }
  }

  private func indexedStatus() throws -> ProjectStatus {
    let manifest = try manifestStore().read()
    let index = try openIndex(for: .read)
    var status = ProjectStatus()
    status.workflows = try workflowStatuses()
    status.unused = manifest.unusedModels
    status.gone = try manifest.recordedFiles().filter { item in
      let locations = try index.models(withHash: item.hash).flatMap(\.locations)
      return !locations.contains(where: \.isPresent)
    }
    return status
  }
}
