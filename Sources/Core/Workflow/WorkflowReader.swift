package import SystemPackage

/// Reads workflow files: JSON in ComfyUI's formats, and images, videos and sound that carry them.
///
/// The first bytes of a file decide what it is, not its name. Of a picture, video or sound file,
/// only the texts are read.
package struct WorkflowReader: Sendable {
  /// Which inputs name models.
  package let loaders: LoaderTable
  /// Which node types are part of ComfyUI itself.
  package let builtInNodes: BuiltInNodes
  /// Limits of the JSON text, in a file of its own or inside another file.
  package let limits: JSONLimits

  package init(
    loaders: LoaderTable = .standard, builtInNodes: BuiltInNodes = .standard,
    limits: JSONLimits = .standard
  ) {
    self.loaders = loaders
    self.builtInNodes = builtInNodes
    self.limits = limits
  }

  /// Reads a file's content.
  ///
  /// - Throws: ``WorkflowError``, except its file cases.
  package func read(_ bytes: [UInt8]) throws(WorkflowError) -> Workflow {
    try read(ByteSource(bytes))
  }

  /// Reads a file; does not wait for a pipe or open a device.
  ///
  /// - Throws: ``WorkflowError``.
  package func read(_ path: FilePath) throws(WorkflowError) -> Workflow {
    try read(ByteSource(opening: path))
  }

  private func read(_ source: borrowing ByteSource) throws(WorkflowError) -> Workflow {
    let head = try source.read(12, at: 0)
    switch WorkflowContainer(head: head[...]) {
    case .png:
      let png = try PNGText(source, limit: limits.bytes)
      return try read(from: .png, workflow: png.text("workflow"), prompt: { png.text("prompt") })
    case .webp:
      let webp = try WebPText(source, limit: limits.bytes)
      return try read(from: .webp, workflow: webp.text("workflow"), prompt: { webp.text("prompt") })
    case .flac:
      let flac = try FLACText(source, limit: limits.bytes)
      return try read(from: .flac, workflow: flac.text("workflow"), prompt: { flac.text("prompt") })
    case .mp4:
      let mp4 = try MP4Text(source, limit: limits.bytes)
      return try read(from: .mp4, workflow: mp4.text("workflow"), prompt: { mp4.text("prompt") })
    case .webm:
      let webm = try WebMText(source, limit: limits.bytes)
      return try read(from: .webm, workflow: webm.text("workflow"), prompt: { webm.text("prompt") })
    case .json, nil:
      if let format = MediaFormat(of: head) { throw .media(format) }
      return try read(json: source.readAll(limit: limits.bytes))
    }
  }

  private func read(json bytes: [UInt8]) throws(WorkflowError) -> Workflow {
    let document: JSONDocument
    do {
      document = try JSONDocument(parsing: bytes, limits: limits)
    } catch {
      throw .json(error)
    }
    var workflow = try WorkflowScan.scan(document, with: self).workflow
    workflow.links = WorkflowLinks(document)
    return workflow
  }

  /// The workflow (as edited) takes precedence; the prompt (as run) is the fallback if the
  /// workflow is absent or damaged.
  private func read(
    from container: WorkflowContainer, workflow: [UInt8]?, prompt: () -> [UInt8]?
  ) throws(WorkflowError) -> Workflow {
    var failure = WorkflowError.noWorkflow(in: container)
    if let workflow {
      do {
        return try contained(in: container, workflow)
      } catch {
        failure = error
      }
    }
    guard let prompt = prompt() else { throw failure }
    return try contained(in: container, prompt)
  }

  private func contained(
    in container: WorkflowContainer, _ json: [UInt8]
  ) throws(WorkflowError) -> Workflow {
    var result = try read(json: json)
    result.container = container
    return result
  }
}
