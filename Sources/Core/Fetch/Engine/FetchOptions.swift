/// How files are fetched. The defaults are what a user wants; tests shorten the waits.
package struct FetchOptions: Sendable {
  /// Files at once, at least 1.
  package var jobs = 4
  /// Connections at once in all, but at least one for each of ``jobs``.
  package var connections = 16
  /// Connections at once to one host and port, at least 1.
  package var connectionsPerHost = 8
  /// Connections at once for one file, at least 1.
  package var connectionsPerFile = 8
  /// A file is fetched over several connections when this many milliseconds of work are left.
  package var splitAfter = 3_000
  /// Bytes that one connection fetches at least before it asks for more, when there are several.
  package var smallestRange: Int64 = 1 << 20
  /// Milliseconds after which a server that refused a further connection for a file is asked for one
  /// again; doubled for each further refusal.
  package var refusalMemory = 30_000
  /// Tries without a byte in between before a file is given up, at least 1.
  package var attempts = 6
  /// Milliseconds before the second try; doubled for each further one.
  package var firstDelay = 1_000
  /// Milliseconds that a delay of ours never exceeds.
  package var longestDelay = 60_000
  /// Milliseconds that a server may ask for with `Retry-After`. A file is given up at once when it asks
  /// for more.
  package var longestServerDelay = 300_000
  /// Milliseconds over which too few bytes are a stall; also how long an answer may take to start.
  package var stallWindow = 30_000
  /// Bytes per second below which a connection counts as stalled.
  package var smallestRate = 1_024
  /// Milliseconds that a connection may take to be made.
  package var connectTimeout = 30_000
  /// Redirects followed for one request.
  package var redirects = 20
  /// Bytes after which what has arrived is synchronised and noted for the next run.
  package var syncInterval: Int64 = 64 << 20
  /// Milliseconds after which it is noted though less has arrived.
  package var syncPeriod = 5_000
  /// Milliseconds that the end of another process's work on the same file is waited for.
  package var longestWait = 300_000
  /// Milliseconds between two looks at another process's work.
  package var waitInterval = 500
  /// Whether directories below the models directory may be links that lead out of it.
  package var followsLinksOutOfRoot = false
  /// Milliseconds between two progress events of a file.
  package var progressInterval = 100
  /// Bytes of a part of a file that is sent to a bucket. Larger files are sent in parts; 10 000 parts
  /// are the most, so those of very large files are larger.
  package var partSize: Int64 = 64 << 20
  /// `User-Agent`.
  package var userAgent = "comfy"
  /// Start of the random numbers that spread the delays; `nil` for one of the system's.
  package var seed: UInt64?

  package init() {}
}
