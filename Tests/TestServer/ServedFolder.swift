import SystemLibrary

/// A folder as a plain CDN serves it; bytes go from the file to the connection, never into memory.
public struct ServedFolder: Sendable {
  /// Path of the folder.
  public var path: String

  public init(_ path: String) { self.path = path }

  /// The file that the request's path names below the folder, ranges and `If-Range` obeyed; 404
  /// for everything else.
  public func reply(to request: Request) -> Reply {
    guard let names = Self.names(in: request.path), let file = FileBytes("\(path)/\(names)") else {
      return .text(404, "not found\n")
    }
    let headers = [
      (name: "Content-Type", value: "application/octet-stream"),
      (name: "Accept-Ranges", value: "bytes"), (name: "ETag", value: file.entityTag),
    ]
    let condition = request["If-Range"]
    guard let range = request.range, condition == nil || condition == file.entityTag else {
      return Reply(200, headers: headers, file: file)
    }
    let end = min(range.end ?? file.count, file.count)
    guard range.start < end else {
      return Reply(416, headers: headers + [("Content-Range", "bytes */\(file.count)")])
    }
    let part = (name: "Content-Range", value: "bytes \(range.start)-\(end - 1)/\(file.count)")
    return Reply(206, headers: headers + [part], file: file.part(range.start..<end))
  }

  /// The path without its leading slash and percent encoding; `nil` when it could leave the folder.
  private static func names(in path: String) -> String? {
    var bytes: [UInt8] = []
    var rest = path.utf8.dropFirst()
    while let byte = rest.popFirst() {
      guard byte == UInt8(ascii: "%") else {
        bytes.append(byte)
        continue
      }
      guard let value = UInt8(String(decoding: rest.prefix(2), as: UTF8.self), radix: 16) else {
        return nil
      }
      bytes.append(value)
      rest = rest.dropFirst(2)
    }
    guard !bytes.contains(0) else { return nil }
    let text = String(decoding: bytes, as: UTF8.self)
    let names = text.split(separator: "/", omittingEmptySubsequences: false)
    return names.contains { $0.isEmpty || $0 == "." || $0 == ".." } ? nil : text
  }
}

/// Bytes of a regular file, open as long as anybody holds them.
public struct FileBytes: Sendable {
  private final class OpenFile: Sendable {
    let descriptor: Int32
    init(_ descriptor: Int32) { self.descriptor = descriptor }
    deinit { close(descriptor) }
  }

  private let file: OpenFile
  private let range: Range<Int>
  /// Tells the file's versions apart: its size and time of change.
  public let entityTag: String

  /// The whole file at a path; `nil` when there is none that can be read.
  public init?(_ path: String) {
    let descriptor = open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { return nil }
    file = OpenFile(descriptor)
    var status = stat()
    guard fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG else { return nil }
    range = 0..<Int(status.st_size)
    #if canImport(Darwin)
      let time = status.st_mtimespec
    #else
      let time = status.st_mtim
    #endif
    entityTag = "\"\(status.st_size)-\(time.tv_sec)-\(time.tv_nsec)\""
  }

  private init(_ whole: FileBytes, _ range: Range<Int>) {
    file = whole.file
    entityTag = whole.entityTag
    self.range = range
  }

  public var count: Int { range.count }

  /// Some of the bytes, counted from the first of them.
  public func part(_ part: Range<Int>) -> FileBytes {
    FileBytes(self, part.clamped(to: 0..<count).shifted(by: range.lowerBound))
  }

  /// Sends a part to a connection; whether all of it went.
  func send(_ part: Range<Int>, to connection: Int32) -> Bool {
    let part = part.shifted(by: range.lowerBound)
    var position = off_t(part.lowerBound)
    while position < part.upperBound {
      #if os(Linux)
        let count = sendfile(
          connection, file.descriptor, &position, part.upperBound - Int(position))
        if count < 0, errno == EINTR { continue }
        guard count > 0 else { return false }
      #else
        var count = off_t(part.upperBound) - position
        let isSent = sendfile(file.descriptor, connection, position, &count, nil, 0) == 0
        guard isSent || count > 0 else { return false }
        position += count
      #endif
    }
    return true
  }
}

extension Range<Int> {
  fileprivate func shifted(by offset: Int) -> Range<Int> {
    lowerBound + offset..<upperBound + offset
  }
}
