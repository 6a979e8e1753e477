internal import CSystemCalls
internal import ComfyCore
internal import SystemLibrary
internal import SystemPackage

/// A process of its own for the tests: writes to a manifest as comfy does, or as an editor does.
///
///     ManifestWriter add PATH PREFIX COUNT     adds intents PREFIX-0 … to the workflow `w`
///     ManifestWriter edit PATH COUNT           adds COUNT lines by hand: read, write, rename
///     ManifestWriter hold PATH                 holds the lock until its standard input ends
///
/// With UID in front (`1000 add …`) it works as that user. Prints what happened; exits with 1 when
/// the manifest could not be written.
@main
enum ManifestWriter {
  static func main() {
    var words = Array(CommandLine.arguments.dropFirst())
    if let first = words.first, let user = uid_t(first) {
      guard setgid(user) == 0, setuid(user) == 0 else { exit(2) }
      words.removeFirst()
    }
    switch (words.first, words.count) {
    case ("add", 4): add(FilePath(words[1]), words[2], Int(words[3]) ?? 0)
    case ("edit", 3): edit(FilePath(words[1]), Int(words[2]) ?? 0)
    case ("hold", 2): hold(FilePath(words[1]))
    default: exit(2)
    }
  }

  static func add(_ path: FilePath, _ prefix: String, _ count: Int) {
    let store = ManifestStore(path: path, patience: 120)
    for number in 0..<count {
      let name = "\(prefix)-\(number).safetensors"
      let reference = ReferenceKey(
        nodeID: "\(prefix):\(number)", nodeType: "L", place: .widget(0), widgetValue: name)
      // Short, since all writers read all entries for each that they add.
      let entry = ManifestWorkflowModel(
        filename: name, category: nil, criticality: .flexible, status: .unresolved,
        sources: ["https://e.org/\(number)"], nodes: [reference])
      do {
        try store.update { manifest in manifest.put(entry, in: "w") }
      } catch {
        print(error)
        exit(1)
      }
    }
  }

  /// What an editor does that saves by renaming: it warns when the file changed since it was
  /// loaded (here: loads it again), but between that look and its rename it is blind. It reports
  /// each entry that it overwrote so, as only it can know.
  static func edit(_ path: FilePath, _ count: Int) {
    let mine = FilePath(path.string + ".editor~")
    for number in 0..<count {
      while true {
        guard let seen = read(path) else { continue }
        let text = seen + "# hand edit \(number)\n"
        guard write(text, to: mine), read(path) == seen else { continue }
        let overwritten = replaced(path, by: mine)
        for line in overwritten.split(separator: "\n")
        where line.hasPrefix("filename") && !text.contains(line) {
          print(line)
        }
        break
      }
      usleep(3000)
    }
  }

  /// Exchanges the two files and returns what was there.
  static func replaced(_ path: FilePath, by mine: FilePath) -> String {
    guard comfy_exchange(mine.string, path.string) == 0 else { exit(3) }
    return read(mine) ?? ""
  }

  static func hold(_ path: FilePath) {
    _ = try? ManifestStore(path: path).update(
      creating: true, { _, _ in },
      recorded: { _ in
        print("held")
        fflush(nil)
        while readLine() != nil {}
      })
  }

  static func read(_ path: FilePath) -> String? {
    guard let file = try? FileDescriptor.open(path, .readOnly) else { return nil }
    defer { try? file.close() }
    var bytes: [UInt8] = []
    while true {
      let chunk = [UInt8](unsafeUninitializedCapacity: 1 << 16) { storage, count in
        count = (try? file.read(into: UnsafeMutableRawBufferPointer(storage))) ?? 0
      }
      if chunk.isEmpty { return String(decoding: bytes, as: UTF8.self) }
      bytes += chunk
    }
  }

  static func write(_ text: String, to path: FilePath) -> Bool {
    guard
      let file = try? FileDescriptor.open(
        path, .writeOnly, options: [.create, .truncate],
        permissions: FilePermissions(rawValue: 0o644))
    else { return false }
    defer { try? file.close() }
    return (try? file.writeAll(text.utf8)) != nil
  }
}
