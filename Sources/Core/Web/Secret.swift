/// A text that must never be seen: a token, a password, a header that carries one.
///
/// Its description, debug description and mirror show `***`; only ``reveal()`` gives the text.
package struct Secret: Sendable {
  private let text: String

  package init(_ text: String) {
    self.text = text
  }

  /// The text itself. Only ``Credential`` and ``Redaction`` may call this; a test checks the
  /// sources for other callers.
  func reveal() -> String { text }
}

extension Secret: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
  package var description: String { "***" }
  package var debugDescription: String { "***" }
  package var customMirror: Mirror { Mirror(self, children: EmptyCollection()) }
}
