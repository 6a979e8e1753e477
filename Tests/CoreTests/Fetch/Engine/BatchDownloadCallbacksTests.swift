import ComfyCore
import Synchronization
import Testing

@Suite struct BatchDownloadCallbacksTests {
  @Test("each event reaches its callback and no other")
  func dispatch() {
    let log = Mutex<[String]>([])
    let note: @Sendable (String) -> Void = { text in log.withLock { $0.append(text) } }
    let callbacks = BatchDownloadCallbacks(
      onBatchStart: { note("batch \($0)") },
      onFileStart: { note("start \($0.index)/\($0.count) \($0.filename)") },
      onFileProgress: { note("progress \($0.index) \($1) \($2.map(String.init) ?? "-")") },
      onFileComplete: { note("complete \($0.index) \($1.isSuccess)") },
      onBatchComplete: { note("end \($0)/\($1)") })
    let position = FetchPosition(index: 2, count: 3, filename: "a.pt")
    let events: [FetchEvent] = [
      .batchStart(count: 3, totalBytes: nil),
      .fileStart(position, FetchProgress(bytes: 0, total: 9)),
      .fileWaiting(position, processID: 7, limit: 1),
      .fileProgress(position, FetchProgress(bytes: 4, total: nil)),
      .fileRetry(position, attempt: 1, delay: 5, reason: .scheme("ftp")),
      .fileComplete(position, .cancelled(kept: 4)),
      .batchComplete(succeeded: 0, count: 3),
    ]
    events.forEach(callbacks.report)
    #expect(
      log.withLock { $0 } == [
        "batch 3", "start 2/3 a.pt", "progress 2 4 -", "complete 2 false", "end 0/3",
      ])
    events.forEach(BatchDownloadCallbacks().report)
  }
}
