package import SystemPackage

/// The header of a safetensors file: which tensors the file contains, and where.
///
/// Layout: 8 bytes little-endian length of the header, the header as a JSON object, the tensors'
/// bytes. An entry is `"name": {"dtype", "shape", "data_offsets": [begin, end]}`, offsets counted
/// from the end of the header; `__metadata__` maps text to text. Tensors cover the data without
/// gap or overlap. Format: the `safetensors` project's own description.
package struct SafetensorsHeader: Sendable, Hashable {
  /// One tensor.
  package struct Tensor: Sendable, Hashable {
    package var name: String
    /// As written: `F32`, `BF16`, `F8_E4M3`, …
    package var dataType: String
    /// Sizes of the dimensions, outermost first; empty for a scalar.
    package var shape: [Int64]
    /// Bytes of the file that hold it, counted from the start of the file.
    package var range: Range<Int64>
  }

  /// In the order of their bytes.
  package var tensors: [Tensor]
  /// `__metadata__`.
  package var metadata: [String: String]
  /// Size in bytes that a file with this header has.
  package var fileSize: Int64

  /// Longest header that the format allows, in bytes.
  static let longest: Int64 = 100_000_000

  /// Reads the header of the file at `path` and checks it against the file's size.
  ///
  /// - Throws: ``SafetensorsError``; ``SafetensorsError/truncated(expected:found:)`` for a file
  ///   that was cut short.
  package init(readingFrom path: FilePath) throws(SafetensorsError) {
    let file: OpenFile
    do throws(HashError) {
      file = try OpenFile(path)
    } catch {
      throw SafetensorsError(error)
    }
    try self.init(of: file)
  }

  /// What the index keeps of the header.
  package var facts: SafetensorsFacts {
    var bytesOfType: [String: Int] = [:]
    var parameters: Int64 = 0
    for tensor in tensors {
      bytesOfType[tensor.dataType, default: 0] += tensor.range.count
      parameters = parameters.addingClamped(tensor.elementCount)
    }
    let types = bytesOfType.sorted { ($1.value, $0.key) < ($0.value, $1.key) }.map(\.key)
    return SafetensorsFacts(
      tensorCount: tensors.count, parameterCount: parameters, dataTypes: types)
  }
}

/// Why a file is not a complete safetensors file.
public enum SafetensorsError: Error, Sendable, Hashable {
  /// The system refused to open or read it.
  case file(FileError)
  /// The file is not a regular file, changed while it was read, or does not start with a header: it
  /// is too short, the length is impossible, or there is no JSON object.
  case notSafetensors
  /// The header claims to be longer than the format's limit of 100 MB; its length.
  case headerTooLong(Int64)
  /// An entry does not follow the format; the tensor's name.
  case tensor(String)
  /// Tensors overlap or leave a gap; the name of the first tensor out of place.
  case layout(String)
  /// The file is shorter than its header says; sizes of the file in bytes. If the header itself is
  /// incomplete, `expected` is where the header would end.
  case truncated(expected: Int64, found: Int64)
  /// The file is longer than its header says; sizes of the file in bytes.
  case overlong(expected: Int64, found: Int64)
}
