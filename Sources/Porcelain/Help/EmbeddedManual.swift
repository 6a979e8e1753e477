internal import ArgumentParser
internal import CManual
internal import Plumbing

/// The manual pages that the program carries in itself.
enum EmbeddedManual {
  /// What the pages that describe no single command are about: `manifest`, `tutorial`.
  static var topics: [String] {
    names.filter { !$0.hasSuffix(".1") }.compactMap { $0.split(separator: ".").first }
      .map { String($0.dropFirst("comfy-".count)) }
  }

  /// What `help` knows a page about: the commands, the topics, and the program itself.
  static var subjects: [String] { CommandTable.all.map { $0._commandName } + ["help"] + topics }

  /// File names, as in the folder `man`.
  static var names: [String] {
    var names: [String] = []
    while let name = unsafe comfy_manual_name(Int32(names.count)) {
      unsafe names.append(String(cString: name))
    }
    return names
  }

  /// The page about a command or a topic, that of the program itself for `nil`, as plain text; `nil`
  /// when there is none.
  static func text(about topic: String?, columns: Int) -> String? {
    let suffix = topic.map { "-\($0)" } ?? ""
    for section in ["1", "5", "7"] {
      guard let page = unsafe comfy_manual_page("comfy\(suffix).\(section)") else { continue }
      let source = unsafe renamed(String(cString: page))
      return ManualText(source, name: Program.name + suffix, columns: columns)
        .lines.joined(separator: "\n")
    }
    return nil
  }

  /// The page with the program called by its name, as `Scripts/manual-pages` installs it.
  private static func renamed(_ page: String) -> String {
    guard Program.name != "comfy" else { return page }
    let called = /(^|[^A-Za-z0-9_.\/-]|\\\(aq)comfy(?= |-[a-z]|- Ns|$)/.anchorsMatchLineEndings()
    return page.replacing(called) { $0.output.1 + Program.name }
  }
}
