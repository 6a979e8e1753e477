import SystemPackage
import Testing

@testable import ComfyCore

@Suite struct FileHashingTests {
  /// Hashes that comfydock 1.x and comfygit give to files of telling sizes, whose byte i is
  /// `(i * 2654435761 >> 13) & 255`.
  static let sampled: [(size: Int, comfydock: String, comfygit: String)] = [
    (0, "4d067153ac729a4a", "ce8f15881282a400"),
    (1, "b1d5c6053b9c3e87", "2814906fba602f8f"),
    (8, "8e55ba3835dc2159", "88c69f6ca18729cf"),
    (1000, "7dd4dac366e0e846", "f34622243e23ebec"),
    (5_242_879, "6151725c523288a5", "04c69669548f6280"),
    (5_242_880, "b65ba194eb6ff637", "1c516769cd11e25f"),
    (5_242_881, "ea69235a2c6e8279", "c6b745702bdbc2a8"),
    (31_457_280, "f0377b53a84da4c1", "c0887eddd5859be6"),
    (31_457_281, "70e7d7f154c397d1", "15b95b0c38d4ccb0"),
    (32_505_863, "48fd2c73b4bab0db", "a6a849094c421c21"),
  ]

  static func mixedBytes(_ count: Int) -> [UInt8] {
    [UInt8](unsafeUninitializedCapacity: count) { buffer, filled in
      for place in 0..<count {
        buffer[place] = UInt8(truncatingIfNeeded: (place &* 2_654_435_761) >> 13)
      }
      filled = count
    }
  }

  @Test(arguments: sampled)
  func sampledHashesAreThoseOfTheOldPrograms(
    _ vector: (size: Int, comfydock: String, comfygit: String)
  ) throws {
    let folder = try ModelFolder()
    let path = try folder.write(Self.mixedBytes(vector.size), to: "file")
    let hashes = try SampledHashes(of: path)
    #expect(hashes.comfydock.hex == vector.comfydock)
    #expect(hashes.comfygit.hex == vector.comfygit)
  }

  @Test(arguments: sampled, [1 << 20, 700_001])
  func sampledHashesAreMadeOfBytesThatComeInOrder(
    _ vector: (size: Int, comfydock: String, comfygit: String), piece: Int
  ) throws {
    var hasher = SampledHasher(size: Int64(vector.size))
    Self.mixedBytes(vector.size).withUnsafeBytes { bytes in
      for start in stride(from: 0, to: bytes.count, by: piece) {
        #expect(hasher.finalize() == nil)
        hasher.update(UnsafeRawBufferPointer(rebasing: bytes[start...].prefix(piece)))
      }
    }
    let hashes = try #require(hasher.finalize())
    #expect(hashes.comfydock.hex == vector.comfydock)
    #expect(hashes.comfygit.hex == vector.comfygit)
  }

  @Test func aFileIsHashedBothWaysInOneReading() throws {
    let folder = try ModelFolder()
    let bytes = Self.mixedBytes(5_000_001)
    let path = try folder.write(bytes, to: "file")
    var sha256 = SHA256Hasher()
    bytes.withUnsafeBytes { sha256.update($0) }
    var steps: [Int64] = []
    let both = try FileHasher.hash(path) { done, total in
      steps.append(done)
      #expect(total == 5_000_001)
    }
    #expect(both.blake3 == blake3(of: bytes))
    #expect(both.sha256 == sha256.finalize())
    #expect(both.size == 5_000_001)
    #expect(steps == steps.sorted() && steps.last == 5_000_001)
    #expect(try FileHasher.hash(path, .blake3).sha256 == nil)
    #expect(try FileHasher.hash(path, .sha256).sha256 == both.sha256)
    #expect(try FileHasher.hash(path, []).size == 5_000_001)
  }

  @Test func anEmptyFileHasTheHashesOfNothing() throws {
    let folder = try ModelFolder()
    let hashes = try FileHasher.hash(try folder.write("", to: "file"))
    #expect(hashes.blake3 == Blake3Hasher().finalize())
    #expect(hashes.sha256 == SHA256Hasher().finalize())
  }

  @Test func whatIsNoFileIsRefused() throws {
    let folder = try ModelFolder()
    #expect(throws: HashError.notAFile(folder.path)) { try FileHasher.hash(folder.path) }
    let missing = folder.file("missing")
    #expect(throws: HashError.file(FileError(.open, missing, .noSuchFileOrDirectory))) {
      try FileHasher.hash(missing)
    }
  }

  @Test func cancellationStops() throws {
    let folder = try ModelFolder()
    let path = try folder.write("text", to: "file")
    #expect(throws: HashError.cancelled) {
      try FileHasher.hash(path, cancellation: Cancellation { true })
    }
  }

  @Test func aFileThatGrowsWhileItIsReadIsRefused() throws {
    let folder = try ModelFolder()
    let path = try folder.write(Self.mixedBytes(3 << 20), to: "file")
    #expect(throws: HashError.changed(path)) {
      try FileHasher.hash(path) { _, _ in _ = try? folder.write([1, 2, 3], to: "file") }
    }
  }
}
