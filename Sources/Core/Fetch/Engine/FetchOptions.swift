/// How files are fetched. The defaults are for users; tests shorten the waits.
package struct FetchOptions: Sendable {
  /// Default of ``jobs``.
  package static let usualJobs = 4

  /// Largest number of files at the same time, at least 1.
  package var jobs = usualJobs
  /// Largest number of simultaneous connections in all; at least one for each of ``jobs``.
  package var connections = 16
  /// Largest number of simultaneous connections to one host and port, at least 1.
  package var connectionsPerHost = 8
  /// Largest number of simultaneous connections for one file, at least 1.
  package var connectionsPerFile = 8
  /// A file is fetched over several connections if more than this many milliseconds of work are
  /// left; 0 splits every file.
  package var splitAfter = 3_000
  /// Smallest number of bytes that one of several connections requests at a time.
  package var smallestRange: Int64 = 1 << 20
  /// Milliseconds after which another connection is tried at a server that refused one for the same
  /// file.
  package var refusalMemory = 30_000
  /// Number of consecutive tries without new bytes before a file is given up, at least 1.
  package var attempts = 6
  /// Milliseconds before the second try; doubled for each later one. The actual delay is random,
  /// between half and all of this.
  package var firstDelay = 1_000
  /// Largest delay between tries, in milliseconds, unless the server asks for more.
  package var longestDelay = 60_000
  /// Largest number of milliseconds that a server may ask for with `Retry-After`. If it asks for
  /// more, the file is given up at once.
  package var longestServerDelay = 300_000
  /// Milliseconds in which too few bytes count as a stall; also the time in which an answer must
  /// start.
  package var stallWindow = 30_000
  /// Bytes per second below which a connection counts as stalled.
  package var smallestRate = 1_024
  /// Milliseconds in which a connection must be made.
  package var connectTimeout = 30_000
  /// Milliseconds without new bytes, over several tries, after which a file is given up; `nil` if
  /// only ``attempts`` counts.
  package var longestSilence: Int?
  /// Largest number of redirects that are followed for one request.
  package var redirects = 20
  /// Bytes between checkpoints. A checkpoint flushes the data and records it for the next run.
  package var syncInterval: Int64 = 64 << 20
  /// Milliseconds after which a checkpoint is made even if fewer bytes have arrived.
  package var syncPeriod = 5_000
  /// Longest wait, in milliseconds, for another process that is working on the same file.
  package var longestWait = 300_000
  /// Whether that wait starts again whenever the other process has made progress.
  package var waitsForProgress = true
  /// Milliseconds between two renewals of a claim, which show other machines that this process is
  /// alive. Must be much shorter than ``Claimant/lease``.
  package var renewalInterval = 20_000
  /// How partials are claimed.
  var claimant = Claimant.current
  /// Milliseconds between two checks whether the other process has finished.
  package var waitInterval = 500
  /// Whether directories below the models directory may be links that lead out of it.
  package var followsLinksOutOfRoot = false
  /// Milliseconds between two progress events of a file.
  package var progressInterval = 100
  /// A file with more bytes than this is sent to a bucket in parts of this size. The parts of very
  /// large files are larger, because a file has at most 10 000 of them.
  package var partSize: Int64 = 64 << 20
  /// Whether an endpoint of the machine or container is asked for keys of S3 services if no others
  /// are found.
  package var asksMachineForKeys = false
  /// Value of the header `User-Agent`.
  package var userAgent = "comfy"
  /// Seed of the random numbers that spread the delays; `nil` for a seed from the system.
  package var seed: UInt64?

  package init() {}

  /// Limits every wait: for another process, for the end of a pause that a server asks for, and for
  /// a server that sends nothing.
  ///
  /// - Parameter milliseconds: With 0, there is no wait for processes and pauses; the limits for a
  ///   silent server stay as they are.
  package mutating func limitWaits(to milliseconds: Int) {
    longestWait = milliseconds
    waitsForProgress = false
    longestServerDelay = milliseconds
    guard milliseconds > 0 else { return }
    longestSilence = milliseconds
    connectTimeout = min(connectTimeout, milliseconds)
    stallWindow = min(stallWindow, milliseconds)
  }

  /// The options for asking about files: only one try, and at most 10 seconds for the connection
  /// and for a stall. A download is worth a longer wait than a question.
  var forQuestions: FetchOptions {
    var options = self
    options.attempts = 1
    options.connectTimeout = min(connectTimeout, 10_000)
    options.stallWindow = min(stallWindow, 10_000)
    return options
  }
}
