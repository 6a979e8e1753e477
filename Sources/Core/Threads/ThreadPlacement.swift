#if canImport(Glibc)
  internal import Glibc
#elseif canImport(Musl)
  internal import Musl
#else
  internal import Darwin
#endif

/// Makes a thread start on another processor than its maker's. It may go anywhere afterwards.
final class ThreadPlacement {
  #if os(Linux)
    let attributes: UnsafeMutablePointer<pthread_attr_t>
    private let calls: Calls
    /// A bit for each processor that the process may use.
    private let allowed: [UInt8]

    /// `nil` when the process may use no other, or the system does not tell.
    init?() {
      guard let calls = Calls.known else { return nil }
      // Room for 1,024 processors; the system refuses where it has more.
      var processors = [UInt8](repeating: 0, count: 128)
      let current = Int(calls.currentProcessor())
      guard calls.allowedProcessors(0, processors.count, &processors) == 0,
        processors.indices.contains(current / 8)
      else { return nil }
      allowed = processors
      processors[current / 8] &= ~(1 << UInt8(current % 8))
      guard processors.contains(where: { $0 != 0 }) else { return nil }
      self.calls = calls
      attributes = .allocate(capacity: 1)
      pthread_attr_init(attributes)
      _ = calls.restrictStart(attributes, processors.count, processors)
    }

    deinit {
      pthread_attr_destroy(attributes)
      attributes.deallocate()
    }

    /// Lets the thread that was started with ``attributes`` go where the process may.
    func lift(from thread: pthread_t) {
      _ = calls.restrict(thread, allowed.count, allowed)
    }

    /// The headers show these only to those who ask for GNU's own, which Swift does not.
    private struct Calls {
      typealias CurrentProcessor = @convention(c) () -> Int32
      typealias AllowedProcessors = @convention(c) (pid_t, Int, UnsafeMutableRawPointer) -> Int32
      typealias RestrictStart =
        @convention(c) (UnsafeMutablePointer<pthread_attr_t>, Int, UnsafeRawPointer) -> Int32
      typealias Restrict = @convention(c) (pthread_t, Int, UnsafeRawPointer) -> Int32

      let currentProcessor: CurrentProcessor
      let allowedProcessors: AllowedProcessors
      let restrictStart: RestrictStart
      let restrict: Restrict

      static let known = Calls()

      private init?() {
        guard let current = dlsym(nil, "sched_getcpu"),
          let allowed = dlsym(nil, "sched_getaffinity"),
          let start = dlsym(nil, "pthread_attr_setaffinity_np"),
          let running = dlsym(nil, "pthread_setaffinity_np")
        else { return nil }
        currentProcessor = unsafeBitCast(current, to: CurrentProcessor.self)
        allowedProcessors = unsafeBitCast(allowed, to: AllowedProcessors.self)
        restrictStart = unsafeBitCast(start, to: RestrictStart.self)
        restrict = unsafeBitCast(running, to: Restrict.self)
      }
    }
  #else
    let attributes: UnsafeMutablePointer<pthread_attr_t>
    init?() { return nil }
    func lift(from thread: pthread_t) {}
  #endif
}
