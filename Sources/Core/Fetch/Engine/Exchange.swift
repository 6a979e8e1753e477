internal import CCurl

/// Receives the answer of an ``Exchange``. Called on the thread that drives libcurl.
protocol ExchangeReceiver: AnyObject {
  /// Takes the answer's head, once; `false` ends the exchange.
  func takeHead(_ head: ResponseHead) -> Bool
  /// Takes bytes of the body; returns the number taken, or libcurl's code for a pause. Fewer bytes
  /// than given end the exchange.
  func takeBody(_ bytes: UnsafeRawBufferPointer) -> Int
}

/// How connections are made.
struct ConnectionSettings: Sendable {
  let options: FetchOptions
  let proxies: ProxySettings
  let certificates: Certificates

  init(_ options: FetchOptions, _ environment: ProcessEnvironment) {
    self.options = options
    proxies = ProxySettings(environment)
    certificates = Certificates(environment)
  }
}

/// One request over libcurl, and its answer. Redirects are not followed: they are answers, too.
final class Exchange {
  private static let longestHead = 256 << 10

  let easy: UnsafeMutableRawPointer
  /// The private address to which no connection was made; `nil` when that did not happen.
  private(set) var refusedAddress: String?
  /// Why the head was not read to its end; `nil` if it was.
  private(set) var headFault: FetchError.ProtocolDetail?
  private unowned let receiver: any ExchangeReceiver
  private var headers: UnsafeMutablePointer<curl_slist>?
  private let callbacks: UnsafeMutablePointer<comfy_transfer_callbacks>
  private var head = ResponseHead(status: 0)
  private var headLength = 0
  private var isHeadTaken = false
  private var body: UploadBody?

  /// `nil` when libcurl has no memory.
  init?(
    _ address: WebAddress, _ settings: ConnectionSettings, allowsPrivateAddresses: Bool,
    receiver: any ExchangeReceiver
  ) {
    guard let easy = comfy_easy_init() else { return nil }
    self.easy = easy
    self.receiver = receiver
    callbacks = .allocate(capacity: 1)
    callbacks.initialize(to: comfy_transfer_callbacks())
    set(CURLOPT_URL, address.url)
    set(CURLOPT_USERAGENT, settings.options.userAgent)
    set(CURLOPT_NOSIGNAL, 1)
    set(CURLOPT_FOLLOWLOCATION, 0)
    set(CURLOPT_BUFFERSIZE, 256 << 10)
    set(CURLOPT_TCP_KEEPALIVE, 1)
    set(CURLOPT_SUPPRESS_CONNECT_HEADERS, 1)
    set(CURLOPT_CONNECTTIMEOUT_MS, settings.options.connectTimeout)
    // HTTP 1.1, so that each range has a connection of its own instead of sharing one.
    set(CURLOPT_HTTP_VERSION, 2)
    let proxy = settings.proxies.proxy(for: address)
    set(CURLOPT_PROXY, proxy ?? "")
    set(CURLOPT_NOPROXY, "")
    settings.certificates.file.map { set(CURLOPT_CAINFO, $0) }
    settings.certificates.directory.map { set(CURLOPT_CAPATH, $0) }
    // As an option, because a signature would cover a header that we add. If a server encodes the
    // body all the same, it is not decoded.
    set(CURLOPT_ACCEPT_ENCODING, "identity")
    set(CURLOPT_HTTP_CONTENT_DECODING, 0)
    setCallbacks(checksAddress: proxy == nil && !allowsPrivateAddresses)
  }

  deinit {
    comfy_easy_cleanup(easy)
    headers.map { comfy_list_free($0) }
    callbacks.deallocate()
  }

  func set(_ option: CURLoption, _ value: String) {
    _ = comfy_easy_set_string(easy, option, value)
  }

  func set(_ option: CURLoption, _ value: Int) {
    _ = comfy_easy_set_long(easy, option, value)
  }

  /// Adds the header fields and the credential of a source, if the request goes to the source's own
  /// origin.
  ///
  /// - Returns: Whether a credential was added.
  func addFields(of source: FetchSource, along trail: RedirectTrail) -> Bool {
    guard trail.isAtSource else { return false }
    for field in source.fields { addHeader(field.name, field.value) }
    if let signing = source.credential?.signing(for: trail.address.origin) {
      sign(with: signing, content: Self.unsignedContent)
      return true
    }
    guard let value = source.credential?.authorization(for: trail.address.origin) else {
      return false
    }
    addHeader("Authorization", value)
    return true
  }

  /// Sent in place of a body's hash when the signature does not cover the body.
  static let unsignedContent = "UNSIGNED-PAYLOAD"

  /// Makes libcurl sign the request for an S3 service.
  ///
  /// - Parameter content: SHA-256 of the body in hexadecimal, or ``unsignedContent``. Services
  ///   require it in a header, which not every version of libcurl sends.
  func sign(with signing: RequestSigning, content: String) {
    set(CURLOPT_AWS_SIGV4, signing.scope)
    set(CURLOPT_USERPWD, signing.userPassword)
    addHeader("x-amz-content-sha256", content)
    signing.sessionToken.map { addHeader("x-amz-security-token", $0) }
  }

  /// Sends a body with the request.
  ///
  /// - Parameters:
  ///   - method: `PUT` or `POST`. Both are sent as uploads, because libcurl would add the
  ///     `Content-Type` of a form to any other request with a body.
  ///   - body: May be empty. It is kept until the exchange is released.
  func upload(_ method: String, _ body: UploadBody) {
    self.body = body
    set(CURLOPT_UPLOAD, 1)
    set(CURLOPT_UPLOAD_BUFFERSIZE, 1 << 20)
    set(CURLOPT_CUSTOMREQUEST, method)
    _ = comfy_easy_set_offset(easy, CURLOPT_INFILESIZE_LARGE, body.size)
    // If a service does not answer `Expect: 100-continue`, the body is sent after this time.
    set(CURLOPT_EXPECT_100_TIMEOUT_MS, 200)
    let read: comfy_bytes_callback = { buffer, size, count, context in
      guard let context, let buffer else { return 0x1000_0000 }
      let space = UnsafeMutableRawBufferPointer(start: buffer, count: size * count)
      return Unmanaged<UploadBody>.fromOpaque(context).takeUnretainedValue().read(into: space)
        ?? 0x1000_0000
    }
    _ = comfy_easy_set_read(easy, read, Unmanaged.passUnretained(body).toOpaque())
  }

  /// Adds a request header without control characters, because a line ending would start another
  /// header.
  func addHeader(_ name: String, _ value: String) {
    let visible = String(String.UnicodeScalarView(value.unicodeScalars.filter { $0.value >= 0x20 }))
    headers = comfy_list_append(headers, "\(name): \(visible)") ?? headers
    _ = comfy_easy_set_list(easy, CURLOPT_HTTPHEADER, headers)
  }

  private func setCallbacks(checksAddress: Bool) {
    callbacks.pointee.context = Unmanaged.passUnretained(self).toOpaque()
    callbacks.pointee.header = { bytes, size, count, context in
      guard let context, let bytes else { return 0 }
      let exchange = Unmanaged<Exchange>.fromOpaque(context).takeUnretainedValue()
      let line = UnsafeRawBufferPointer(start: bytes, count: size * count)
      return exchange.takeHeaderLine(line) ? size * count : 0
    }
    callbacks.pointee.body = { bytes, size, count, context in
      guard let context, let bytes else { return 0 }
      let exchange = Unmanaged<Exchange>.fromOpaque(context).takeUnretainedValue()
      return exchange.receiver.takeBody(UnsafeRawBufferPointer(start: bytes, count: size * count))
    }
    if checksAddress {
      callbacks.pointee.address = { address, length, context in
        guard let context else { return false }
        let bytes = UnsafeRawBufferPointer(start: address, count: length)
        return Unmanaged<Exchange>.fromOpaque(context).takeUnretainedValue()
          .mayConnect(to: IPAddress(socketAddress: bytes))
      }
      callbacks.pointee.peer = { address, context in
        guard let context, let address else { return false }
        return Unmanaged<Exchange>.fromOpaque(context).takeUnretainedValue()
          .mayConnect(to: IPAddress(String(cString: address)))
      }
    }
    _ = comfy_easy_set_callbacks(easy, callbacks)
  }

  /// Takes a line of the head; `false` ends the exchange.
  private func takeHeaderLine(_ bytes: UnsafeRawBufferPointer) -> Bool {
    guard !isHeadTaken else { return true }
    headLength += bytes.count
    if headLength > Self.longestHead { headFault = .headSize }
    // Such a line continues the one before it, which libcurl has read without it, and has acted on:
    // RFC 9112, section 5.2.
    if let first = bytes.first, first == 0x20 || first == 0x09 { headFault = .foldedLine }
    guard headFault == nil else { return false }
    let line = bytes.filter { $0 != 0x0D && $0 != 0x0A }
    if line.starts(with: Array("HTTP/".utf8)) {
      let words = line.split(separator: 0x20, maxSplits: 2)
      let status = words.count > 1 ? Int(String(decoding: words[1], as: UTF8.self)) : nil
      head = ResponseHead(status: status ?? 0)
    } else if let colon = line.firstIndex(of: 0x3A) {
      let value = String(decoding: line[(colon + 1)...], as: UTF8.self)
      let name = String(decoding: line[..<colon], as: UTF8.self)
      head.fields.append(ResponseHead.Field(name: name, value: String(value.trimmingBlanks)))
    } else if line.isEmpty, head.status >= 200 {
      isHeadTaken = true
      return receiver.takeHead(head)
    }
    return true
  }

  private func mayConnect(to address: IPAddress?) -> Bool {
    guard let address, !address.isPrivate else {
      refusedAddress = address?.text ?? "?"
      return false
    }
    return true
  }
}

/// Where the certificates of trusted authorities are, if libcurl does not find them by itself.
struct Certificates: Sendable {
  var file: String?
  var directory: String?

  init(_ environment: ProcessEnvironment) {
    file = environment["CURL_CA_BUNDLE"] ?? environment["SSL_CERT_FILE"]
    directory = environment["SSL_CERT_DIR"]
    if file == nil, directory == nil { file = CurlLibrary.certificates(environment) }
  }
}
