internal import GRDB

/// What a hub answered to a question.
struct HubAnswer: Sendable, Hashable {
  /// The HTTP status: 200, or the one with which the hub said that it does not have this.
  var status: Int
  /// The entity tag. Sent with the next request, it shows whether anything has changed.
  var tag: String?
  /// The query of the next page.
  var next: String?
  /// When the hub last gave this answer, in seconds since 1970.
  var read: Int64
  var body: [UInt8]
}

extension Catalog {
  /// Seconds after which an answer that was not asked for again is dropped: ninety days.
  private static let keeping: Int64 = 90 * 86_400

  /// The last answer to a question; `nil` if it was never asked.
  func answer(to url: String) throws(IndexError) -> HubAnswer? {
    try read { database in
      try Row.fetchOne(database, sql: "SELECT * FROM answer WHERE url = ?", arguments: [url]).map {
        HubAnswer(
          status: $0["status"], tag: $0["tag"], next: $0["next"], read: $0["read"],
          body: Array(($0["body"] as String).utf8))
      }
    }
  }

  /// Stores the answer to a question, and drops old answers.
  func keep(_ answer: HubAnswer, to url: String) throws(IndexError) {
    try write { database in
      try database.execute(
        sql: "DELETE FROM answer WHERE read < ?", arguments: [answer.read - Self.keeping])
      try database.execute(
        sql: """
          INSERT INTO answer (url, status, tag, next, read, body) VALUES (?, ?, ?, ?, ?, ?)
          ON CONFLICT (url) DO UPDATE SET status = excluded.status, tag = excluded.tag,
            next = excluded.next, read = excluded.read, body = excluded.body
          """,
        arguments: [
          url, answer.status, answer.tag, answer.next, answer.read,
          String(decoding: answer.body, as: UTF8.self),
        ])
    }
  }

  /// Until when a host asked not to be contacted, in seconds since 1970; `nil` if it did not ask.
  func pause(of host: String) throws(IndexError) -> Int64? {
    try read {
      try Int64.fetchOne($0, sql: "SELECT until FROM pause WHERE host = ?", arguments: [host])
    }
  }

  /// Records that a host asked not to be contacted until a moment.
  func notePause(of host: String, until seconds: Int64) throws(IndexError) {
    try write {
      try $0.execute(
        sql: "INSERT OR REPLACE INTO pause (host, until) VALUES (?, ?)",
        arguments: [host, seconds])
    }
  }
}
