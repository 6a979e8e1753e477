internal import SystemPackage

/// A model file's state, and what is found out of it without reading all of it.
struct FileContent: Sendable {
  let state: FileState
  let content: ModelRow.Content
  /// Bytes that were read for it.
  let bytesRead: Int64

  init(of path: FilePath, cancellation: Cancellation = .never) throws(IndexError) {
    do throws(HashError) {
      let file = try OpenFile(path)
      state = file.state
      let sampled = try SampledHashes(of: file, cancellation: cancellation)
      content = ModelRow.Content(
        sampled: sampled, size: file.state.size, safetensors: FileContent.facts(of: file))
      bytesRead = SampledHashes.samples(ofSize: file.state.size).reduce(0) { $0 + Int64($1.count) }
    } catch {
      throw IndexError(error)
    }
  }

  private static func facts(of file: borrowing OpenFile) -> SafetensorsFacts? {
    switch ModelExtension(of: file.path.string) {
    case .safetensors, .sft: try? SafetensorsHeader(of: file).facts
    default: nil
    }
  }
}
