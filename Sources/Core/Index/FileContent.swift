internal import SystemPackage

/// A model file's state, and the facts that are known without reading the whole file.
struct FileContent: Sendable {
  let state: FileState
  let content: ModelRow.Content
  /// The number of bytes that were read for it.
  let bytesRead: Int64

  /// - Parameter sampled: If known already; otherwise the samples are read.
  init(
    of path: FilePath, sampled: SampledHashes? = nil, cancellation: Cancellation = .never
  ) throws(IndexError) {
    do throws(HashError) {
      let file = try OpenFile(path)
      state = file.state
      let found: SampledHashes
      if let sampled {
        found = sampled
        bytesRead = 0
      } else {
        found = try SampledHashes(of: file, cancellation: cancellation)
        bytesRead = SampledHasher.samples(ofSize: file.state.size).reduce(0) {
          $0 + Int64($1.count)
        }
      }
      content = ModelRow.Content(
        sampled: found, size: file.state.size, safetensors: FileContent.facts(of: file))
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
