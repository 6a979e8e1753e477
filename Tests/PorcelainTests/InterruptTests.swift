import CommandSupport
import Foundation
import SystemPackage
import Testing

@testable import Porcelain

/// Each test runs in a process of its own, since signals belong to the whole of it.
@Suite struct InterruptTests {
  @Test func theFirstSignalAsks() async {
    await #expect(processExitsWith: .success) {
      takeSignals()
      precondition(!Interrupt.isRequested && !Interrupt.cancellation())
      raise(SIGTERM)
      precondition(Interrupt.isRequested && Interrupt.cancellation())
      precondition(Interrupt.signal == SIGTERM)
    }
  }

  @Test func theSecondSignalEndsAtOnce() async {
    await #expect(processExitsWith: .signal(SIGINT)) {
      takeSignals()
      raise(SIGINT)
      raise(SIGINT)
    }
    await #expect(processExitsWith: .signal(SIGTERM)) {
      takeSignals()
      raise(SIGINT)
      raise(SIGTERM)
    }
  }

  @Test func anIgnoredSignalStaysIgnored() async {
    await #expect(processExitsWith: .success) {
      signal(SIGHUP, SIG_IGN)
      takeSignals()
      raise(SIGHUP)
      precondition(!Interrupt.isRequested)
    }
  }

  @Test func aClosedPipeEndsQuietly() async {
    await #expect(processExitsWith: .signal(SIGPIPE)) {
      signal(SIGPIPE, SIG_IGN)
      takeSignals()
      let pipe = try FileDescriptor.pipe()
      try pipe.readEnd.close()
      _ = try pipe.writeEnd.writeAll([1])
    }
  }

  @Test func resizesAreCounted() async {
    await #expect(processExitsWith: .success) {
      takeSignals()
      let before = Interrupt.resizes
      raise(SIGWINCH)
      precondition(Interrupt.resizes == before + 1)
      precondition(!Interrupt.isRequested)
    }
  }

  /// Ctrl-C typed at a prompt, on a terminal that controls the process: the prompt returns though
  /// no line comes.
  @Test(.timeLimit(.minutes(1))) func ctrlCEndsTheWaitForALine() async {
    await #expect(processExitsWith: .exitCode(130)) {
      takeSignals()
      let terminal = try PseudoTerminal()
      try terminal.takeControl()
      let keyboard = terminal.keyboard
      Thread.detachNewThread {
        // In whatever moment it comes: before the prompt waits, or while it does.
        usleep(UInt32.random(in: 0..<30_000))
        _ = try? keyboard.writeAll("half a line\u{3}".utf8)
      }
      var lines = LinePrompt(
        input: terminal.terminal, output: TerminalOutput(terminal.terminal, variables: [:]))
      guard lines.ask("? ") == .interrupted else { exit(1) }
      guard lines.ask("again? ") == .interrupted else { exit(2) }
      exit(130)
    }
  }

  /// The signal may come to another thread than the one that waits.
  @Test(.timeLimit(.minutes(1))) func aSignalToAnotherThreadEndsTheWaitToo() async {
    await #expect(processExitsWith: .exitCode(130)) {
      takeSignals()
      let terminal = try PseudoTerminal()
      Thread.detachNewThread {
        usleep(UInt32.random(in: 0..<30_000))
        raise(SIGTERM)
      }
      var all = sigset_t()
      sigfillset(&all)
      pthread_sigmask(SIG_SETMASK, &all, nil)
      var lines = LinePrompt(
        input: terminal.terminal, output: TerminalOutput(terminal.terminal, variables: [:]))
      exit(lines.ask("? ") == .interrupted ? 130 : 1)
    }
  }

  @Test func theBlockIsErasedWhenTheSecondSignalEndsIt() async throws {
    let result = await #expect(
      processExitsWith: .signal(SIGINT), observing: [\.standardErrorContent]
    ) {
      takeSignals()
      Interrupt.showsBlock(true)
      raise(SIGINT)
      raise(SIGINT)
    }
    #expect(result?.standardErrorContent.suffix(4) == [0x0d, 0x1b, 0x5b, 0x4a])
  }
}

/// Takes the signals in the thread of the test: a thread of a pool blocks them.
private func takeSignals() {
  var none = sigset_t()
  sigemptyset(&none)
  pthread_sigmask(SIG_SETMASK, &none, nil)
  Interrupt.install()
}
