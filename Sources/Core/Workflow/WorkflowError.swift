/// Why a file gives no workflow.
public enum WorkflowError: Error, Sendable, Hashable {
  /// The system refused to open or read the file.
  case file(FileError)
  /// Not a regular file: a directory, a pipe, a device.
  case notAFile(Kind)
  /// The text is longer than the limit, in bytes; of a file, its size.
  case tooLarge(bytes: Int, limit: Int)
  /// The text is not JSON, or too deep, or has too many values.
  case json(JSONError)
  /// JSON, but neither of ComfyUI's formats.
  case notAWorkflow
  /// A picture, video, sound or archive of a kind that no workflow is read from.
  case media(MediaFormat)
  /// A picture, video or sound without a workflow in it.
  case noWorkflow(in: WorkflowContainer)
  /// An image whose structure breaks off or contradicts itself, at a zero-based byte offset.
  case damaged(WorkflowContainer, offset: Int)
  /// The subgraphs, placed as the file says, hold more values than the limit.
  case tooManyPlacements(limit: Int)

  /// What stands where a file was expected.
  public enum Kind: String, Sendable, Hashable {
    case directory, pipe, device, socket, other
  }
}
