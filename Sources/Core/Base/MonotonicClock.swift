internal import SystemLibrary

/// Nanoseconds of a clock that never goes back.
func monotonicNanoseconds() -> Int64 {
  var time = timespec()
  clock_gettime(CLOCK_MONOTONIC, &time)
  return Int64(time.tv_sec) * 1_000_000_000 + Int64(time.tv_nsec)
}

/// Milliseconds of the same clock.
func monotonicMilliseconds() -> Int { Int(monotonicNanoseconds() / 1_000_000) }

/// Sleeps; a signal ends the sleep early.
func pauseThread(microseconds: Int) {
  guard microseconds > 0 else { return }
  var time = timespec(
    tv_sec: microseconds / 1_000_000, tv_nsec: microseconds % 1_000_000 * 1_000)
  nanosleep(&time, nil)
}
