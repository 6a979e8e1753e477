internal import CManual
internal import Plumbing

/// The manual pages that the program carries in itself.
enum EmbeddedManual {
  /// What the pages that describe no single command are about: `manifest`, `tutorial`.
  static var topics: [String] {
    names.filter { !$0.hasSuffix(".1") }.compactMap { $0.split(separator: ".").first }
      .map { String($0.dropFirst("comfy-".count)) }
  }

  /// File names, as in the folder `man`.
  static var names: [String] {
    var names: [String] = []
    while let name = unsafe comfy_manual_name(Int32(names.count)) {
      unsafe names.append(String(cString: name))
    }
    return names
  }

  /// The page about a command or a topic as plain text; `nil` when there is none.
  static func text(about topic: String, columns: Int) -> String? {
    for section in ["1", "5", "7"] {
      guard let page = unsafe comfy_manual_page("comfy-\(topic).\(section)") else { continue }
      let source = unsafe renamed(String(cString: page))
      return ManualText(source, name: "\(Program.name)-\(topic)", columns: columns)
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
