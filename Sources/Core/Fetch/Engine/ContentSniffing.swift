/// Tells bodies that servers send instead of a model file from model files.
enum ContentSniffing {
  /// Bytes of the beginning that are looked at.
  static let length = 512

  /// What a body is when it can not be the file that was asked for; `nil` when it may be.
  ///
  /// - Parameters:
  ///   - beginning: The first ``length`` bytes, all of a shorter body.
  ///   - filename: What is expected of the body goes by the ending.
  static func foreignContent(
    _ beginning: some Collection<UInt8>, filename: String
  ) -> FetchError.ForeignContent? {
    let bytes = Array(beginning.prefix(length))
    guard !bytes.isEmpty else { return .empty }
    let text = bytes.starts(with: [0xEF, 0xBB, 0xBF]) ? bytes.dropFirst(3) : bytes[...]
    let visible = text.drop { $0 == 0x20 || (0x09...0x0D).contains($0) }
    let lower = visible.prefix(64).map { (0x41...0x5A).contains($0) ? $0 | 0x20 : $0 }
    if lower.starts(with: Array("version https://git-lfs.github.com/spec/".utf8)) {
      return .lfsPointer
    }
    let isMarkup = ["<!doctype", "<html", "<head", "<body", "<?xml", "<!--", "<script"]
      .contains { lower.starts(with: Array($0.utf8)) }
    let ending = filename.split(separator: ".").last?.lowercased() ?? ""
    if isMarkup, !["html", "htm", "xml", "svg", "md"].contains(ending) { return .html }
    guard ModelExtension(of: filename) != nil, let first = visible.first else { return nil }
    // The first byte of a safetensors file is any: only text throughout is JSON.
    let isText = bytes.allSatisfy { $0 >= 0x20 || (0x09...0x0D).contains($0) }
    return isText && (first == UInt8(ascii: "{") || first == UInt8(ascii: "[")) ? .json : nil
  }
}
