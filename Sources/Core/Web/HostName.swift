/// Host names with letters beyond ASCII, in the form that resolvers, certificates and records use:
/// IDNA2008 as browsers apply it, `xn--` and Punycode (RFC 3492).
enum HostName {
  /// The ASCII form of a name in lower case; `nil` for a name that no resolver would accept.
  ///
  /// A name in ASCII is only lower-cased. A character that looks like another one, or that has
  /// several spellings, is converted to the usual one or refused: the host we connect to is the one
  /// whose name people read.
  static func ascii(_ name: some StringProtocol) -> String? {
    let lowercase = name.lowercased()
    guard !lowercase.utf8.allSatisfy({ $0 < 0x80 }) else { return lowercase }
    let labels = composed(lowercase).split(
      omittingEmptySubsequences: false, whereSeparator: { dots.contains($0.value) })
    var encoded: [String] = []
    for label in labels {
      guard let label = asciiLabel(label) else { return nil }
      encoded.append(label)
    }
    let joined = encoded.joined(separator: ".")
    return joined.utf8.count <= 253 ? joined : nil
  }

  /// The full stop, and the characters that East Asian keyboards produce in its place.
  private static let dots: Set<UInt32> = [0x2E, 0x3002, 0xFF0E, 0xFF61]

  private static func asciiLabel(_ label: some Collection<Unicode.Scalar>) -> String? {
    guard let first = label.first, !first.properties.generalCategory.isMark,
      label.allSatisfy(isAllowed)
    else { return nil }
    if label.allSatisfy(\.isASCII) { return String(String.UnicodeScalarView(label)) }
    let text = "xn--" + Punycode.encoded(label)
    let start = label.prefix(4).map(\.value)
    // Two hyphens at this place mark an encoded label.
    guard text.utf8.count <= 63, !(start.count == 4 && start[2...] == [0x2D, 0x2D]) else {
      return nil
    }
    return text
  }

  private static func isAllowed(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar {
    case "a"..."z", "0"..."9", "-", "_": return true
    // IDNA2008 keeps these letters; older rules convert them to `ss` and `σ`.
    case "ß", "ς": return true
    default: break
    }
    let properties = scalar.properties
    guard !scalar.isASCII, !properties.changesWhenNFKCCaseFolded else { return false }
    switch properties.generalCategory {
    case .lowercaseLetter, .modifierLetter, .otherLetter, .decimalNumber: return true
    default: return properties.generalCategory.isMark
    }
  }

  /// The name with ordinary letters in place of full-width ones, and one character in place of each
  /// Latin, Greek or Cyrillic letter followed by an accent.
  private static func composed(_ name: String) -> [Unicode.Scalar] {
    var scalars: [Unicode.Scalar] = []
    for scalar in name.unicodeScalars {
      if (0xFF01...0xFF5E).contains(scalar.value), scalar.value != 0xFF0E,
        let ordinary = Unicode.Scalar(scalar.value - 0xFEE0)
      {
        scalars.append(ordinary)
      } else if (0x300...0x36F).contains(scalar.value), let base = scalars.last,
        let whole = composition(base, scalar)
      {
        scalars[scalars.count - 1] = whole
      } else {
        scalars.append(scalar)
      }
    }
    return scalars
  }

  /// The single character that is canonically equivalent to the two.
  private static func composition(
    _ base: Unicode.Scalar, _ mark: Unicode.Scalar
  ) -> Unicode.Scalar? {
    let pair = String(String.UnicodeScalarView([base, mark]))
    let ranges: [ClosedRange<UInt32>] = [0xDF...0x24F, 0x370...0x4FF, 0x1E00...0x1FFF]
    return ranges.joined().lazy.compactMap(Unicode.Scalar.init).first { String($0) == pair }
  }
}

extension Unicode.GeneralCategory {
  fileprivate var isMark: Bool {
    switch self {
    case .nonspacingMark, .spacingMark: true
    default: false
    }
  }
}

/// RFC 3492: characters as a string of ASCII letters and digits.
enum Punycode {
  private static let base = 36
  private static let smallestThreshold = 1
  private static let largestThreshold = 26

  /// The code of a label, without `xn--`. For labels of at most a few thousand characters.
  static func encoded(_ label: some Collection<Unicode.Scalar>) -> String {
    var output = label.filter(\.isASCII).map { UInt8($0.value) }
    let basicCount = output.count
    if basicCount > 0 { output.append(UInt8(ascii: "-")) }
    var (next, delta, bias, handled) = (0x80, 0, 72, basicCount)
    while handled < label.count {
      let smallest = label.lazy.map { Int($0.value) }.filter { $0 >= next }.min() ?? next
      delta += (smallest - next) * (handled + 1)
      next = smallest
      for value in label.lazy.map({ Int($0.value) }) {
        if value < next { delta += 1 }
        guard value == next else { continue }
        append(delta, bias, to: &output)
        bias = adapted(delta, count: handled + 1, isFirst: handled == basicCount)
        delta = 0
        handled += 1
      }
      delta += 1
      next += 1
    }
    return String(decoding: output, as: UTF8.self)
  }

  /// Appends a number as digits with varying bases, least significant first.
  private static func append(_ number: Int, _ bias: Int, to output: inout [UInt8]) {
    var rest = number
    var position = base
    while true {
      let threshold = min(max(position - bias, smallestThreshold), largestThreshold)
      guard rest >= threshold else { break }
      let (quotient, digit) = (rest - threshold).quotientAndRemainder(
        dividingBy: base - threshold)
      output.append(Self.digit(threshold + digit))
      rest = quotient
      position += base
    }
    output.append(digit(rest))
  }

  private static func digit(_ value: Int) -> UInt8 {
    value < 26 ? UInt8(ascii: "a") + UInt8(value) : UInt8(ascii: "0") + UInt8(value - 26)
  }

  /// The bias for the next number, after one for the `count`th character.
  private static func adapted(_ delta: Int, count: Int, isFirst: Bool) -> Int {
    var delta = isFirst ? delta / 700 : delta / 2
    delta += delta / count
    var steps = 0
    while delta > (base - smallestThreshold) * largestThreshold / 2 {
      delta /= base - smallestThreshold
      steps += base
    }
    return steps + (base - smallestThreshold + 1) * delta / (delta + 38)
  }
}
