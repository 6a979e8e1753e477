internal import Synchronization
internal import SystemPackage

/// Callbacks that follow a file being sent; any thread may call them.
struct PushWatch: Sendable {
  /// Called with the bytes of the file sent so far.
  var sent: @Sendable (Int64) -> Void = { _ in }
  /// Called when a try failed: its number from 1, milliseconds until the next one, and the error.
  var retry: @Sendable (Int, Int, FetchError) -> Void = { _, _, _ in }
}

/// A store in a bucket of an S3 service: single requests, with retries. Any thread may use it.
final class BucketStore: Sendable {
  let place: BucketPlace
  let options: FetchOptions
  let cancellation: Cancellation
  private let settings: ConnectionSettings
  private let environment: ProcessEnvironment
  private let profile: ServiceProfile
  private let keys: Mutex<Credential?>
  /// Handles that are not in use, with their open connections.
  private let idle = Mutex<[MultiHandle]>([])

  /// Finds the keys and the place of the bucket without asking the service.
  ///
  /// If there are no other keys and ``FetchOptions/asksMachineForKeys`` is set, asks an endpoint of
  /// the machine or container for some.
  ///
  /// - Throws: ``FetchError/store(_:)`` with ``StoreError/keys(_:)`` for keys that cannot be used,
  ///   or ``StoreError/setting(_:foundIn:)``.
  init(
    _ address: BucketAddress, options: FetchOptions, environment: ProcessEnvironment,
    cancellation: Cancellation
  ) throws(FetchError) {
    self.options = options
    self.environment = environment
    self.cancellation = cancellation
    settings = ConnectionSettings(options, environment)
    profile = ServiceProfile(environment, named: address.profile)
    do throws(StoreError) {
      place = try profile.place(of: address)
    } catch {
      throw .store(error)
    }
    do throws(CredentialError) {
      keys = Mutex(
        try Self.findKeys(profile, place, options, environment, cancellation: cancellation))
    } catch {
      throw .store(.keys(error))
    }
  }

  private static func findKeys(
    _ profile: ServiceProfile, _ place: BucketPlace, _ options: FetchOptions,
    _ environment: ProcessEnvironment, cancellation: Cancellation
  ) throws(CredentialError) -> Credential? {
    if let known = try profile.credential(for: place) { return known }
    guard options.asksMachineForKeys, place.address.profile == nil else { return nil }
    return try MachineKeys(environment, options: options, cancellation: cancellation)
      .credential(for: place)
  }

  /// The store's address, for messages.
  var name: String { StoreAddress.bucket(place.address).text }

  /// The keys that sign requests; `nil` when there are none, which works only with a public bucket.
  var credential: Credential? { keys.withLock { $0 } }

  // MARK: Requests

  /// Sends a request, and repeats it while it fails for a reason that may be temporary.
  ///
  /// If the keys have expired, they are read again once.
  ///
  /// - Returns: An answer with status 2xx or 404.
  /// - Throws: ``FetchError``. Other refusals are ``StoreError/refused(store:status:code:)``, or
  ///   ``StoreError/expired(store:)`` when there are no new keys.
  func send(_ request: BucketRequest, _ watch: PushWatch = PushWatch()) throws(FetchError)
    -> BucketReply
  {
    if let failure = CurlLibrary.load(environment) { throw failure }
    var delays = RetryBackoff(options)
    var attempts = 0
    var isRenewed = false
    while true {
      var error: FetchError
      var wait: Int?
      do throws(FetchError) {
        let reply = try once(request, watch)
        if reply.head.isSuccess || reply.head.status == 404 { return reply }
        let code = reply.errorCode
        error = .store(.refused(store: name, status: reply.head.status, code: code))
        if Self.saysExpired.contains(code) {
          guard !isRenewed, renewKeys() else { throw FetchError.store(.expired(store: name)) }
          isRenewed = true
          continue
        }
        guard reply.head.isPassing || Self.saysLater.contains(code) else { throw error }
        wait = RetryDelay.seconds(reply.head, now: environment.now()).map { $0 * 1000 }
        guard wait ?? 0 <= options.longestServerDelay else { throw error }
      } catch let failure {
        guard failure.isPassing, !cancellation.isRequested() else { throw failure }
        error = failure
      }
      attempts += 1
      guard attempts < options.attempts else { throw error }
      let delay = delays.next(attempt: attempts, atLeast: wait)
      watch.retry(attempts, delay, error)
      try pause(delay, or: error)
    }
  }

  private static let saysExpired: Set = ["ExpiredToken", "ExpiredTokenException"]
  private static let saysLater: Set = [
    "SlowDown", "RequestTimeout", "InternalError", "ServiceUnavailable", "Throttling",
  ]

  private func once(_ request: BucketRequest, _ watch: PushWatch) throws(FetchError) -> BucketReply
  {
    guard let multi = idle.withLock({ $0.popLast() }) ?? MultiHandle() else {
      throw .libraryUnavailable(detail: "out of memory")
    }
    defer { idle.withLock { $0.append(multi) } }
    return try RunningThread.result { [self] () throws(FetchError) in
      try BucketConnection(settings, multi, cancellation).send(
        request, to: place, credential, progress: watch.sent)
    }
  }

  /// Finds the keys again: another program may have written new ones into a profile file, or the
  /// machine may give new ones.
  ///
  /// - Returns: Whether they differ from the previous ones.
  private func renewKeys() -> Bool {
    guard
      let fresh = try? Self.findKeys(
        profile, place, options, environment, cancellation: cancellation)
    else { return false }
    return keys.withLock { known in
      guard fresh.hasOtherKeys(than: known) else { return false }
      known = fresh
      return true
    }
  }

  private func pause(_ milliseconds: Int, or error: FetchError) throws(FetchError) {
    let end = monotonicMilliseconds() + milliseconds
    while monotonicMilliseconds() < end {
      guard !cancellation.isRequested() else { throw error }
      pauseThread(microseconds: 1_000 * min(100, end - monotonicMilliseconds()))
    }
  }

  /// The error for a 404 that answers a request for which it is a refusal.
  func refusal(_ reply: BucketReply) -> FetchError {
    .store(.refused(store: name, status: reply.head.status, code: reply.errorCode))
  }

  // MARK: Objects

  /// Size of an object in bytes; `nil` when there is none, or the keys do not allow reading it.
  /// Only an attempt to write it shows which.
  ///
  /// - Throws: ``FetchError`` as for ``send(_:_:)``.
  func size(of path: String) throws(FetchError) -> Int64? {
    do throws(FetchError) {
      let head = try send(BucketRequest(method: "HEAD", path: path)).head
      return head.isSuccess ? head["Content-Length"].flatMap { Int64(digits: $0) } : nil
    } catch .store(.refused(store: _, status: 400...403, code: _)) {
      return try sizeByReading(path)
    }
  }

  /// The size by `GET`. Unlike `HEAD`, its refusal has a body with the reason: the session may have
  /// expired.
  private func sizeByReading(_ path: String) throws(FetchError) -> Int64? {
    do throws(FetchError) {
      let head = try send(BucketRequest(method: "GET", path: path, range: 0...0)).head
      return head.isSuccess ? head["Content-Range"].flatMap { ContentRange($0) }?.total : nil
    } catch .store(.refused(store: _, status: 416, code: _)) {
      return 0
    } catch .store(.refused(store: _, status: 400...403, code: _)) {
      return nil
    }
  }

  /// The bytes of an object, or a range of them; `nil` when there is no such object.
  ///
  /// - Parameters:
  ///   - range: Offsets of the first and the last byte.
  ///   - limit: Largest number of bytes. A longer answer is an error.
  func bytes(
    of path: String, _ range: ClosedRange<Int64>? = nil, limit: Int
  ) throws(FetchError) -> [UInt8]? {
    let reply = try send(
      BucketRequest(method: "GET", path: path, range: range, limit: limit))
    return reply.head.isSuccess ? reply.body : nil
  }

  /// Writes bytes to an object, which is replaced if it exists.
  func put(_ bytes: [UInt8], at path: String) throws(FetchError) {
    let reply = try send(BucketRequest(method: "PUT", path: path, content: .bytes(bytes)))
    guard reply.head.isSuccess else { throw refusal(reply) }
  }

  /// Deletes an object. It is not an error if there is none.
  func delete(_ path: String) throws(FetchError) {
    _ = try send(BucketRequest(method: "DELETE", path: path))
  }

  /// The contents that the store has, in the order of their hashes, and their sizes in bytes.
  ///
  /// Other objects in the bucket are skipped.
  ///
  /// - Throws: ``FetchError`` as for ``send(_:_:)``, with ``StoreError/refused(store:status:code:)``
  ///   also for a page that does not continue the list.
  func objects() throws(FetchError) -> [(hash: SHA256Hash, size: Int64)] {
    var found: [(SHA256Hash, Int64)] = []
    let prefix = place.key("sha256/")
    var last = ""
    while true {
      // Not with the service's own token for the next page: it may contain characters that versions
      // of libcurl sign differently.
      var query = ["list-type": "2", "prefix": prefix]
      query["start-after"] = last.isEmpty ? nil : last
      let reply = try send(BucketRequest(method: "GET", path: "", query: query))
      guard reply.head.isSuccess else { throw refusal(reply) }
      let items = reply.elements("Contents")
      let previous = last
      for item in items {
        guard let key = BucketReply.value(of: "Key", in: item) else { continue }
        last = key
        let path = place.key("").isEmpty ? key : String(key.dropFirst(place.key("").utf8.count))
        guard let hash = StoreLayout.hash(ofObject: path),
          let size = BucketReply.value(of: "Size", in: item).flatMap({ Int64(digits: $0) })
        else { continue }
        found.append((hash, size))
      }
      guard reply.value(of: "IsTruncated") == "true", !items.isEmpty else { return found }
      // Otherwise, a service that ignores where the page should start is asked forever.
      guard previous.utf8.lexicographicallyPrecedes(last.utf8) else { throw refusal(reply) }
    }
  }
}

extension FetchError {
  /// Whether the same request may succeed the next time.
  fileprivate var isPassing: Bool {
    switch self {
    case .unreachable, .stalled: true
    default: false
    }
  }
}
