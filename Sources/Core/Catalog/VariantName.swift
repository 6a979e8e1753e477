/// A file name without the words for the precision in which the model is stored. All variants of a
/// model have it in common.
///
/// `flux1-dev-fp8.safetensors`, `flux1-dev.safetensors` and `flux1-dev-Q4_K_S.gguf` are variants;
/// `flux1-schnell.safetensors` is another model. Variants are information, never a match.
struct VariantName: Sendable, Hashable {
  /// The remaining words, in order, in lower case.
  let words: [String]

  /// `nil` for a name of which nothing remains.
  init?(_ filename: String) {
    var parts = filename.lowercased().split(separator: ".")
    if parts.count > 1 { parts.removeLast() }
    let stem = parts.joined(separator: ".")
    var words: [String] = []
    var isBehindLevel = false
    for word in stem.split(whereSeparator: { "-_ ".contains($0) }).flatMap(Self.pieces) {
      if isBehindLevel, Self.levelWords.contains(String(word)) { continue }
      isBehindLevel = Self.isLevel(word)
      if !isBehindLevel, !Self.storage.contains(String(word)) { words.append(String(word)) }
    }
    if words.isEmpty { return nil }
    self.words = words
  }

  /// A full stop separates words, but not the digits of a version number.
  private static func pieces(_ word: Substring) -> [Substring] {
    word.contains { $0.isNumber } && word.first?.isNumber ?? false
      ? [word] : word.split(separator: ".")
  }

  /// `q4`, `iq3`: the number of bits, in GGUF files.
  private static func isLevel(_ word: Substring) -> Bool {
    let digits = word.drop { $0 == "i" }.dropFirst()
    return (word.hasPrefix("q") || word.hasPrefix("iq")) && digits.count == 1
      && digits.allSatisfy(\.isNumber)
  }

  /// Words that follow the number of bits.
  private static let levelWords: Set<String> = [
    "k", "m", "s", "l", "xs", "xxs", "nl", "0", "1",
  ]

  private static let storage: Set<String> = [
    "fp32", "fp16", "bf16", "fp8", "fp4", "nf4", "nvfp4", "mxfp8", "mxfp4", "int8", "int4", "f16",
    "f32", "e4m3fn", "e4m3", "e5m2", "scaled", "mixed", "fp8mixed", "fp8scaled", "convrot", "gguf",
    "quantized",
  ]
}

extension Catalog {
  /// Other files of the same model: in another precision, or in another format. Sorted by name,
  /// each once.
  ///
  /// - Parameter category: Entries for another folder are left out.
  /// - Throws: ``IndexError``.
  func variants(of filename: String, in category: Category?) throws(IndexError) -> [CatalogEntry] {
    guard !GeneralName.isGeneral(filename), let wanted = VariantName(filename) else { return [] }
    let names = try names().filter {
      PathKey.folded($0) != PathKey.folded(filename) && VariantName($0) == wanted
    }
    var variants: [CatalogEntry] = []
    for name in names {
      let entries = try entries(named: name).filter {
        $0.category == nil || category == nil || $0.category == category
      }
      variants += entries.prefix(1)
    }
    return variants
  }
}
