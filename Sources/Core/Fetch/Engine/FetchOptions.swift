/// How files are fetched. The defaults are meant for users; tests shorten the waits.
package struct FetchOptions: Sendable {
  /// The number of ``jobs`` when nobody says another.
  package static let usualJobs = 4

  /// Number of files at the same time, at least 1.
  package var jobs = usualJobs
  /// Number of simultaneous connections in all; at least one for each of ``jobs``.
  package var connections = 16
  /// Number of simultaneous connections to one host and port, at least 1.
  package var connectionsPerHost = 8
  /// Number of simultaneous connections for one file, at least 1.
  package var connectionsPerFile = 8
  /// A file is fetched over several connections if at least this many milliseconds of work are
  /// left.
  package var splitAfter = 3_000
  /// The smallest number of bytes that one of several connections requests at a time.
  package var smallestRange: Int64 = 1 << 20
  /// Milliseconds after which a server that refused an additional connection for a file is asked
  /// for one again.
  package var refusalMemory = 30_000
  /// Number of consecutive tries without new bytes before a file is given up, at least 1.
  package var attempts = 6
  /// Milliseconds before the second try; doubled for each later one.
  package var firstDelay = 1_000
  /// Largest delay between tries, in milliseconds, unless the server asks for more.
  package var longestDelay = 60_000
  /// Largest number of milliseconds that a server may ask for with `Retry-After`. If it asks for
  /// more, the file is given up at once.
  package var longestServerDelay = 300_000
  /// Milliseconds in which too few bytes count as a stall; also the time in which an answer has to
  /// start.
  package var stallWindow = 30_000
  /// Bytes per second below which a connection counts as stalled.
  package var smallestRate = 1_024
  /// Milliseconds in which a connection has to be made.
  package var connectTimeout = 30_000
  /// Milliseconds without new bytes after which a file is given up, over all its tries; `nil` leaves
  /// it to ``attempts``.
  package var longestSilence: Int?
  /// Redirects followed for one request.
  package var redirects = 20
  /// Bytes between checkpoints. A checkpoint flushes the data and records it for the next run.
  package var syncInterval: Int64 = 64 << 20
  /// Milliseconds after which a checkpoint is made even if fewer bytes have arrived.
  package var syncPeriod = 5_000
  /// Longest wait, in milliseconds, for another process that is working on the same file.
  package var longestWait = 300_000
  /// Whether that wait starts again whenever the other process has made progress.
  package var waitsForProgress = true
  /// Milliseconds between two signs to other machines that this process is working on a file. Much
  /// shorter than the lease of a claim.
  package var renewalInterval = 20_000
  /// Who claims files.
  var claimant = Claimant.current
  /// Milliseconds between two checks whether the other process has finished.
  package var waitInterval = 500
  /// Whether directories below the models directory may be links that lead out of it.
  package var followsLinksOutOfRoot = false
  /// Milliseconds between two progress events of a file.
  package var progressInterval = 100
  /// Bytes of a part of a file that is sent to a bucket. Larger files are sent in parts; 10 000 parts
  /// are the most, so those of very large files are larger.
  package var partSize: Int64 = 64 << 20
  /// Whether an endpoint of the machine or container is asked for keys of S3 services, where there are
  /// no others.
  package var asksMachineForKeys = false
  /// `User-Agent`.
  package var userAgent = "comfy"
  /// Seed of the random numbers that spread the delays; `nil` for a seed from the system.
  package var seed: UInt64?

  package init() {}

  /// Limits every wait: for another process, for a pause that a server asks for, and for a server
  /// that sends nothing.
  ///
  /// - Parameter milliseconds: 0 waits for no process and no pause; a server then has its usual time.
  package mutating func limitWaits(to milliseconds: Int) {
    longestWait = milliseconds
    waitsForProgress = false
    longestServerDelay = milliseconds
    guard milliseconds > 0 else { return }
    longestSilence = milliseconds
    connectTimeout = min(connectTimeout, milliseconds)
    stallWindow = min(stallWindow, milliseconds)
  }

  /// The options for asking about files: a download is retried, a question is not worth the wait.
  var forQuestions: FetchOptions {
    var options = self
    options.attempts = 1
    options.connectTimeout = min(connectTimeout, 10_000)
    options.stallWindow = min(stallWindow, 10_000)
    return options
  }
}
