import Testing

@testable import ComfyCore

@Suite struct ChannelTests {
  @Test("a wait with an end gives what is there, and nothing when nothing comes")
  func bounded() {
    let channel = Channel<Int>()
    #expect(channel.take(within: 0) == nil)
    channel.put(1)
    channel.put(2)
    #expect(channel.take(within: 3600) == 1)
    #expect(channel.take(within: 0) == 2)
    #expect(channel.take(within: 0) == nil)
  }

  @Test("a wait with an end is over as soon as something comes")
  func woken() throws {
    let channel = Channel<Int>()
    let thread = try #require(RunningThread { channel.put(1) })
    #expect(channel.take(within: 3600) == 1)
    thread.join()
  }
}
