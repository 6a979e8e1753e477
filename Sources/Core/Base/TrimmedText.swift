extension StringProtocol {
  /// The text without spaces and tabs at both ends.
  var trimmingBlanks: SubSequence { trimming { $0 == " " || $0 == "\t" } }

  /// The text without whitespace of any kind at both ends.
  package var trimmingWhitespace: SubSequence { trimming(\.properties.isWhitespace) }

  /// The text without the scalars at both ends for which `isBlank` is true.
  private func trimming(_ isBlank: (Unicode.Scalar) -> Bool) -> SubSequence {
    let scalars = unicodeScalars
    guard let first = scalars.firstIndex(where: { !isBlank($0) }),
      let last = scalars.lastIndex(where: { !isBlank($0) })
    else { return self[endIndex...] }
    return self[first..<scalars.index(after: last)]
  }
}
