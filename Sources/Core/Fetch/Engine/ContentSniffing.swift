/// Tells bodies that servers send instead of a model file from model files.
///
/// Of a model's name as little is asked as its loaders do, so that no model is refused: what is no
/// text may be one, unless its kind has a mark that all files begin with, or the server says that it
/// sends a page or a message and the body does not begin as files of its kind do.
struct ContentSniffing {
  /// Bytes of the beginning that are looked at.
  static let length = 512

  private let bytes: [UInt8]
  /// The first bytes that can be seen, in lower case.
  private let visible: [UInt8]
  private let kind: ModelExtension?
  private let ending: String
  private let type: AnnouncedType

  /// What a body is when it can not be the file that was asked for; `nil` when it may be.
  ///
  /// - Parameters:
  ///   - beginning: The first ``length`` bytes, all of a shorter body.
  ///   - filename: What is expected of the body goes by the ending.
  ///   - type: The answer's `Content-Type`; `nil` when it has none, or it is not known any more.
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

  /// Whether it is text throughout. The first byte of a safetensors file is any, and the name of a
  /// tar archive's first file is text: their other bytes are not.
  private var isText: Bool {
    guard !bytes.contains(where: { $0 < 0x20 && !(0x09...0x0D).contains($0) || $0 == 0x7F }) else {
      return false
    }
    if type != .other { return true }
    // A character may be cut at the end of what is looked at.
    let cut = bytes.count == Self.length ? 3 : 0
    return (0...cut).contains { String(validating: bytes.dropLast($0), as: UTF8.self) != nil }
  }

  /// The oldest pickles are text, and torch writes none of them.
  private func mayBeText(_ kind: ModelExtension) -> Bool {
    kind == .pkl && type == .other
      && ![UInt8(ascii: "{"), UInt8(ascii: "[")].contains(visible.first)
  }

  /// What a body is that is no model.
  private var sort: FetchError.ForeignContent {
    switch (type, visible.first) {
    case (.page, _), (.other, UInt8(ascii: "<")): .html
    case (.message, _), (.other, UInt8(ascii: "{")), (.other, UInt8(ascii: "[")): .json
    case (.other, _): .text
    }
  }

  // MARK: Marks

  /// Whether it is an archive that holds no file of a kind as its loaders read it. Plain numbers may
  /// begin with any few bytes.
  private func isForeignArchive(_ kind: ModelExtension) -> Bool {
    let rar = Array("Rar!".utf8) + [0x1A, 0x07]
    let sevenZip = Array("7z".utf8) + [0xBC, 0xAF, 0x27, 0x1C]
    let streams: [[UInt8]] = [
      [0x1F, 0x8B, 0x08], [0xFD, 0x37, 0x7A, 0x58, 0x5A, 0x00], [0x28, 0xB5, 0x2F, 0xFD],
    ]
    return [rar, sevenZip].contains { bytes.starts(with: $0) }
      || kind.isPickle && streams.contains { bytes.starts(with: $0) }
  }

  /// Whether it begins as files of a kind do, as far as all of them begin alike.
  private func beginsAs(_ kind: ModelExtension) -> Bool {
    switch kind {
    case .ckpt, .pt, .pt2, .pth, .torchscript, .pkl: isZip || isPickle || isTar
    // Files of any runtime, and plain numbers.
    case .bin, .onnx: !isWideText
    // Their headers are read when all of them is here.
    case .safetensors, .sft, .gguf: true
    }
  }

  private var isZip: Bool { Self.isZip(bytes) }

  /// Whether bytes begin as a ZIP archive does.
  static func isZip(_ bytes: some Collection<UInt8>) -> Bool {
    bytes.starts(with: [0x50, 0x4B, 0x03, 0x04])
  }

  private var isPickle: Bool { bytes.first == 0x80 }

  /// The name of the first file in the archive fills 100 bytes with zeros.
  private var isTar: Bool {
    guard bytes.count > 100, bytes[0] != 0, bytes[99] == 0 else { return false }
    let name = bytes.prefix { $0 != 0 }
    return bytes[name.count..<100].allSatisfy { $0 == 0 } && name.allSatisfy { $0 > 0x20 }
  }

  /// Text of two bytes a character.
  private var isWideText: Bool {
    bytes.starts(with: [0xFF, 0xFE]) || bytes.starts(with: [0xFE, 0xFF])
  }
}

/// What a server says that it sends, as far as it is said of no model.
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
