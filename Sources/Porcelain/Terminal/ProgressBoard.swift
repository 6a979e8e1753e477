internal import ComfyCore
internal import Plumbing

/// The state of a batch, and how its lines look. It has no side effects; times are passed in,
/// measured from any fixed origin.
struct ProgressBoard: Sendable {
  /// A file that is being downloaded, or waits for that.
  private struct File {
    let name: String
    var bytes: Int64 = 0
    var total: Int64?
    var note: StyledText?
    var meter = RateMeter()
  }

  private let symbols: Symbols
  private var fileCount = 0
  private var finishedCount = 0
  private var failedCount = 0
  private var preparation: StyledText?
  private var announcedBytes: Int64?
  private var finishedBytes: Int64 = 0
  /// Bytes that arrived in this run, for the rate of the whole batch.
  private var movedBytes: Int64 = 0
  private var meter = RateMeter()
  private var files: [Int: File] = [:]
  /// Indices of `files`, in the order in which they started.
  private var order: [Int] = []

  init(symbols: Symbols) {
    self.symbols = symbols
  }

  /// Applies an event.
  ///
  /// - Returns: The lasting line for a file that has ended.
  mutating func apply(_ event: FetchEvent, at time: Duration) -> StyledText? {
    switch event {
    case .surveyStart(let servers):
      preparation = "asking \(servers) \(servers == 1 ? "server" : "servers") for sizes"
    case .batchStart(let count, let bytes):
      preparation = nil
      fileCount = max(count, 0)
      announcedBytes = bytes
    case .fileStart(let position, let progress):
      start(position, total: progress.total)
      if progress.bytes > 0 { advance(position.index, progress, at: time) }
    case .fileProgress(let position, let progress):
      advance(position.index, progress, at: time)
    case .fileWaiting(let position, _, _), .fileRetry(let position, _, _, _):
      // A file that waits for another process has not started.
      if files[position.index] == nil { start(position, total: nil) }
      files[position.index]?.note = FetchHold(event).map { StyledText($0.text) }
    case .fileComplete(let position, let outcome):
      return finish(position.index, outcome)
    case .batchComplete: break
    }
    return nil
  }

  /// A line for each file that is being downloaded, in the order in which they started, and one for
  /// the whole batch.
  ///
  /// - Parameters:
  ///   - columns: The largest width of a line; at least 1.
  ///   - rows: The largest number of lines; the line for the whole batch is kept longest.
  ///   - time: The present time.
  /// - Returns: At least the line for the batch.
  func lines(columns: Int, rows: Int, at time: Duration) -> [StyledText] {
    let room = max(rows - 1, 0)
    let shown = order.count <= room ? order[...] : order.prefix(max(room - 1, 0))
    if let preparation {
      return [preparation.truncated(to: columns, ellipsis: symbols.ellipsis)]
    }
    let names = shown.compactMap { files[$0].map { SafeText.escaped($0.name).columns } }
    let layout = ProgressLayout(
      columns: columns, longestName: names.reduce(wordsOfTotal[0].columns, max), symbols: symbols)
    var lines = shown.compactMap { files[$0].map { line(of: $0, layout, at: time) } }
    if shown.count < order.count, room > 0 {
      let more: StyledText = "and \(order.count - shown.count) more"
      lines.append(more.truncated(to: columns, ellipsis: symbols.ellipsis))
    }
    let bytes = files.values.reduce(finishedBytes) { $0 &+ $1.bytes }
    return lines + [
      layout.line(
        name: layout.fitting(wordsOfTotal), bytes: bytes, total: announcedBytes,
        rate: meter.rate(at: time))
    ]
  }

  /// How much of the batch is done, from the longest wording to the shortest.
  private var wordsOfTotal: [StyledText] {
    let (done, of, failed) = (finishedCount, fileCount, failedCount)
    guard failed > 0 else {
      return ["\(done) of \(of) files", "\(done) of \(of)", "\(done)/\(of)"]
    }
    return [
      "\(done) of \(of) files, \(failed) failed", "\(done)/\(of), \(failed) failed",
      "\(failed) failed", "\(done)/\(of)",
    ]
  }

  private mutating func start(_ position: FetchPosition, total: Int64?) {
    if files[position.index] == nil { order.append(position.index) }
    files[position.index] = File(name: position.filename, total: total)
  }

  private mutating func advance(_ index: Int, _ progress: FetchProgress, at time: Duration) {
    let bytes = max(progress.bytes, 0)
    guard var file = files[index] else { return }
    if file.meter.isEmpty {
      // Bytes from an earlier run do not count as work of this one.
      file.meter.reset(to: bytes, at: time)
    } else {
      movedBytes &+= max(bytes &- file.bytes, 0)
      file.meter.add(bytes, at: time)
    }
    meter.add(movedBytes, at: time)
    file.bytes = bytes
    file.total = progress.total ?? file.total
    file.note = nil
    files[index] = file
  }

  private mutating func finish(_ index: Int, _ outcome: FetchOutcome) -> StyledText? {
    guard let file = files.removeValue(forKey: index) else { return nil }
    order.removeAll { $0 == index }
    finishedCount += 1
    guard case .landed(let landed) = outcome else {
      // Why, the end of the batch tells.
      failedCount += 1
      return nil
    }
    func skipped(_ reason: StyledText) -> StyledText {
      finishedBytes &+= file.total ?? 0
      return "\(symbols.done, .good) \(file.name)  \(reason)"
    }
    switch landed.arrival {
    case .adopted: return skipped("already here")
    case .stored: return skipped("already there")
    case .downloaded, .copied, .uploaded:
      finishedBytes &+= file.total ?? file.bytes
      return "\(symbols.done, .good) \(file.name)  \(Quantity.size(file.total ?? file.bytes), .dim)"
    }
  }

  private func line(of file: File, _ layout: ProgressLayout, at time: Duration) -> StyledText {
    if let note = file.note {
      return layout.line(name: StyledText(file.name), note: note)
    }
    return layout.line(
      name: StyledText(file.name), bytes: file.bytes, total: file.total,
      rate: file.meter.rate(at: time))
  }
}
