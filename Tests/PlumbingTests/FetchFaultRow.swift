import TestServer

@testable import ComfyCore

/// How a run with a fault is to end, and what it asks on the way.
extension FetchFaultTests.Row {
  /// Tries without a byte in between.
  static let attempts = 4

  enum Ending {
    /// The file has one of these contents.
    case lands([[UInt8]])
    /// What is said of the file, and bytes kept of it.
    case fails(String, kept: Int64)
  }

  var ending: Ending {
    let body = FetchFaultScene.body
    if fault == .otherVersion {
      return .lands(situation == .ranges ? [body, served] : [served])
    }
    if case .changed = fault { return .lands(situation == .ranges ? [body, served] : [served]) }
    if case .wrongBytes(.nothing) = fault { return .lands([served]) }
    // Nobody can know better.
    if fault == .shortLength, situation == .first {
      return .lands([Array(body.prefix(body.count / 2))])
    }
    guard let words = finalWords else { return .lands([body]) }
    return .fails(words, kept: keptAtTheEnd)
  }

  /// What the server has for the file.
  private var served: [UInt8] {
    switch fault {
    case .otherVersion: FetchFaultScene.otherBody
    case .changed: FetchFaultScene.changedBody
    case .wrongBytes: FetchFaultScene.wrongBody
    default: FetchFaultScene.body
    }
  }

  /// Bytes that are there when nothing but the fault is left.
  private var start: Int {
    switch situation {
    case .first: 0
    case .resume: FetchFaultScene.kept
    case .ranges: FetchFaultScene.keptOfFirst
    }
  }

  // MARK: Failures

  /// What is said at the end; `nil` when the file lands.
  private var finalWords: String? {
    if case .wrongBytes(let promise) = fault {
      // What was kept may have been damaged: once more without it.
      return situation == .resume && !lasts ? nil : words(of: promise)
    }
    guard situation != .ranges || lasts else { return nil }
    if fault == .otherTotal, situation == .resume {
      return """
        unexpected response from '127.0.0.1': two different sizes for the same version of the file
        hint: check the URL, or set another with 'comfy add-intent'

        """
    }
    if let words = fault.finalWords { return words }
    switch fault {
    case .longLength where situation == .first:
      return """
        wrong size: 300009 bytes announced by the server, the file has 300000
        hint: ask who published it; nothing was put in place

        """
    default: return lasts ? fault.lastingWords : nil
    }
  }

  private func words(of promise: FetchFault.Promise) -> String {
    let (right, wrong) = (
      FetchFaultScene.hashes(of: FetchFaultScene.body),
      FetchFaultScene.hashes(of: FetchFaultScene.wrongBody)
    )
    let hashes =
      promise == .sha256
      ? "sha256 \(right.sha256.hex), but the file at its URL has \(wrong.sha256.hex)"
      : "blake3 \(right.blake3.hex), but the file at its URL has \(wrong.blake3.hex)"
    return """
      the workflow gives \(hashes)
      hint: 'comfy set-hash WORKFLOW NAME \(wrong.blake3.hex)' accepts that file, 'comfy add-intent' \
      names another source; the file is kept and not downloaded again

      """
  }

  /// Bytes that a run which fails leaves.
  private var keptAtTheEnd: Int64 {
    switch fault {
    // It is kept aside: the source has it for certain.
    case .wrongBytes: Int64(FetchFaultScene.body.count)
    case .longLength: 0
    case .cut(.half), .cut(.last), .shortLength: Int64(FetchFaultScene.body.count) - 1
    default: Int64(start)
    }
  }

  // MARK: Requests

  /// How many answers have the fault.
  var faults: Int {
    if case .wrongBytes = fault, situation == .ranges { return .max }
    return lasts ? .max : fault.count
  }

  /// The downloads that are asked for; `nil` where that is not certain.
  var asked: [String]? {
    guard situation != .ranges else { return nil }
    let isResume = situation == .resume
    switch fault {
    case .refused: return lasts ? [] : [at(start)]
    case .hangUp, .retryAfterDate, .cut(.head), .cut(.nothing), .reset(.head),
      .reset(.nothing), .stall(.head), .stall(.nothing):
      return requests { _ in 0 }
    case .status where fault.finalWords == nil: return requests { _ in 0 }
    case .cut(.one), .stall(.one): return requests { min($0, 1) }
    case .cut(.half), .stall(.half): return requests { $0 / 2 }
    case .cut(.last), .stall(.last): return requests { $0 - 1 }
    // What arrives before a reset is not certain.
    case .reset: return nil
    case .shorterPart where isResume: return requests(breaks: false) { max(1, $0 / 2) }
    case .shortLength where isResume: return requests(breaks: false) { $0 / 2 }
    case .oddLength: return [at(start), at(start)]
    case .longLength: return [at(start), at(FetchFaultScene.body.count)]
    case .ignoresRange where isResume, .ignoresCondition where isResume:
      return [at(start), at(start)]
    case .notSatisfiable where isResume, .wrongContentRange where isResume:
      return [at(start), at(0)]
    case .wrongBytes(.sha256) where isResume, .wrongBytes(.blake3) where isResume:
      return [at(start), at(0)]
    case .changed(.weakTag) where isResume, .changed(.weakTagAndDate) where isResume:
      return [at(start), at(0)]
    case .changed(.nothing): return [at(0)]
    case .redirect: return [at(start), at(start, "/far0")]
    case .expiredRedirect:
      return requests { $0 / 2 }.enumerated().flatMap { place, request in
        [request, request.replacing("/a", with: "/far\(place)")]
      }
    default: return [at(start)]
    }
  }

  private func at(_ position: Int, _ path: String = "/a") -> String {
    position == 0 ? "\(path) -" : "\(path) bytes=\(position)-"
  }

  /// The requests of a run in which each answer with the fault brings so many of the missing bytes.
  ///
  /// - Parameter breaks: Whether such an answer counts as a try that failed.
  private func requests(breaks: Bool = true, _ brings: (Int) -> Int) -> [String] {
    let count = FetchFaultScene.body.count
    var (position, best, attempts, faults) = (start, start, 0, 0)
    var requests: [String] = []
    while position < count {
      requests.append(at(position))
      faults += 1
      guard faults <= self.faults else { break }
      let brought = brings(count - position)
      position += brought
      if brought > 0, !breaks { continue }
      if position > best { (best, attempts) = (position, 0) }
      attempts += 1
      if attempts == Self.attempts { break }
    }
    return requests
  }
}

extension FetchFault {
  /// What is said at once, since another try would be no use.
  fileprivate var finalWords: String? {
    switch self {
    case .status(400): "'127.0.0.1' answered 400\n\(Self.checkURL)"
    case .status(401):
      "'127.0.0.1' needs a login (401)\nhint: write the login for 127.0.0.1 into ~/.netrc\n"
    case .status(403): "'127.0.0.1' refuses it (403)\n\(Self.inBrowser)"
    case .status(let status) where [404, 410].contains(status):
      "'127.0.0.1' has no such file (\(status))\n\(Self.checkURL)"
    case .status(451):
      "'127.0.0.1' withholds it for legal reasons (451)\n\(Self.inBrowser)"
    case .status(501): "'127.0.0.1' answered 501\n\(Self.later)"
    case .foreign(let foreign):
      "the server sent \(foreign.words)\nhint: open the URL in a browser; nothing was put in place\n"
    case .loop: "the redirects form a loop\n\(Self.checkURL)"
    case .noLocation:
      "unexpected response from '127.0.0.1': a redirect without a destination\n\(Self.checkURL)"
    case .hugeHead:
      "unexpected response from '127.0.0.1': the headers are too long\n\(Self.checkURL)"
    case .otherScheme: "a redirect leads to 'file', not to http or https\n\(Self.checkURL)"
    default: nil
    }
  }

  /// What is said when all tries went the same way; `nil` when such an answer is good enough.
  fileprivate var lastingWords: String? {
    switch self {
    case .status(429): "'127.0.0.1' reports too many requests (429)\nhint: wait, then \(Self.again)"
    case .status(let status): "'127.0.0.1' answered \(status)\n\(Self.later)"
    case .retryAfterDate: "'127.0.0.1' answered 503\n\(Self.later)"
    case .stall: "'127.0.0.1' sent almost no data for 0 seconds\nhint: \(Self.again)"
    case .refused, .hangUp, .cut, .reset, .shortLength:
      "cannot reach '127.0.0.1'\nhint: check the network, then \(Self.again)"
    default: nil
    }
  }

  private static let checkURL = "hint: check the URL, or set another with 'comfy add-intent'\n"
  private static let inBrowser = "hint: open the URL in a browser\n"
  private static let later =
    "hint: run the same command again later to resume\n"
  private static let again = "run the same command again to resume\n"
}

extension FetchFault.Foreign {
  fileprivate var words: String {
    switch self {
    case .html: "a web page instead of a model"
    case .json: "a JSON message instead of a model"
    case .lfs: "a git-lfs pointer instead of a model"
    case .empty: "nothing"
    }
  }
}
