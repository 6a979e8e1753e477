/// The file name extensions of model files.
package enum ModelExtension: String, Sendable, Hashable, CaseIterable {
  case safetensors, sft, ckpt, pt, pt2, pth, bin, pkl, gguf, onnx, torchscript

  /// The extension of a file name or path, in any case; `nil` if it is not a model extension or
  /// nothing but dots precedes it: for ComfyUI, `...safetensors` has no extension.
  package init?(of name: some StringProtocol) {
    let bytes = Array(name.utf8)
    guard let dot = bytes.lastIndex(of: UInt8(ascii: ".")) else { return nil }
    let isSlash: (UInt8) -> Bool = { $0 == UInt8(ascii: "/") || $0 == UInt8(ascii: "\\") }
    let start = bytes[..<dot].lastIndex(where: isSlash).map { $0 + 1 } ?? 0
    guard bytes[start..<dot].contains(where: { $0 != UInt8(ascii: ".") }) else { return nil }
    let text = String(decoding: bytes[(dot + 1)...], as: UTF8.self)
    self.init(rawValue: text.lowercased())
  }

  /// A file name or path without its model extension; unchanged if it has none.
  static func removed(from name: String) -> String {
    guard ModelExtension(of: name) != nil, let dot = name.utf8.lastIndex(of: UInt8(ascii: "."))
    else { return name }
    return String(name[..<dot])
  }

  /// Whether loading such a file may run code that it holds: Python's pickle format.
  package var isPickle: Bool {
    switch self {
    case .ckpt, .pt, .pt2, .pth, .bin, .pkl: true
    case .safetensors, .sft, .gguf, .onnx, .torchscript: false
    }
  }

  /// Whether a file in the folder of embeddings may be an embedding without a model extension:
  /// prompts name embeddings by any file name. What follows the last dot may be part of a version:
  /// `neg-1.5`, `style.v2`. Files with another extension (previews, notes) are not embeddings.
  static func mayLack(in name: String) -> Bool {
    let name = Array(name.utf8.split(separator: UInt8(ascii: "/")).last ?? [])
    guard let dot = name.lastIndex(of: UInt8(ascii: ".")) else { return true }
    var ending = name[(dot + 1)...]
    if ending.first.map({ $0 | 0x20 }) == UInt8(ascii: "v") { ending.removeFirst() }
    return dot > 0 && !ending.isEmpty && ending.allSatisfy { 0x30...0x39 ~= $0 }
  }
}
