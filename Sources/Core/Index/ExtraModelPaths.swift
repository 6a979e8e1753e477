package import SystemPackage
internal import Yams

/// The model folders that a ComfyUI `extra_model_paths.yaml` adds.
///
/// The file has sections. A section may have a `base_path`, to which its other paths are relative,
/// and `is_default`. Every other key is a category; its value has one folder per line. Without a
/// `base_path`, paths are relative to the file's directory. In `base_path`, `~` is the home
/// directory, and `$NAME` and `${NAME}` are variables; unset variables stay as they are.
///
/// Source of the format: ComfyUI's `utils/extra_config.py` and `folder_paths.py`.
package struct ExtraModelPaths: Sendable, Hashable {
  /// One folder of one category.
  package struct Folder: Sendable, Hashable {
    /// The directory, and the category of the files below it.
    package var root: ModelRoot
    /// Whether it is searched before the folders that were known when it was read.
    package var isDefault: Bool
  }

  /// In the order of the file.
  package private(set) var folders: [Folder] = []

  /// Keys that are not about models: code, and download folders of other programs.
  private static let foreignKeys: Set<String> = ["custom_nodes", "download_model_base"]

  /// The largest file, in bytes.
  private static let limit = 1 << 16

  /// The most aliases in a file. An alias may stand for text with other aliases in it, so a few of
  /// them can expand to more nodes than fit into memory.
  private static let aliasLimit = 16

  /// Most pairs that merge keys bring together.
  private static let nodeLimit = 10_000

  /// Reads a file.
  ///
  /// - Parameters:
  ///   - path: Absolute.
  ///   - environment: Its variables and its home directory are used in `base_path`.
  /// - Throws: ``ExtraModelPathsError``.
  package init(readingFrom path: FilePath, environment: ProcessEnvironment)
    throws(ExtraModelPathsError)
  {
    let bytes: [UInt8]
    do {
      bytes = try FileBytes.read(path, limit: Self.limit)
    } catch {
      throw .file(error)
    }
    guard let text = String(validating: bytes, as: UTF8.self) else {
      throw .syntax(path, line: nil, problem: "not UTF-8")
    }
    try self.init(parsing: text, path: path, environment: environment)
  }

  /// Reads the text of a file at `path`, which need not exist.
  init(
    parsing text: String, path: FilePath, environment: ProcessEnvironment
  ) throws(ExtraModelPathsError) {
    guard Self.countAliases(text) <= Self.aliasLimit else {
      throw .syntax(path, line: nil, problem: "more than \(Self.aliasLimit) aliases")
    }
    let document: Node?
    do {
      // A byte order mark is not part of the text.
      document = try Yams.compose(
        yaml: text.hasPrefix("\u{FEFF}") ? String(text.dropFirst()) : text)
    } catch {
      throw ExtraModelPathsError(error, path)
    }
    guard let document, !document.isNull else { return }
    guard let sections = document.mapping else { throw .shape(path, line: 1, key: nil) }
    var merging = YAMLMerging(limit: Self.nodeLimit)
    for (name, section) in try merging.pairs(of: sections, path) where !section.isNull {
      guard let mapping = section.mapping else {
        throw .shape(path, line: section.mark?.line, key: name.scalar?.string)
      }
      let keys = try merging.pairs(of: mapping, path)
      folders += try Section(keys, path: path, environment: environment).folders()
    }
  }

  /// The number of places where an alias may be: `*` at the start of a word. Those in quotes or a
  /// comment are counted too.
  private static func countAliases(_ text: String) -> Int {
    var count = 0
    var previous = UInt8(ascii: "\n")
    for byte in text.utf8 {
      if byte == UInt8(ascii: "*"), " \t\r\n[]{},:?-&*".utf8.contains(previous) { count += 1 }
      previous = byte
    }
    return count
  }

  /// One section.
  private struct Section {
    let keys: [(key: Node, value: Node)]
    let path: FilePath
    let environment: ProcessEnvironment

    /// - Parameter keys: Each once.
    init(_ keys: [(key: Node, value: Node)], path: FilePath, environment: ProcessEnvironment) {
      self.keys = keys
      self.path = path
      self.environment = environment
    }

    func folders() throws(ExtraModelPathsError) -> [Folder] {
      let base = try base()
      let isDefault = value(of: "is_default")?.isTrue ?? false
      var folders: [Folder] = []
      for (key, value) in keys {
        guard let name = key.scalar?.string, !name.isEmpty else { continue }
        guard name != "base_path", name != "is_default", !foreignKeys.contains(name) else {
          continue
        }
        for line in try lines(of: value, name) {
          let root = ModelRoot(base.pushing(FilePath(line)), category: Category(name))
          folders.append(Folder(root: root, isDefault: isDefault))
        }
      }
      return folders
    }

    private func value(of key: String) -> Node? {
      keys.first { $0.key.scalar?.string == key }?.value
    }

    private func base() throws(ExtraModelPathsError) -> FilePath {
      let directory = path.removingLastComponent()
      guard let node = value(of: "base_path"), !node.isNull else { return directory }
      guard let text = node.scalar?.string else {
        throw .shape(path, line: node.mark?.line, key: "base_path")
      }
      return directory.pushing(FilePath(environment.expanding(text)))
    }

    /// The folders of a category, one per line.
    private func lines(of value: Node, _ key: String) throws(ExtraModelPathsError) -> [String] {
      guard !value.isNull else { return [] }
      guard let text = value.scalar?.string, !text.utf8.contains(0) else {
        throw .shape(path, line: value.mark?.line, key: key)
      }
      return text.split(whereSeparator: \.isNewline).map { String($0.trimmingWhitespace) }.filter {
        !$0.isEmpty
      }
    }
  }
}

/// Makes pairs of mappings whose merge keys (`<<`) bring in others, as YAML 1.1 has it: a mapping's own
/// pairs come before merged ones of the same key, and of several merged mappings the first.
private struct YAMLMerging {
  /// Pairs that may still be made.
  private var left: Int

  init(limit: Int) { left = limit }

  /// The pairs of a mapping, each key once: those that are merged first, in their order.
  mutating func pairs(
    of mapping: Node.Mapping, _ path: FilePath
  ) throws(ExtraModelPathsError) -> [(key: Node, value: Node)] {
    left -= mapping.count
    guard left >= 0 else { throw .syntax(path, line: nil, problem: "too many merged keys") }
    var merged: [(key: Node, value: Node)] = []
    var own: [(key: Node, value: Node)] = []
    for (key, value) in mapping {
      guard key.isMerge else {
        own.append((key, value))
        continue
      }
      // The last one has the least to say.
      let list = value.sequence.map(Array.init) ?? [value]
      for other in list.reversed() {
        guard let mapping = other.mapping else {
          throw .shape(path, line: value.mark?.line, key: "<<")
        }
        merged += try pairs(of: mapping, path)
      }
    }
    var result: [(key: Node, value: Node)] = []
    var places: [String: Int] = [:]
    for pair in merged + own {
      let name = pair.key.scalar?.string
      if let name, let place = places[name] {
        result[place] = pair
      } else {
        if let name { places[name] = result.count }
        result.append(pair)
      }
    }
    return result
  }
}

/// Why a file of extra model paths was not read.
package enum ExtraModelPathsError: Error, Sendable, Hashable {
  /// The system refused to open or read it.
  case file(FileError)
  /// The file is not YAML. The line is one-based; `problem` is the parser's text.
  case syntax(FilePath, line: Int?, problem: String)
  /// The document, or the value of this key, has the wrong type.
  case shape(FilePath, line: Int?, key: String?)

  fileprivate init(_ error: any Error, _ path: FilePath) {
    switch error as? YamlError {
    case .scanner(_, let problem, let mark, _), .parser(_, let problem, let mark, _),
      .composer(_, let problem, let mark, _):
      self = .syntax(path, line: mark.line, problem: problem)
    case .reader(let problem, _, _, _): self = .syntax(path, line: nil, problem: problem)
    default: self = .syntax(path, line: nil, problem: "not YAML")
    }
  }
}

extension Node {
  fileprivate var isNull: Bool {
    guard let scalar, scalar.style == .plain else { return false }
    return ["", "~", "null", "Null", "NULL"].contains(scalar.string)
  }

  /// Whether the key brings in other mappings.
  fileprivate var isMerge: Bool {
    guard let scalar, scalar.style == .plain else { return false }
    return scalar.string == "<<"
  }

  /// Whether YAML 1.1 reads the value as true.
  fileprivate var isTrue: Bool {
    ["true", "yes", "on", "y"].contains(scalar?.string.lowercased() ?? "")
  }
}

extension ProcessEnvironment {
  /// `text` with a leading `~` and every `$NAME` and `${NAME}` that is set replaced.
  func expanding(_ text: String) -> String {
    var result = ""
    var rest = text[...]
    if rest == "~" || rest.hasPrefix("~/"), let home {
      result = home.string
      rest = rest.dropFirst()
    }
    while let dollar = rest.firstIndex(of: "$") {
      result += rest[..<dollar]
      rest = rest[rest.index(after: dollar)...]
      let isBraced = rest.first == "{"
      let name = (isBraced ? rest.dropFirst() : rest).prefix {
        $0 == "_" || ($0.isASCII && ($0.isLetter || $0.isNumber))
      }
      let end = isBraced ? rest[name.endIndex...].dropFirst() : rest[name.endIndex...]
      let isClosed = !isBraced || rest[name.endIndex...].first == "}"
      guard isClosed, !name.isEmpty, let value = variables[String(name)] else {
        result += "$"
        continue
      }
      result += value
      rest = end
    }
    return result + rest
  }
}
