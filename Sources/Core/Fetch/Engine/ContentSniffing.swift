/// Recognises bodies that servers send instead of a model file.
///
/// No model may be refused, so the check requires no more of a file than its loaders do. A body
/// that is not text may be a model, with three exceptions: it begins like an archive that the
/// loaders of its kind do not read; all files of its kind begin with a mark that is missing; or the
/// server says that it sends a page or a message, and the body does not begin like files of its
/// kind.
struct ContentSniffing {
  /// Number of bytes at the beginning that are examined.
  static let length = 512

  private let bytes: [UInt8]
  /// The beginning without leading whitespace, in lower case.
  private let visible: [UInt8]
  private let kind: ModelExtension?
  private let ending: String
  private let type: AnnouncedType

  /// What a body is if it cannot be the requested file; `nil` if it may be that file.
  ///
  /// - Parameters:
  ///   - beginning: The first ``length`` bytes, or all of a shorter body.
  ///   - filename: Its extension decides what is expected of the body.
  ///   - type: The answer's `Content-Type`; `nil` when it has none, or it is no longer known.
  static func foreignContent(
    _ beginning: some Collection<UInt8>, filename: String, type: String? = nil
  ) -> FetchError.ForeignContent? {
    ContentSniffing(
      bytes: Array(beginning.prefix(length)), filename: filename, type: AnnouncedType(type)
    ).foreignContent
  }

  private init(bytes: [UInt8], filename: String, type: AnnouncedType) {
    self.bytes = bytes
    self.type = type
    kind = ModelExtension(of: filename)
    ending = filename.split(separator: ".").last?.lowercased() ?? ""
    let text = bytes.starts(with: [0xEF, 0xBB, 0xBF]) ? bytes.dropFirst(3) : bytes[...]
    visible = text.drop { $0 == 0x20 || (0x09...0x0D).contains($0) }.prefix(64)
      .map { (0x41...0x5A).contains($0) ? $0 | 0x20 : $0 }
  }

  private var foreignContent: FetchError.ForeignContent? {
    guard !bytes.isEmpty else { return .empty }
    if visible.starts(with: Array("version https://git-lfs.github.com/spec/".utf8)) {
      return .lfsPointer
    }
    if isMarkup, !["html", "htm", "xml", "svg", "md"].contains(ending) { return .html }
    guard let kind else { return nil }
    if isForeignArchive(kind) { return .archive }
    if kind == .gguf, bytes.starts(with: Array("GGUF".utf8)) { return nil }
    if isText { return mayBeText(kind) ? nil : sort }
    if kind == .gguf { return type == .other ? .otherFormat : sort }
    return type == .other || beginsAs(kind) ? nil : sort
  }

  // MARK: Text

  private var isMarkup: Bool {
    ["<!doctype", "<html", "<head", "<body", "<?xml", "<!--", "<script"]
      .contains { visible.starts(with: Array($0.utf8)) }
  }

  /// Whether all examined bytes are text. The first byte of a safetensors file and the first name
  /// in a tar archive may look like text, but the bytes after them do not.
  private var isText: Bool {
    guard !bytes.contains(where: { $0 < 0x20 && !(0x09...0x0D).contains($0) || $0 == 0x7F }) else {
      return false
    }
    if type != .other { return true }
    // A character may be cut in half at the end of the examined bytes.
    let cut = bytes.count == Self.length ? 3 : 0
    return (0...cut).contains { String(validating: bytes.dropLast($0), as: UTF8.self) != nil }
  }

  /// The oldest pickles are text, although torch does not write such pickles.
  private func mayBeText(_ kind: ModelExtension) -> Bool {
    kind == .pkl && type == .other
      && ![UInt8(ascii: "{"), UInt8(ascii: "[")].contains(visible.first)
  }

  /// What the body is, given that it is not a model.
  private var sort: FetchError.ForeignContent {
    switch (type, visible.first) {
    case (.page, _), (.other, UInt8(ascii: "<")): .html
    case (.message, _), (.other, UInt8(ascii: "{")), (.other, UInt8(ascii: "[")): .json
    case (.other, _): .text
    }
  }

  // MARK: Marks

  /// Whether the body is an archive of a type that the loaders of this kind do not read.
  ///
  /// The short marks of compressed streams count only for pickles, because files of plain numbers
  /// may begin with any short sequence of bytes.
  private func isForeignArchive(_ kind: ModelExtension) -> Bool {
    let rar = Array("Rar!".utf8) + [0x1A, 0x07]
    let sevenZip = Array("7z".utf8) + [0xBC, 0xAF, 0x27, 0x1C]
    let streams: [[UInt8]] = [
      [0x1F, 0x8B, 0x08], [0xFD, 0x37, 0x7A, 0x58, 0x5A, 0x00], [0x28, 0xB5, 0x2F, 0xFD],
    ]
    return [rar, sevenZip].contains { bytes.starts(with: $0) }
      || kind.isPickle && (isForeignTar || streams.contains { bytes.starts(with: $0) })
  }

  /// Whether the body begins like files of this kind, as far as these have a common beginning.
  private func beginsAs(_ kind: ModelExtension) -> Bool {
    switch kind {
    case .ckpt, .pt, .pt2, .pth, .torchscript, .pkl: isZip || isPickle || isModelTar
    // These may be files of any runtime, or plain numbers.
    case .bin, .onnx: !isWideText
    // Their headers are checked when the whole file has arrived.
    case .safetensors, .sft, .gguf: true
    }
  }

  private var isZip: Bool { Self.isZip(bytes) }

  /// Whether bytes begin like a ZIP archive.
  static func isZip(_ bytes: some Collection<UInt8>) -> Bool {
    bytes.starts(with: [0x50, 0x4B, 0x03, 0x04])
  }

  private var isPickle: Bool { bytes.first == 0x80 }

  /// Whether the body is a tar archive as torch wrote models before version 1.0, with one of their
  /// members first.
  private var isModelTar: Bool {
    ["sys_info", "pickle", "storages", "tensors"].contains { firstMember == Array($0.utf8)[...] }
  }

  /// Whether the body is a tar archive of anything else: its first header has a correct checksum.
  private var isForeignTar: Bool {
    guard bytes.count == Self.length, !isModelTar else { return false }
    let field = bytes[148..<156].filter { (0x30...0x37).contains($0) }
    // The checksum is a sum over the header, with spaces in place of the checksum itself.
    let sum =
      bytes.reduce(0) { $0 + Int($1) } - bytes[148..<156].reduce(0) { $0 + Int($1) } + 8 * 0x20
    return !field.isEmpty && Int(String(decoding: field, as: UTF8.self), radix: 8) == sum
  }

  /// The name of a tar archive's first member, which zeros fill up to 100 bytes; `nil` if the body
  /// is not such an archive.
  private var firstMember: ArraySlice<UInt8>? {
    guard bytes.count > 100, bytes[0] != 0, bytes[99] == 0 else { return nil }
    let name = bytes.prefix { $0 != 0 }
    return bytes[name.count..<100].allSatisfy { $0 == 0 } ? name : nil
  }

  /// Whether the body begins with a byte order mark of UTF-16.
  private var isWideText: Bool {
    bytes.starts(with: [0xFF, 0xFE]) || bytes.starts(with: [0xFE, 0xFF])
  }
}

/// What the `Content-Type` says: a web page, a message, or a type that a model may have.
private enum AnnouncedType {
  case page, message, other

  init(_ text: String?) {
    let name = (text?.prefix { $0 != ";" } ?? "").lowercased().trimmingBlanks
    switch name {
    case "text/html", "application/xhtml+xml": self = .page
    case "application/json", "text/json": self = .message
    default: self = name.hasSuffix("+json") ? .message : .other
    }
  }
}
