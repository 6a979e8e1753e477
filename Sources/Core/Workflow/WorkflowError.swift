/// Why no workflow could be read from a file.
public enum WorkflowError: Error, Sendable, Hashable {
  /// The system refused to open or read the file.
  case file(FileError)
  /// Not a regular file: a directory, a pipe, a device.
  case notAFile(Kind)
  /// The text is longer than the limit, in bytes; for a file, the size of the file.
  case tooLarge(bytes: Int, limit: Int)
  /// The text is not JSON, is nested too deeply, or has too many values.
  case json(JSONError)
  /// JSON, but neither of ComfyUI's formats.
  case notAWorkflow
  /// A picture, video, sound or archive of a kind from which no workflow can be read.
  case media(MediaFormat)
  /// A picture, video or sound without a workflow in it.
  case noWorkflow(in: WorkflowContainer)
  /// An image whose structure is cut short or inconsistent, at a zero-based byte offset.
  case damaged(WorkflowContainer, offset: Int)
  /// The subgraphs, with all their placements, have more values than the limit.
  case tooManyPlacements(limit: Int)

  /// What was found in place of a file.
  public enum Kind: String, Sendable, Hashable {
    case directory, pipe, device, socket, other
  }
}
