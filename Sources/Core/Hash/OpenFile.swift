internal import SystemLibrary
internal import SystemPackage

/// What distinguishes one state of a file from another.
struct FileState: Sendable, Hashable {
  /// Bytes.
  var size: Int64
  /// Modification time, nanoseconds since 1970-01-01 00:00 UTC.
  var modified: Int64
  var inode: Int64
  var device: Int64
  /// When the content, the permissions or the names last changed, in the unit of ``modified``;
  /// `nil` if unknown. Ignored by `==`, because it often changes when the content does not.
  var changed: Int64?

  init(size: Int64, modified: Int64, inode: Int64, device: Int64, changed: Int64?) {
    self.size = size
    self.modified = modified
    self.inode = inode
    self.device = device
    self.changed = changed
  }

  init(_ status: FileStatus) {
    size = status.size
    modified = status.modified.sinceEpoch
    inode = Int64(truncatingIfNeeded: status.inode)
    device = Int64(truncatingIfNeeded: status.device)
    changed = status.changed.sinceEpoch
  }

  static func == (one: FileState, other: FileState) -> Bool {
    one.size == other.size && one.modified == other.modified && one.inode == other.inode
      && one.device == other.device
  }

  func hash(into hasher: inout Hasher) {
    hasher.combine(size)
    hasher.combine(modified)
    hasher.combine(inode)
    hasher.combine(device)
  }

  /// Whether nothing at all happened to a file since it was in the state `other`. This also detects
  /// a file that was written in place and whose modification time was restored.
  func isUntouched(since other: FileState) -> Bool {
    isSameFile(as: other)
      && (changed == nil || other.changed == nil || changed == other.changed)
  }

  /// Whether a path that was in the state `other` still has the same bytes. The device is not
  /// compared, because its number may change at the next mount.
  func isSameFile(as other: FileState) -> Bool {
    size == other.size && modified == other.modified && inode == other.inode
  }
}

/// A regular file that is open for reading; closed when the value ends.
struct OpenFile: ~Copyable {
  let path: FilePath
  /// The state when the file was opened.
  let state: FileState
  private let descriptor: FileDescriptor

  /// Opens the file; links are followed.
  init(_ path: FilePath) throws(HashError) {
    let descriptor: FileDescriptor
    do {
      // Without `nonBlocking`, opening a named pipe would wait for its other end.
      descriptor = try FileDescriptor.open(path, .readOnly, options: [.closeOnExec, .nonBlocking])
    } catch {
      throw .file(FileError(.open, path, error as? Errno ?? .ioError))
    }
    do throws(HashError) {
      state = try OpenFile.state(of: descriptor, path)
    } catch {
      try? descriptor.close()
      throw error
    }
    self.path = path
    self.descriptor = descriptor
  }

  deinit { try? descriptor.close() }

  /// Fills `buffer` with the bytes from `offset`.
  ///
  /// - Returns: The number of bytes read; less than the size of the buffer only at the file's end.
  func read(into buffer: UnsafeMutableRawBufferPointer, at offset: Int64) throws(HashError) -> Int {
    var filled = 0
    while filled < buffer.count {
      do {
        let rest = UnsafeMutableRawBufferPointer(rebasing: buffer[filled...])
        let count = try descriptor.read(fromAbsoluteOffset: offset + Int64(filled), into: rest)
        if count == 0 { break }
        filled += count
      } catch {
        throw .file(FileError(.read, path, error as? Errno ?? .ioError))
      }
    }
    return filled
  }

  /// - Throws: ``HashError/changed(_:)`` if the file is not as it was when it was opened.
  func checkUnchanged() throws(HashError) {
    guard try OpenFile.state(of: descriptor, path) == state else { throw .changed(path) }
  }

  private static func state(
    of descriptor: FileDescriptor, _ path: FilePath
  ) throws(HashError) -> FileState {
    let status: FileStatus
    do throws(FileError) { status = try FileStatus(of: descriptor, named: path) } catch {
      throw .file(error)
    }
    guard status.isRegular else { throw .notAFile(path) }
    return FileState(status)
  }
}
