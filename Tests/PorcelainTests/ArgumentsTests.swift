import Testing

@testable import Porcelain

@Suite("Arguments")
struct ArgumentsTests {
  @Test("the words of the command line are those that the process was started with")
  func words() {
    #expect(Process.arguments().words == CommandLine.arguments)
    #expect(Process.arguments().spoiled == nil)
  }
}
