internal import SystemLibrary

/// A moment as the system records it for files.
struct FileTime: Sendable, Hashable {
  /// Seconds since 1970-01-01 00:00 UTC.
  let seconds: Int64
  /// Nanoseconds after the second, 0 to 999,999,999.
  let nanoseconds: Int64

  init(_ time: timespec) {
    seconds = Int64(time.tv_sec)
    nanoseconds = Int64(time.tv_nsec)
  }

  /// Nanoseconds since 1970-01-01 00:00 UTC.
  var sinceEpoch: Int64 { seconds &* 1_000_000_000 &+ nanoseconds }

  /// Nanoseconds that have passed since then; negative for a moment in the future.
  var age: Int64 {
    var now = timespec()
    clock_gettime(CLOCK_REALTIME, &now)
    let (whole, overflow) = (Int64(now.tv_sec) &- seconds).multipliedReportingOverflow(
      by: 1_000_000_000)
    return overflow ? .max : whole &+ Int64(now.tv_nsec) &- nanoseconds
  }
}
