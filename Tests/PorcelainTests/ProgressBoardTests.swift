import ComfyCore
import SystemPackage
import Testing

@testable import Porcelain

/// Events of a batch in short form.
extension FetchEvent {
  static func started(index: Int, name: String, total: Int64?) -> FetchEvent {
    .fileStart(
      FetchPosition(index: index, count: 9, filename: name), FetchProgress(bytes: 0, total: total))
  }

  static func advanced(index: Int, bytes: Int64, total: Int64?) -> FetchEvent {
    .fileProgress(
      FetchPosition(index: index, count: 9, filename: ""),
      FetchProgress(bytes: bytes, total: total))
  }

  static func waiting(index: Int) -> FetchEvent {
    .fileWaiting(
      FetchPosition(index: index, count: 9, filename: ""), processID: 4711, limit: 60_000)
  }

  /// - Parameter arrival: `nil` for a file that could not be downloaded.
  static func finished(index: Int, _ arrival: FetchedFile.Arrival?) -> FetchEvent {
    let outcome = arrival.flatMap { arrival in
      ModelHash(String(repeating: "ab", count: 32)).flatMap { blake3 in
        SHA256Hash(String(repeating: "cd", count: 32)).map { sha256 in
          FetchOutcome.landed(
            FetchedFile(
              path: "/m", size: 1, blake3: blake3, sha256: sha256, arrival: arrival,
              isVerified: true, received: 1, heads: []))
        }
      }
    }
    return .fileComplete(
      FetchPosition(index: index, count: 9, filename: ""), outcome ?? .cancelled(kept: 0))
  }
}

@Suite struct ProgressBoardTests {
  private static let mebibyte: Int64 = 1 << 20

  /// Two files on their way for ten seconds, at 10 MiB/s and 1 MiB/s, and one that is done.
  private static func board(symbols: Symbols = .unicode) -> ProgressBoard {
    var board = ProgressBoard(symbols: symbols)
    var lines: [StyledText] = []
    func take(_ event: FetchEvent, _ seconds: Int) {
      if let line = board.apply(event, at: .seconds(seconds)) { lines.append(line) }
    }
    take(.batchStart(count: 4, totalBytes: 900 * mebibyte), 0)
    take(.started(index: 0, name: "juggernautXL_v9Rundiffusionphoto2.safetensors", total: nil), 0)
    take(.started(index: 1, name: "墨絵.safetensors", total: 40 * mebibyte), 0)
    for second in 0...10 {
      let seconds = Int64(second)
      take(
        .advanced(index: 0, bytes: (100 + 10 * seconds) * mebibyte, total: 800 * mebibyte), second)
      take(.advanced(index: 1, bytes: seconds * mebibyte, total: nil), second)
    }
    take(.started(index: 2, name: "done.vae", total: 10 * mebibyte), 10)
    take(.finished(index: 2, .downloaded), 10)
    return board
  }

  @Test func wide() {
    let lines = Self.board().lines(columns: 119, rows: 10, at: .seconds(10)).map(\.plain)
    #expect(
      lines == [
        "juggernautXL_v9Rundiffusionphoto2.safetensors  ━━━━━━━───────────────────────"
          + "    200 MiB / 800 MiB  10.0 MiB/s     1:00",
        "墨絵.safetensors                               ━━━━━━━───────────────────────"
          + "  10.0 MiB / 40.0 MiB   1.0 MiB/s     0:30",
        "1 of 4 files                                   ━━━━━━━───────────────────────"
          + "    220 MiB / 900 MiB  11.1 MiB/s     1:01",
      ])
  }

  @Test func narrow() {
    #expect(
      Self.board(symbols: .ascii).lines(columns: 39, rows: 10, at: .seconds(10)).map(\.plain) == [
        "jug...photo2   25%  10.0 MiB/s     1:00",
        "墨絵           25%   1.0 MiB/s     0:30",
        "1 of 4 files   24%  11.1 MiB/s     1:01",
      ])
  }

  /// The words for the whole batch are never cut.
  @Test(arguments: [
    (39, 12, 0, "12 of 99"), (41, 1, 1, "1/99, 1 failed"),
    (80, 12, 3, "12 of 99 files, 3 failed"), (39, 40, 40, "40 failed"),
  ])
  func theTotalIsWorded(_ columns: Int, _ finished: Int, _ failed: Int, _ words: String) {
    var board = ProgressBoard(symbols: .unicode)
    _ = board.apply(.batchStart(count: 99, totalBytes: nil), at: .zero)
    for index in 0..<finished {
      _ = board.apply(.started(index: index, name: "a", total: nil), at: .zero)
      _ = board.apply(.finished(index: index, index < failed ? nil : .downloaded), at: .zero)
    }
    let line = board.lines(columns: columns, rows: 4, at: .seconds(1)).last?.plain ?? ""
    #expect(line.hasPrefix(words + "  "), "\(line)")
  }

  @Test func everyWidthAndHeightIsKept() {
    var board = Self.board()
    _ = board.apply(
      .started(index: 9, name: "\u{1b}[2J\n" + String(repeating: "長", count: 300), total: nil),
      at: .seconds(1))
    _ = board.apply(.waiting(index: 1), at: .seconds(1))
    for columns in 1...260 {
      for rows in 1...6 {
        let lines = board.lines(columns: columns, rows: rows, at: .seconds(11))
        #expect(lines.count == min(rows, 4))
        for line in lines {
          #expect(line.columns <= columns)
          #expect(!line.plain.unicodeScalars.contains { $0.properties.generalCategory == .control })
        }
      }
    }
  }

  @Test func filesThatDoNotFitAreCounted() {
    var board = ProgressBoard(symbols: .unicode)
    _ = board.apply(.batchStart(count: 30, totalBytes: nil), at: .zero)
    for index in 0..<12 {
      _ = board.apply(.started(index: index, name: "f\(index)", total: 10), at: .zero)
    }
    let lines = board.lines(columns: 79, rows: 5, at: .zero).map(\.plain)
    #expect(lines.count == 5)
    #expect(lines[3] == "and 9 more")
    #expect(lines[4].hasPrefix("0 of 30 files"))
  }

  @Test("a file that waits for another process is shown before it starts")
  func waitingFiles() {
    var board = ProgressBoard(symbols: .ascii)
    _ = board.apply(.batchStart(count: 1, totalBytes: 10), at: .zero)
    _ = board.apply(
      .fileWaiting(
        FetchPosition(index: 3, count: 9, filename: "a.pt"), processID: 4711, limit: 60_000),
      at: .zero)
    func first() -> String {
      board.lines(columns: 119, rows: 5, at: .zero).first.map(\.plain) ?? ""
    }
    #expect(first().hasPrefix("a.pt  "))
    #expect(first().contains("waiting for another process (pid 4711)"))
    _ = board.apply(.started(index: 3, name: "a.pt", total: 10), at: .zero)
    #expect(!first().contains("waiting"))
    #expect(board.lines(columns: 119, rows: 5, at: .zero).count == 2)
  }

  @Test func endsOfFiles() {
    var board = ProgressBoard(symbols: .ascii)
    func end(_ arrival: FetchedFile.Arrival?, _ total: Int64?) -> String? {
      _ = board.apply(.started(index: 7, name: "a\tb", total: total), at: .zero)
      return board.apply(.finished(index: 7, arrival), at: .zero)?.plain
    }
    #expect(end(.downloaded, 2048) == #"ok a\tb  2.0 KiB"#)
    #expect(end(.stored, nil) == #"ok a\tb  already there"#)
    #expect(end(.adopted, nil) == #"ok a\tb  already here"#)
    // Why, the end of the batch tells.
    #expect(end(nil, 1) == nil)
    #expect(board.apply(.finished(index: 7, .downloaded), at: .zero) == nil)
    #expect(board.apply(.finished(index: 99, .downloaded), at: .zero) == nil)
    #expect(
      board.lines(columns: 79, rows: 5, at: .zero).map(\.plain).last?
        .hasPrefix("4 of 0 files, 1 failed") == true)
  }

  @Test func oddNumbersDoNotTrap() {
    var board = ProgressBoard(symbols: .unicode)
    let odd: [Int64] = [.min, -1, 0, 1, .max]
    _ = board.apply(.batchStart(count: -3, totalBytes: .max), at: .zero)
    _ = board.apply(.advanced(index: 5, bytes: 1, total: 1), at: .zero)
    for index in 0..<5 {
      _ = board.apply(.started(index: index, name: "", total: odd[index]), at: .zero)
      for (second, bytes) in odd.enumerated() {
        for total in odd {
          _ = board.apply(
            .advanced(index: index, bytes: bytes, total: total), at: .seconds(second * 100))
          _ = board.lines(columns: 119, rows: 9, at: .seconds(second))
        }
      }
    }
    for index in 0..<5 { _ = board.apply(.finished(index: index, .downloaded), at: .zero) }
    _ = board.lines(columns: 119, rows: 9, at: .seconds(-5))
  }

  @Test func rates() {
    var meter = RateMeter()
    meter.reset(to: 5_000_000, at: .zero)
    #expect(meter.rate(at: .milliseconds(100)) == nil)
    for step in 1...100 {
      meter.add(5_000_000 + Int64(step) * 100_000, at: .milliseconds(step * 100))
    }
    // Sampled, so near to a million bytes a second, and nothing of what an earlier run left.
    #expect(abs((meter.rate(at: .seconds(10)) ?? 0) - 1_000_000) < 50_000)
    // A line that stalls.
    #expect((meter.rate(at: .seconds(14)) ?? -1) < 600_000)
    #expect(meter.rate(at: .seconds(30)) == 0)
    // A start from the beginning is no negative rate.
    meter.add(10, at: .seconds(31))
    #expect(meter.rate(at: .seconds(32)) == 0)
  }
}
