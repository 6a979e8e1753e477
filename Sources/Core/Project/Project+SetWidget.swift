package import SystemPackage

/// A reference that is to have another value.
public struct WidgetChange: Sendable, Hashable {
  /// The reference as the workflow file has it now.
  public var reference: ReferenceKey
  /// The text that ComfyUI is to read there.
  public var value: String

  package init(reference: ReferenceKey, value: String) {
    self.reference = reference
    self.value = value
  }
}

/// What became of a workflow file.
package struct WidgetUpdate: Sendable {
  /// The changes that were made; one to a value that was there already is none.
  package var changes: [WidgetChange] = []
  /// The manifest's entries under the new values; `nil` when it has none of the references.
  package var recording: Recording?
}

/// Why a workflow's values were not changed.
package enum WidgetUpdateError: Error, Sendable {
  /// Standard input can not be written back.
  case notAFile
  /// A reference of the file can not be changed in place.
  case edit(shown: String, ReferenceKey, WorkflowEditError)
  /// Other programs wrote the file each time just before we did; it is as they left it.
  case contended(FilePath)
}

extension Project {
  /// Writes values into a workflow file: every byte but those of the changed texts stays, and all
  /// are written at once or none. Entries of the manifest that answer the references follow them, in
  /// one commit; the workflow file itself is not committed.
  ///
  /// - Throws: ``WidgetUpdateError``, ``FileError``; then the file is as it was. ``ManifestError``,
  ///   ``ProjectError/workflowOutsideProject(_:)``.
  package func setWidgets(
    _ changes: [WidgetChange], in source: WorkflowSource
  ) throws -> WidgetUpdate {
    guard let named = source.file else { throw WidgetUpdateError.notAFile }
    let changes = changes.filter { $0.reference.widgetValue != $0.value }
    guard !changes.isEmpty else { return WidgetUpdate() }
    let path = try writablePath(of: named, isFromManifest: source.isFromManifest)
    try rewrite(path, shown: source.shown, changes, with: workflowReader())
    return WidgetUpdate(
      changes: changes, recording: try follow(changes, ofWorkflow: source.name))
  }

  private func rewrite(
    _ path: FilePath, shown: String, _ changes: [WidgetChange], with reader: WorkflowReader
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
      return text
    }
    guard isWritten else { throw WidgetUpdateError.contended(path) }
  }

  /// Brings the manifest's entries under the new values.
  private func follow(
    _ changes: [WidgetChange], ofWorkflow name: String
  ) throws -> Recording? {
    guard let workflow = try manifestIfPresent()?.workflow(named: name) else { return nil }
    let known = changes.filter { workflow.model(for: $0.reference) != nil }
    guard !known.isEmpty else { return nil }
    let message = {
      CommitMessage(
        action: "set-widget", workflows: [name],
        models: known.compactMap { workflow.model(for: $0.reference)?.filename }.unique)
    }
    return try record(message: message) { manifest throws(ManifestError) in
      for change in known {
        guard var entry = manifest.workflow(named: name)?.model(for: change.reference),
          let place = entry.nodes.firstIndex(of: change.reference)
        else { continue }
        entry.nodes[place].widgetValue = change.value
        manifest.put(entry, in: name)
      }
    }
  }
}
