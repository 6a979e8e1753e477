internal import Synchronization

/// The program as the user calls it.
package enum Program {
  private static let current = Mutex("comfy")

  /// The name in usage, messages and hints: that of the file the program was started as.
  ///
  /// Set once, by the launcher, before anything is said.
  package static var name: String {
    get { current.withLock { $0 } }
    set { current.withLock { $0 = newValue } }
  }
}
