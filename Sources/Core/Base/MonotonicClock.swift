internal import SystemLibrary

/// Nanoseconds of a clock that never goes back.
func monotonicNanoseconds() -> Int64 {
  var time = timespec()
  clock_gettime(CLOCK_MONOTONIC, &time)
  return Int64(time.tv_sec) * 1_000_000_000 + Int64(time.tv_nsec)
}

/// Milliseconds of the same clock.
func monotonicMilliseconds() -> Int { Int(monotonicNanoseconds() / 1_000_000) }

/// Sleeps.
func pauseThread(milliseconds: Int) {
  guard milliseconds > 0 else { return }
  var time = timespec(
    tv_sec: milliseconds / 1000, tv_nsec: milliseconds % 1000 * 1_000_000)
  nanosleep(&time, nil)
}
