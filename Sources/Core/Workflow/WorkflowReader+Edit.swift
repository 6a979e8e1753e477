extension WorkflowReader {
  /// Gives a reference another value.
  ///
  /// Only the bytes of one JSON string change. It is the string of the node itself or, for a node
  /// in a subgraph, that of the instance that sets it. Copies of the value that ComfyUI does not
  /// use (`widgets_values_named`, `extra`) are left alone.
  ///
  /// - Parameters:
  ///   - key: The reference as it is now.
  ///   - newValue: The new text, as ComfyUI will read it.
  ///   - bytes: Content of a JSON file.
  /// - Returns: The file's new content.
  /// - Throws: ``WorkflowEditError``.
  package func replacingValue(
    of key: ReferenceKey, with newValue: String, in bytes: [UInt8]
  ) throws(WorkflowEditError) -> [UInt8] {
    let span = try span(of: key, in: bytes)
    var text: [UInt8] = []
    JSONText.encode(newValue, into: &text)
    return bytes[..<span.lowerBound] + text + bytes[span.upperBound...]
  }

  private func span(
    of key: ReferenceKey, in bytes: [UInt8]
  ) throws(WorkflowEditError) -> Range<Int> {
    if let container = WorkflowContainer(head: bytes.prefix(12)) { throw .notJSON(container) }
    let (workflow, spans) = try scan(bytes)
    let matches = workflow.references.indices.filter { workflow.references[$0].key == key }
    guard let first = matches.first else { throw .unknownReference(key) }
    let reference = workflow.references[first]
    if let source = reference.setBy, !reference.nodeID.hasPrefix(source + ":") {
      throw .suppliedByLink(from: source)
    }
    guard let span = spans[first] else { throw .insideText }
    guard matches.allSatisfy({ spans[$0] == span }) else { throw .ambiguous(matches.count) }
    let users = Set(
      spans.indices.filter { spans[$0] == span }.map { workflow.references[$0].nodeID })
    guard users.count == 1 else { throw .shared(nodeIDs: users.sorted()) }
    return span
  }

  private func scan(
    _ bytes: [UInt8]
  ) throws(WorkflowEditError) -> (workflow: Workflow, spans: [Range<Int>?]) {
    let document: JSONDocument
    do {
      document = try JSONDocument(parsing: bytes, limits: limits)
    } catch {
      throw .unreadable(.json(error))
    }
    do {
      return try WorkflowScan.scan(document, with: self)
    } catch {
      throw .unreadable(error)
    }
  }
}

/// Why a reference's value cannot be changed in place.
package enum WorkflowEditError: Error, Sendable, Hashable {
  /// The file is an image; its text cannot be changed without rewriting the image.
  case notJSON(WorkflowContainer)
  /// The file is not a readable workflow.
  case unreadable(WorkflowError)
  /// No reference of the file has this key.
  case unknownReference(ReferenceKey)
  /// The value comes over a link from another node, which has to be edited instead.
  case suppliedByLink(from: String)
  /// The name is part of a longer text: an embedding or a LoRA tag in a prompt.
  case insideText
  /// Several places of the node have this key; their number.
  case ambiguous(Int)
  /// The subgraph that contains the value is placed several times; the nodes that would change,
  /// sorted.
  case shared(nodeIDs: [String])
}
