internal import SystemLibrary

/// Cores of this machine.
enum ProcessorCount {
  /// Cores that are online, at least 1.
  static let available = max(1, Int(sysconf(Int32(_SC_NPROCESSORS_ONLN))))
}
