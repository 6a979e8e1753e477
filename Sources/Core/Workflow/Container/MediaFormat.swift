/// A kind of file that is not itself a workflow, recognised by its first bytes.
public enum MediaFormat: String, Sendable, Hashable, CaseIterable {
  case jpeg = "JPEG image"
  case gif = "GIF image"
  case avif = "AVIF image"
  case mp4 = "MP4 video"
  case webm = "WebM video"
  case avi = "AVI video"
  case flac = "FLAC sound file"
  case ogg = "Ogg sound file"
  case mp3 = "MP3 sound file"
  case wav = "WAV sound file"
  case zip = "ZIP archive"
  case gzip = "gzip archive"
  case sevenZip = "7z archive"
  case rar = "RAR archive"
  case pdf = "PDF document"

  /// - Parameter head: The first twelve bytes, or all of a shorter file.
  init?(of head: [UInt8]) {
    let known = Self.allCases.first { format in
      format.marks.contains { mark in
        mark.offset + mark.bytes.count <= head.count
          && head[mark.offset...].starts(with: mark.bytes)
      }
    }
    guard let known else { return nil }
    self = known
  }

  private typealias Mark = (offset: Int, bytes: [UInt8])

  /// Byte patterns; any of them identifies the format.
  private var marks: [Mark] {
    switch self {
    case .jpeg: [(0, [0xFF, 0xD8, 0xFF])]
    case .gif: [Self.text("GIF8")]
    case .avif: [Self.text("ftypavi", at: 4)]
    case .mp4: [Self.text("ftyp", at: 4)]
    case .webm: [(0, [0x1A, 0x45, 0xDF, 0xA3])]
    case .avi: [Self.text("AVI ", at: 8)]
    case .flac: [Self.text("fLaC")]
    case .ogg: [Self.text("OggS")]
    case .mp3: [Self.text("ID3"), (0, [0xFF, 0xFB]), (0, [0xFF, 0xF3])]
    case .wav: [Self.text("WAVE", at: 8)]
    case .zip: [Self.text("PK\u{3}\u{4}"), Self.text("PK\u{5}\u{6}")]
    case .gzip: [(0, [0x1F, 0x8B, 0x08])]
    case .sevenZip: [(0, [0x37, 0x7A, 0xBC, 0xAF, 0x27, 0x1C])]
    case .rar: [Self.text("Rar!\u{1A}\u{7}")]
    case .pdf: [Self.text("%PDF-")]
    }
  }

  private static func text(_ text: String, at offset: Int = 0) -> Mark {
    (offset, Array(text.utf8))
  }
}

extension WorkflowContainer {
  /// The kind of image, video or sound file that begins like this; `nil` for every other file, JSON
  /// included.
  ///
  /// - Parameter head: The first twelve bytes, or all of a shorter file.
  init?(head: ArraySlice<UInt8>) {
    let head = Array(head)
    if head.starts(with: PNGText.signature) {
      self = .png
    } else if WebPText.matches(head) {
      self = .webp
    } else {
      switch MediaFormat(of: head) {
      case .flac: self = .flac
      case .mp4: self = .mp4
      case .webm: self = .webm
      case .jpeg, .gif, .avif, .avi, .ogg, .mp3, .wav, .zip, .gzip, .sevenZip, .rar, .pdf, nil:
        return nil
      }
    }
  }
}
