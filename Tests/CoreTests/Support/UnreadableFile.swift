import SystemPackage

@testable import ComfyCore

/// A regular file that not even root may read, to be linked to.
enum UnreadableFile {
  /// Absolute; `nil` where the system has none.
  static let path = ["/proc/sys/vm/compact_memory"].first {
    FilePath($0).exists && FilePath($0).refusesReading
  }
}
