internal import CGit2
internal import Crypto
internal import SystemLibrary
internal import SystemPackage

/// New objects that reach a repository as one pack, in version 2 of git's formats of packs and of
/// their indices.
///
/// Where many objects are made at once, that is two files in place of hundreds, and of a text that
/// differs little from the one before it only the difference is stored.
struct ObjectPack {
  /// An object of the pack, to tell others by.
  struct Object {
    let id: git_oid
    fileprivate let content: [UInt8]
    /// Where it starts in the pack.
    fileprivate let offset: Int
    fileprivate let checksum: UInt32
  }

  private var objects: [Object] = []
  /// Header and entries; the number of objects is filled in at last.
  private var bytes = Array("PACK".utf8) + [0, 0, 0, 2] + [0, 0, 0, 0]

  /// Adds an object.
  ///
  /// - Parameter base: An object of the pack, of the same kind, that differs little from it.
  mutating func add(_ kind: GitObjectKind, _ content: [UInt8], like base: Object? = nil) -> Object {
    let offset = bytes.count
    if let base {
      let delta = PackDelta.bytes(from: base.content, to: content)
      appendHeader(of: 6, size: delta.count)
      append(distance: offset - base.offset)
      appendStored(delta)
    } else {
      appendHeader(of: kind.packNumber, size: content.count)
      appendStored(content)
    }
    let object = Object(
      id: git_oid(naming: content, as: kind), content: content, offset: offset,
      checksum: Checksum.crc32(bytes[offset...]))
    objects.append(object)
    return object
  }

  // MARK: Entries

  /// Kind and size: four bits of the size in the first byte, seven in each that follows.
  private mutating func appendHeader(of kind: UInt8, size: Int) {
    var rest = size >> 4
    bytes.append(kind << 4 | UInt8(size & 0xF) | (rest > 0 ? 0x80 : 0))
    while rest > 0 {
      bytes.append(UInt8(rest & 0x7F) | (rest > 0x7F ? 0x80 : 0))
      rest >>= 7
    }
  }

  /// How far before an entry its base starts; each byte but the last stands for one more than its
  /// bits say.
  private mutating func append(distance: Int) {
    var digits = [UInt8(distance & 0x7F)]
    var rest = distance >> 7
    while rest > 0 {
      rest -= 1
      digits.append(UInt8(rest & 0x7F) | 0x80)
      rest >>= 7
    }
    bytes += digits.reversed()
  }

  /// A zlib stream of blocks that are not compressed: what there is much of is the same in objects
  /// that follow one another, and told once already.
  private mutating func appendStored(_ content: [UInt8]) {
    bytes += [0x78, 0x01]
    var rest = content[...]
    repeat {
      let block = rest.prefix(0xFFFF)
      rest = rest.dropFirst(block.count)
      let count = UInt16(block.count)
      bytes.append(rest.isEmpty ? 1 : 0)
      bytes += [UInt8(count & 0xFF), UInt8(count >> 8), UInt8(~count & 0xFF), UInt8(~count >> 8)]
      bytes += block
    } while !rest.isEmpty
    bytes += Self.bigEndian(Checksum.adler32(content))
  }

  private static func bigEndian(_ number: UInt32) -> [UInt8] {
    withUnsafeBytes(of: number.bigEndian) { Array($0) }
  }

  // MARK: Files

  /// Writes the pack and its index, and synchronises both.
  ///
  /// - Parameter directory: `objects/pack` of a repository. What a killed process leaves there has
  ///   one of the names that git clears away.
  /// - Throws: ``FileError``; nothing is left then.
  func write(to directory: FilePath) throws(FileError) {
    var pack = bytes
    pack.replaceSubrange(8..<12, with: Self.bigEndian(UInt32(objects.count)))
    let name = Array(Insecure.SHA1.hash(data: pack))
    pack += name
    let path = directory.appending("pack-" + HexDigits.string(of: name))
    // A pack counts once its index is there.
    try Self.write(pack, to: FilePath(path.string + ".pack"))
    try Self.write(index(of: name), to: FilePath(path.string + ".idx"))
  }

  /// Names in their order with a table of where those of each first byte end, checksums, offsets.
  private func index(of pack: [UInt8]) -> [UInt8] {
    let sorted = objects.map { ($0.id.bytes, $0) }
      .sorted { $0.0.lexicographicallyPrecedes($1.0) }
    var index: [UInt8] = [0xFF, 0x74, 0x4F, 0x63, 0, 0, 0, 2]
    var ends = [UInt32](repeating: 0, count: 256)
    for (name, _) in sorted { ends[Int(name[0])] += 1 }
    var end: UInt32 = 0
    for count in ends {
      end += count
      index += Self.bigEndian(end)
    }
    for (name, _) in sorted { index += name }
    for (_, object) in sorted { index += Self.bigEndian(object.checksum) }
    for (_, object) in sorted { index += Self.bigEndian(UInt32(clamping: object.offset)) }
    index += pack
    return index + Array(Insecure.SHA1.hash(data: index))
  }

  private static func write(_ bytes: [UInt8], to path: FilePath) throws(FileError) {
    let digits = String(UInt64.random(in: .min ... .max), radix: 16)
    let draft = path.removingLastComponent().appending("tmp_pack_" + digits)
    let descriptor = open(draft.string, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o444)
    guard descriptor >= 0 else { throw FileError(.open, draft, Errno(rawValue: errno)) }
    let file = FileDescriptor(rawValue: descriptor)
    defer { try? file.close() }
    do throws(FileError) {
      do {
        try file.writeAll(bytes)
      } catch {
        throw FileError(.write, draft, error as? Errno ?? .ioError)
      }
      try file.synchronize(named: draft)
      guard rename(draft.string, path.string) == 0 else {
        throw FileError(.rename, path, Errno(rawValue: errno))
      }
    } catch {
      unlink(draft.string)
      throw error
    }
  }
}

extension GitObjectKind {
  /// What it is called in a pack.
  fileprivate var packNumber: UInt8 {
    switch self {
    case .commit: 1
    case .tree: 2
    case .blob: 3
    }
  }
}

/// The checksums of zlib's formats.
private enum Checksum {
  private static let table = (0..<256).map { byte -> UInt32 in
    (0..<8).reduce(UInt32(byte)) { rest, _ in rest & 1 == 1 ? 0xEDB8_8320 ^ rest >> 1 : rest >> 1 }
  }

  static func crc32(_ bytes: ArraySlice<UInt8>) -> UInt32 {
    table.withUnsafeBufferPointer { table in
      ~bytes.reduce(~0) { table[Int(UInt8(truncatingIfNeeded: $0) ^ $1)] ^ $0 >> 8 }
    }
  }

  static func adler32(_ bytes: [UInt8]) -> UInt32 {
    var (low, high): (UInt32, UInt32) = (1, 0)
    var rest = bytes[...]
    while !rest.isEmpty {
      // As many as fit before the sums overflow.
      let part = rest.prefix(5552)
      for byte in part {
        low &+= UInt32(byte)
        high &+= low
      }
      (low, high) = (low % 65521, high % 65521)
      rest = rest.dropFirst(part.count)
    }
    return high << 16 | low
  }
}
