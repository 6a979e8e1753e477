import Foundation
import SystemPackage
import Testing

/// A disk of 128 KiB, as long as the value lives.
final class SmallDisk {
  private let path: FilePath

  /// Mounts it at a directory.
  init(at path: FilePath) throws {
    self.path = path
    let words = ["mount", "-t", "tmpfs", "-o", "size=128k", "tmpfs", path.string]
    try #require(Self.command(words) == 0)
  }

  deinit { _ = try? Self.command(["umount", path.string]) }

  /// Whether this process may mount one.
  static let isPermitted: Bool = {
    guard getuid() == 0, let scratch = try? Scratch() else { return false }
    return (try? SmallDisk(at: scratch.path)) != nil
  }()

  private static func command(_ words: [String]) throws -> Int32 {
    let process = Process()
    process.executableURL = URL(filePath: "/usr/bin/env")
    process.arguments = words
    process.standardError = FileHandle.nullDevice
    try process.run()
    process.waitUntilExit()
    return process.terminationStatus
  }
}
