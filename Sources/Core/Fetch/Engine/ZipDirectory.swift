/// The names in a ZIP archive, from the central directory at its end.
struct ZipDirectory {
  /// Largest number of bytes of the directory that are read. The first names are enough to
  /// recognise an archive.
  private static let limit = 4 << 20
  private static let endLength = 22

  /// Names of the files, in the order of the directory.
  let names: [String]

  /// - Parameters:
  ///   - size: Size of the archive in bytes.
  ///   - read: Returns the bytes of a range; fewer when they cannot all be read.
  /// - Returns: `nil` when the bytes do not end like a ZIP archive.
  init?(size: Int64, read: (Range<Int64>) -> [UInt8]) {
    let start = max(0, size - Int64(Self.endLength + 0xFFFF))
    let tail = read(start..<size)
    guard
      let end = tail.indices.last(where: { tail[$0...].starts(with: [0x50, 0x4B, 0x05, 0x06]) }),
      tail.count - end >= Self.endLength
    else { return nil }
    var length = Int64(Self.number(tail, at: end + 12, bytes: 4))
    var offset = Int64(Self.number(tail, at: end + 16, bytes: 4))
    if length == 0xFFFF_FFFF || offset == 0xFFFF_FFFF {
      guard end >= 20, tail[(end - 20)...].starts(with: [0x50, 0x4B, 0x06, 0x07]),
        let place = Int64(exactly: Self.number(tail, at: end - 12, bytes: 8)), place < size
      else { return nil }
      let record = read(place..<min(size, place + 56))
      guard record.count == 56, record.starts(with: [0x50, 0x4B, 0x06, 0x06]) else { return nil }
      length = Int64(clamping: Self.number(record, at: 40, bytes: 8))
      offset = Int64(clamping: Self.number(record, at: 48, bytes: 8))
    }
    guard offset < size else { return nil }
    names = Self.names(in: read(offset..<min(size, offset + min(length, Int64(Self.limit)))))
  }

  private static func names(in directory: [UInt8]) -> [String] {
    var names: [String] = []
    var rest = directory[...]
    while rest.count >= 46, rest.starts(with: [0x50, 0x4B, 0x01, 0x02]) {
      func length(_ offset: Int) -> Int {
        Int(number(directory, at: rest.startIndex + offset, bytes: 2))
      }
      let (name, others) = (length(28), length(30) + length(32))
      names.append(String(decoding: rest.dropFirst(46).prefix(name), as: UTF8.self))
      rest = rest.dropFirst(46 + name + others)
    }
    return names
  }

  /// The unsigned little-endian number at an index, which must be in range.
  private static func number(_ bytes: [UInt8], at index: Int, bytes count: Int) -> UInt64 {
    bytes[index..<(index + count)].reversed().reduce(0) { $0 << 8 | UInt64($1) }
  }

  /// Whether the archive is one that torch writes: it contains a pickle, or the files of an
  /// exported program.
  var isModel: Bool {
    names.contains { name in
      name.hasSuffix(".pkl") || name.hasSuffix("archive_format")
        || name.hasSuffix("serialized_exported_program.json")
    }
  }
}
