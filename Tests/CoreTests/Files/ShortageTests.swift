import SystemPackage
import Testing

@testable import ComfyCore

@Suite struct ShortageTests {
  @Test("what is there is no shortage; what no system has is one") func reasons() {
    #expect(Shortage.reason(descriptors: 1, bytes: 1 << 20) == nil)
    #expect(Shortage.reason(descriptors: 0, bytes: .max / 2) == .noMemory)
  }
}
