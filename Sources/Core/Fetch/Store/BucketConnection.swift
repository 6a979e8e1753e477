internal import CCurl
internal import SystemPackage

/// A request to an S3 service.
struct BucketRequest: Sendable {
  enum Content: Sendable {
    case none
    case bytes([UInt8])
    case file(FilePath, Range<Int64>)
  }

  /// `GET`, `HEAD`, `PUT`, `POST` or `DELETE`.
  var method: String
  /// Path of the object below the prefix of the store; empty for the bucket itself.
  var path: String
  var query: [String: String] = [:]
  var fields: [ResponseHead.Field] = []
  /// Offsets of the first and the last requested byte; `nil` for all.
  var range: ClosedRange<Int64>?
  var content = Content.none
  /// SHA-256 of the content; computed before the request is sent if `nil`.
  var hash: SHA256Hash?
  /// Largest body of an answer in bytes. A longer one ends the request with an error.
  var limit = 4 << 20
}

/// Sends one request to an S3 service, without retries, and receives the answer.
///
/// Belongs to one thread.
final class BucketConnection: ExchangeReceiver {
  private let settings: ConnectionSettings
  private let cancellation: Cancellation
  private let multi: MultiHandle
  private var head: ResponseHead?
  private var body: [UInt8] = []
  private var limit = 0
  private var isTooLong = false

  init(_ settings: ConnectionSettings, _ multi: MultiHandle, _ cancellation: Cancellation) {
    self.settings = settings
    self.multi = multi
    self.cancellation = cancellation
  }

  /// Sends a request to a bucket.
  ///
  /// - Parameter progress: Called with the bytes sent so far.
  /// - Returns: The answer, whatever its status.
  /// - Throws: ``FetchError`` when there is no answer, with ``StoreError/changed(_:)`` when the
  ///   file to send has become shorter; ``FetchError/tooLong(expected:known:)`` when the body of an
  ///   answer with status 2xx exceeds the request's limit.
  func send(
    _ request: BucketRequest, to place: BucketPlace, _ credential: Credential?,
    progress: @escaping (Int64) -> Void
  ) throws(FetchError) -> BucketReply {
    try send(
      request, at: place.url(request.path, query: request.query),
      credential?.signing(for: place.origin), progress: progress)
  }

  /// Sends a request to a URL; the request's path and query are ignored. Private addresses are
  /// allowed, because the user chose the service.
  ///
  /// - Parameter progress: Called with the bytes sent so far.
  /// - Returns: The answer, whatever its status.
  /// - Throws: As for ``send(_:to:_:progress:)``.
  func send(
    _ request: BucketRequest, at url: String, _ signing: RequestSigning? = nil,
    progress: @escaping (Int64) -> Void = { _ in }
  ) throws(FetchError) -> BucketReply {
    let address = try WebAddress(url)
    guard
      let exchange = Exchange(address, settings, allowsPrivateAddresses: true, receiver: self)
    else { throw .libraryUnavailable(detail: "out of memory") }
    let upload = try prepare(exchange, request, signing)
    upload?.progress = progress
    limit = request.limit
    guard comfy_multi_add(multi.pointer, exchange.easy) == CURLM_OK else {
      throw .libraryUnavailable(detail: "out of memory")
    }
    defer { _ = comfy_multi_remove(multi.pointer, exchange.easy) }
    let code = try wait(address, upload)
    if isTooLong, head?.isSuccess == true {
      throw .tooLong(expected: Int64(limit), known: .request)
    }
    guard let head, code == CURLE_OK || request.method == "HEAD" || !head.isSuccess else {
      if code == CURLE_ABORTED_BY_CALLBACK, case .file(let path, _) = request.content {
        throw .store(.changed(path))
      }
      throw FetchError(transport: code, host: address.host, headFault: exchange.headFault)
    }
    return BucketReply(head: head, body: body)
  }

  private func prepare(
    _ exchange: Exchange, _ request: BucketRequest, _ signing: RequestSigning?
  ) throws(FetchError) -> UploadBody? {
    var body: UploadBody?
    switch request.method {
    case "HEAD": exchange.set(CURLOPT_NOBODY, 1)
    case "GET": break
    case "DELETE": exchange.set(CURLOPT_CUSTOMREQUEST, request.method)
    default:
      do throws(FileError) {
        body =
          switch request.content {
          case .none: UploadBody([])
          case .bytes(let bytes): UploadBody(bytes)
          case .file(let path, let range): try UploadBody(path, range)
          }
      } catch {
        throw .file(error)
      }
    }
    if let range = request.range {
      exchange.set(CURLOPT_RANGE, "\(range.lowerBound)-\(range.upperBound)")
    }
    for field in request.fields { exchange.addHeader(field.name, field.value) }
    if let signing {
      let empty = UploadBody([])
      let hash = request.hash ?? (body ?? empty).hash(cancellation: cancellation)
      exchange.sign(with: signing, content: hash?.hex ?? Exchange.unsignedContent)
    }
    if let body { exchange.upload(request.method, body) }
    return body
  }

  /// - Throws: ``FetchError/stalled(host:milliseconds:)``, or
  ///   ``FetchError/unreachable(host:code:detail:)`` with libcurl's code 42 when the caller asked
  ///   to stop.
  private func wait(_ address: WebAddress, _ upload: UploadBody?) throws(FetchError) -> CURLcode {
    let window = settings.options.stallWindow
    let ending = multi.finish(stallingAfter: window, cancellation: cancellation) {
      (upload?.sent ?? 0) + Int64(body.count)
    }
    switch ending {
    case .finished(let code): return code
    case .stalled: throw .stalled(host: address.host, milliseconds: window)
    case .cancelled:
      throw FetchError(transport: CURLE_ABORTED_BY_CALLBACK, host: address.host)
    }
  }

  func takeHead(_ head: ResponseHead) -> Bool {
    self.head = head
    return true
  }

  func takeBody(_ bytes: UnsafeRawBufferPointer) -> Int {
    guard body.count + bytes.count <= limit else {
      isTooLong = true
      return 0
    }
    body.append(contentsOf: bytes)
    return bytes.count
  }
}

extension ResponseHead {
  /// Whether the status is 2xx.
  var isSuccess: Bool { (200..<300).contains(status) }
}
