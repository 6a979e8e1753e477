import Testing

@testable import Plumbing

@Suite struct QuantityTests {
  @Test(
    arguments: [
      (0, "0 B"), (-5, "0 B"), (1023, "1023 B"), (1024, "1.0 KiB"), (1536, "1.5 KiB"),
      (102_399, "99.9 KiB"), (102_400, "100 KiB"), (1_048_575, "1023 KiB"), (1_048_576, "1.0 MiB"),
      (6_938_041_344, "6.4 GiB"), (Int64.max, "7.9 EiB"),
    ] as [(Int64, String)])
  func size(_ bytes: Int64, _ expected: String) {
    #expect(Quantity.size(bytes) == expected)
    #expect(expected.count <= 10)
  }

  @Test(
    arguments: [
      (0, "0:00"), (7, "0:07"), (750, "12:30"), (3723, "1:02:03"), (273_600, "3d 04h"),
      (86_400 * 100, ">99d"), (-3, "0:00"),
    ] as [(Int64, String)])
  func time(_ seconds: Int64, _ expected: String) {
    #expect(Quantity.time(.seconds(seconds)) == expected)
    #expect(expected.count <= 8)
  }

  @Test func ratesOfAnyNumber() {
    #expect(Quantity.rate(40_000_000) == "38.1 MiB/s")
    for odd in [Double.nan, .infinity, -.infinity, -1] { #expect(Quantity.rate(odd) == "0 B/s") }
    #expect(Quantity.rate(.greatestFiniteMagnitude) == "888 PiB/s")
  }

  @Test func counts() {
    #expect(Quantity.count(1, "file", "files") == "1 file")
    #expect(Quantity.count(1_234_567, "file", "files") == "1,234,567 files")
    #expect(Quantity.grouped(Int.min) == "-9,223,372,036,854,775,808")
  }
}
