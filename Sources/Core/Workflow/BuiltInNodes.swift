/// The node types that are part of ComfyUI itself.
///
/// They are consulted only when a file does not name the package of a node: files in the API format
/// never do, old files rarely.
package struct BuiltInNodes: Sendable {
  private var names: Set<String>

  /// The types that this program knows.
  package static let standard = BuiltInNodes(
    names: Set(
      list.withUTF8Buffer { String(decoding: $0, as: UTF8.self) }
        .split { $0 == "," || $0.isNewline }
        .map { ValueText.trimmed(String($0)) }.filter { !$0.isEmpty }))

  private init(names: Set<String>) { self.names = names }

  /// These types and others, because ComfyUI may be newer than this program.
  package func adding(_ others: some Sequence<String>) -> BuiltInNodes {
    BuiltInNodes(names: names.union(others))
  }

  package func contains(_ nodeType: String) -> Bool { names.contains(nodeType) }
}
