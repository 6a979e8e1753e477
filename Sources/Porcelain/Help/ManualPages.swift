internal import ComfyCore
internal import SystemPackage

/// The manual pages that were installed together with the program.
struct ManualPages {
  private let directory: FilePath
  private let stem: String

  /// - Parameter executable: The program's file, links followed: its pages are those in
  ///   `../share/man` beside its directory, under its own name.
  init?(beside executable: FilePath) {
    guard let name = executable.lastComponent?.string else { return nil }
    stem = name
    directory = executable.removingLastComponent().removingLastComponent()
      .appending("share/man")
  }

  /// The page about a command or a topic, that of the program itself for `nil`; `nil` where none
  /// is installed.
  func page(about topic: String?) -> FilePath? {
    guard topic?.contains("/") != true else { return nil }
    let name = [stem, topic].compactMap { $0 }.joined(separator: "-")
    return ["1", "5", "7"].lazy.map { section in
      directory.appending("man\(section)").appending("\(name).\(section)")
    }.first { $0.exists }
  }
}
