package import ComfyCore

extension RecordKind {
  /// `event`: what happens while a batch is fetched.
  static let event = RecordKind(
    type: "event",
    fields: [
      "event", "time", "process", "index", "count", "filename", "bytes", "total", "attempt",
      "delay", "pid", "limit", "success", "succeeded", "arrival", "hash", "sha256", "code", "error",
      "hint",
    ],
    columns: ["event", "index", "filename"])
}

extension Record {
  /// An event with the time it happened, in UTC, and the id of the process in which it did.
  static func event(_ event: FetchEvent, at time: Timestamp, in process: Int?) -> Record? {
    self.event(event).map { record in
      var fields = record.fields.map { ($0.name, Value?.some($0.value)) }
      fields.insert(("time", .text(time.utc)), at: 1)
      fields.insert(("process", .integer(process)), at: 2)
      return Record(record.kind, fields)
    }
  }

  /// `nil` for what only people want to know.
  static func event(_ event: FetchEvent) -> Record? {
    switch event {
    case .surveyStart: nil
    case .batchStart(let count, let total):
      Record(.event, [name("batch_start"), ("count", .integer(count)), ("total", .integer(total))])
    case .fileStart(let position, let progress):
      Record(.event, [name("file_start")] + fields(of: position) + fields(of: progress))
    case .fileProgress(let position, let progress):
      Record(.event, [name("file_progress")] + fields(of: position) + fields(of: progress))
    case .fileWaiting(let position, let processID, let limit):
      Record(
        .event,
        [name("file_waiting")] + fields(of: position) + [
          ("pid", .integer(processID)), ("limit", .integer(limit)),
        ])
    case .fileRetry(let position, let attempt, let delay, let reason):
      Record(
        .event,
        [name("file_retry")] + fields(of: position) + [
          ("attempt", .integer(attempt)), ("delay", .integer(delay)),
        ] + fields(of: reason.failure))
    case .fileComplete(let position, let outcome):
      Record(.event, [name("file_complete")] + fields(of: position) + fields(of: outcome))
    case .batchComplete(let succeeded, let count):
      Record(
        .event,
        [
          name("batch_complete"), ("count", .integer(count)),
          ("success", .truth(succeeded == count)), ("succeeded", .integer(succeeded)),
        ])
    }
  }

  private static func name(_ name: String) -> (String, Value?) { ("event", .text(name)) }

  private static func fields(of position: FetchPosition) -> [(String, Value?)] {
    [
      ("index", .integer(position.index)), ("count", .integer(position.count)),
      ("filename", .text(position.filename)),
    ]
  }

  private static func fields(of progress: FetchProgress) -> [(String, Value?)] {
    [("bytes", .integer(progress.bytes)), ("total", .integer(progress.total))]
  }

  private static func fields(of failure: Failure) -> [(String, Value?)] {
    [
      ("code", .text(failure.code)), ("error", .text(failure.message)),
      ("hint", .text(failure.hint)),
    ]
  }

  private static func fields(of outcome: FetchOutcome) -> [(String, Value?)] {
    switch outcome {
    case .landed(let file): fields(of: file, isRecorded: true)
    case .unrecorded(let file, _):
      fields(of: file, isRecorded: false) + (outcome.failure.map(fields) ?? [])
    default: [("success", .truth(false))] + (outcome.failure.map(fields) ?? [])
    }
  }

  private static func fields(of file: FetchedFile, isRecorded: Bool) -> [(String, Value?)] {
    [
      ("bytes", .integer(file.size)), ("success", .truth(isRecorded)),
      ("arrival", .text(file.arrival.rawValue)), ("hash", .text(file.blake3.hex)),
      ("sha256", .text(file.sha256.hex)),
    ]
  }
}

extension FetchOutcome {
  /// What is told of a file that is not there, or not recorded; `nil` for one that is.
  package var failure: Failure? {
    switch self {
    case .landed: nil
    case .unrecorded(_, let error): Failure(error)
    case .failed(let error): error.failure
    case .cancelled: .interrupted
    }
  }
}
