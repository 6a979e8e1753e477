package import ComfyCore

/// ` and asks to wait 24 hours`; nothing when there is nothing to wait for.
private func askedWait(_ seconds: Int?) -> String {
  guard let seconds, seconds > 0 else { return "" }
  return " and asks to wait \(durationText(seconds: seconds))"
}

extension HTTPRefusal {
  var words: String {
    "'\(host)' answered \(head.status)"
      + askedWait(retryAfter)
  }

  var way: String {
    head.status >= 500 || [408, 425].contains(head.status)
      ? "run the same command again later to resume"
      : anotherURL
  }
}

extension AccessRefusal: FailureConvertible {
  package var failure: Failure { Failure(code, words, hint: way) }

  private var who: String { hub?.rawValue ?? "'\(host)'" }

  private var words: String {
    let said = message.map { isSaid ? ": \($0)" : "" } ?? ""
    guard let withheldToken else { return answer + said }
    return "\(answer); the token in \(withheldToken.words) was not sent to the mirror" + said
  }

  /// Whether the server's own words tell more than ours.
  private var isSaid: Bool {
    switch reason {
    case .notFound, .rateLimited: false
    case .tokenMissing, .tokenRejected, .licenceNotAccepted, .accessPending, .tokenLacksGatedRead,
      .earlyAccess, .missingOrPrivate, .archived, .legal, .forbidden:
      true
    }
  }

  /// The status, and whether a token went along where one could.
  private var statusAndToken: String {
    variables.isEmpty ? "\(status)" : "\(status), \(tokenSent ? "token sent" : "no token sent")"
  }

  private var answer: String {
    switch reason {
    case .tokenMissing(let gated):
      "\(who) needs a login\(gated ? " and an accepted licence" : "") (\(statusAndToken))"
    case .tokenRejected:
      "\(who) does not accept the \(variables.isEmpty ? "login" : "token") (\(statusAndToken))"
    case .licenceNotAccepted: "the licence at \(who) is not accepted yet (\(statusAndToken))"
    case .accessPending: "access at \(who) was requested but is not granted yet (\(statusAndToken))"
    case .tokenLacksGatedRead:
      "the token is not allowed to read gated repositories (\(statusAndToken))"
    case .earlyAccess(let until):
      "early access at \(who)" + (until.map { " until \($0)" } ?? "") + " (\(statusAndToken))"
    case .notFound(let missing): "\(who) has no such \(missing.rawValue) (\(statusAndToken))"
    case .missingOrPrivate: "\(who) has no such repository, or it is private (\(statusAndToken))"
    case .archived: "\(who) no longer offers it (\(statusAndToken))"
    case .legal: "\(who) withholds it for legal reasons (\(statusAndToken))"
    case .rateLimited(let seconds):
      "\(who) reports too many requests (\(statusAndToken))"
        + askedWait(seconds)
    case .forbidden: "\(who) refuses it (\(statusAndToken))"
    }
  }

  private var way: String {
    if let withheldToken {
      return
        "'git config --global comfy.mirrorToken true' sends \(withheldToken.words) to the mirror, "
        + "if you trust it"
    }
    switch reason {
    case .rateLimited where !tokenSent && !variables.isEmpty:
      return "set \(variables[0]), with which the hub allows more requests; or wait, then run the "
        + "same command again"
    case .tokenMissing, .missingOrPrivate:
      let ways = [variables.first.map { "set \($0)" }, page.map { "see \($0)" }]
      let known = ways.compactMap { $0 }.joined(separator: "; ")
      return known.isEmpty ? "write the login for \(host) into ~/.netrc" : known
    case .tokenRejected:
      return hub?.tokenPage.map { "make another one: \($0)" }
        ?? "correct the login for \(host) in ~/.netrc"
    case .tokenLacksGatedRead: return "allow it to\(hub?.tokenPage.map { ": \($0)" } ?? "")"
    case .licenceNotAccepted: return page.map { "accept it: \($0)" } ?? inBrowser
    case .rateLimited: return "wait, then run the same command again to resume"
    case .notFound: return anotherURL
    case .accessPending, .earlyAccess, .archived, .legal, .forbidden:
      return page.map { "see \($0)" } ?? inBrowser
    }
  }

  private var inBrowser: String { "open the URL in a browser" }
}
