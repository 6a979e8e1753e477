internal import SystemLibrary

/// The limit on the size of files that `ulimit -f` sets.
enum FileSizeLimit {
  /// Most bytes of a file that this process may write.
  static var bytes: Int64 {
    var limit = rlimit()
    #if canImport(Darwin)
      let status = getrlimit(RLIMIT_FSIZE, &limit)
    #else
      let status = getrlimit(__rlimit_resource_t(RLIMIT_FSIZE.rawValue), &limit)
    #endif
    return status == 0 ? Int64(clamping: limit.rlim_cur) : .max
  }
}
