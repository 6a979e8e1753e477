/// A line of a loader table that is not a row.
package struct LoaderTableError: Error, Sendable, Hashable {
  /// One-based.
  package let line: Int
  package let reason: Reason

  package enum Reason: Sendable, Hashable {
    /// Not UTF-8.
    case invalidUTF8
    /// A quoted field without its closing quote.
    case quoting
    /// Neither two fields (`TYPE -`, `TYPE automatic`, `TYPE no-tags`) nor at least four.
    case fieldCount(Int)
    /// The fourth field is not `-`, `N` or `N+STEP`.
    case index(String)
    /// An option that does not exist.
    case option(String)
    /// An option whose value has the wrong form.
    case optionValue(String)
    /// The table is larger than 16 MiB.
    case tooLarge
  }
}
