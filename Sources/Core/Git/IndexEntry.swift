internal import CGit2

extension FileStatus {
  /// The index entry for a file with this status, without its path.
  ///
  /// The index has the lower 32 bits of each value; git compares only these.
  func indexEntry(id: git_oid, mode: UInt32) -> git_index_entry {
    var entry = git_index_entry()
    entry.ctime = changed.indexTime
    entry.mtime = modified.indexTime
    entry.dev = UInt32(truncatingIfNeeded: device)
    entry.ino = UInt32(truncatingIfNeeded: inode)
    entry.mode = mode
    entry.uid = owner
    entry.gid = group
    entry.file_size = UInt32(truncatingIfNeeded: size)
    entry.id = id
    return entry
  }
}

extension FileTime {
  fileprivate var indexTime: git_index_time {
    git_index_time(
      seconds: Int32(truncatingIfNeeded: seconds),
      nanoseconds: UInt32(truncatingIfNeeded: nanoseconds))
  }
}
