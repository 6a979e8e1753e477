package import SystemPackage

/// A reference that gets another value.
public struct WidgetChange: Sendable, Hashable {
  /// The reference as the workflow file has it now.
  public var reference: ReferenceKey
  /// The new text for ComfyUI to read there.
  public var value: String

  package init(reference: ReferenceKey, value: String) {
    self.reference = reference
    self.value = value
  }
}

/// What happened to a workflow file.
package struct WidgetUpdate: Sendable {
  /// The changes that were made. Setting the present value again is not a change.
  package var changes: [WidgetChange] = []
  /// The change of the manifest's entries; `nil` if it has none of the references.
  package var recording: Recording?
}

/// Why a workflow's values were not changed.
package enum WidgetUpdateError: Error, Sendable {
  /// The workflow came from standard input, which cannot be written back.
  case notAFile
  /// A reference in the file cannot be changed in place.
  case edit(shown: String, ReferenceKey, WorkflowEditError)
  /// Each time before we could write, another program wrote the file. It is as that program left
  /// it.
  case contended(FilePath)
}

extension Project {
  /// Writes values into a workflow file. Every byte except those of the changed texts stays, and
  /// either all values are written or none. Entries of the manifest for these references are
  /// updated in one commit; the workflow file itself is not committed.
  ///
  /// - Parameter isTrial: Whether to write nothing, and only throw what would be thrown.
  /// - Throws: ``WidgetUpdateError``, ``FileError``. Then the file is unchanged. ``ManifestError``,
  ///   ``ProjectError/workflowOutsideProject(_:)``.
  package func setWidgets(
    _ changes: [WidgetChange], in source: WorkflowSource, isTrial: Bool = false
  ) throws -> WidgetUpdate {
    guard let named = source.file else { throw WidgetUpdateError.notAFile }
    let changes = changes.filter { $0.reference.widgetValue != $0.value }
    guard !changes.isEmpty else { return WidgetUpdate() }
    let path = try writablePath(of: named, isFromManifest: source.isFromManifest)
    let recorded = try recordedChanges(changes, of: source)
    try rewrite(path, shown: source.shown, changes, with: workflowReader(), isTrial: isTrial)
    if isTrial { return WidgetUpdate() }
    return WidgetUpdate(
      changes: changes, recording: try follow(recorded, ofWorkflow: source.name))
  }

  /// The changes of references that the manifest has, each with the key that it has for it.
  private func recordedChanges(
    _ changes: [WidgetChange], of source: WorkflowSource
  ) throws -> [WidgetChange] {
    guard let workflow = try manifestIfPresent()?.workflow(named: source.name) else { return [] }
    guard changes.contains(where: { workflow.model(for: $0.reference) == nil }) else {
      return changes
    }
    let references = try readWorkflow(source).references
    let keys = Dictionary(references.map { ($0.key, workflow.recordedKey(of: $0)) }) { one, _ in one
    }
    return changes.compactMap { change in
      (keys[change.reference] ?? nil).map { WidgetChange(reference: $0, value: change.value) }
    }
  }

  private func rewrite(
    _ path: FilePath, shown: String, _ changes: [WidgetChange], with reader: WorkflowReader,
    isTrial: Bool
  ) throws {
    let isWritten = try AtomicFile.rewrite(path) { bytes in
      var text = bytes
      for change in changes {
        do throws(WorkflowEditError) {
          text = try reader.replacingValue(of: change.reference, with: change.value, in: text)
        } catch {
          throw WidgetUpdateError.edit(shown: shown, change.reference, error)
        }
      }
      return isTrial ? bytes : text
    }
    guard isWritten else { throw WidgetUpdateError.contended(path) }
  }

  /// Updates the manifest's entries to the new values.
  ///
  /// - Parameter changes: With the keys that the entries have.
  private func follow(
    _ changes: [WidgetChange], ofWorkflow name: String
  ) throws -> Recording? {
    guard !changes.isEmpty, let workflow = try manifestIfPresent()?.workflow(named: name) else {
      return nil
    }
    let message = {
      CommitMessage(
        action: "set-widget", workflows: [name],
        models: changes.compactMap { workflow.model(for: $0.reference)?.filename }.unique)
    }
    return try record(message: message) { manifest throws(ManifestError) in
      for change in changes {
        guard var entry = manifest.workflow(named: name)?.model(for: change.reference),
          let place = entry.nodes.firstIndex(of: change.reference)
        else { continue }
        entry.nodes[place].widgetValue = change.value
        manifest.put(entry, in: name)
      }
    }
  }
}
