/// A summary of the header of a safetensors file.
package struct SafetensorsFacts: Sendable, Hashable {
  /// Number of tensors.
  package var tensorCount: Int
  /// Sum of the tensors' elements.
  package var parameterCount: Int64
  /// Data types as the header names them (`F16`, `BF16`, `F8_E4M3`), the one with the most bytes
  /// first.
  package var dataTypes: [String]

  package init(tensorCount: Int, parameterCount: Int64, dataTypes: [String]) {
    self.tensorCount = tensorCount
    self.parameterCount = parameterCount
    self.dataTypes = dataTypes
  }
}
