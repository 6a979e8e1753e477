/// An Internet address, and whether it belongs to the public Internet.
package struct IPAddress: Sendable, Hashable {
  /// Four bytes, or sixteen; network order.
  package let bytes: [UInt8]

  /// Takes the bytes of an address; `nil` unless there are four or sixteen.
  package init?(bytes: some Sequence<UInt8>) {
    self.bytes = Array(bytes)
    guard self.bytes.count == 4 || self.bytes.count == 16 else { return nil }
  }

  /// Reads `192.0.2.1` (four decimal numbers without leading zeros) or `2001:db8::1`, the latter
  /// also with a zone (`fe80::1%eth0`); `nil` for anything else.
  package init?(_ text: some StringProtocol) {
    let text = String(text)
    guard let bytes = Self.version4(text[...]) ?? Self.version6(text) else { return nil }
    self.bytes = bytes
  }

  package var isVersion6: Bool { bytes.count == 16 }

  /// Whether it is this machine: `127.0.0.0/8`, `::1`.
  package var isLoopback: Bool {
    bytes.count == 4 ? bytes[0] == 127 : bytes.dropLast().allSatisfy { $0 == 0 } && bytes[15] == 1
  }

  /// Whether a URL from a workflow must not lead to this address: true for every address outside
  /// the public Internet.
  ///
  /// Loopback, private, link-local, shared (carrier NAT), unique-local, site-local, multicast,
  /// broadcast, unspecified, benchmarking, documentation and reserved ranges, as IANA's registries
  /// of special-purpose addresses list them; also an IPv6 address that embeds such an IPv4 address
  /// (mapped, compatible, translated, NAT64, 6to4, Teredo, ISATAP).
  package var isPrivate: Bool {
    if bytes.count == 4 { return Self.private4.contains { $0.contains(bytes) } }
    if Self.embedding.contains(where: { $0.contains(bytes) }) {
      return embedded.contains { $0.isPrivate }
    }
    // Only 2000::/3 is allocated; the rest is special or reserved.
    guard bytes[0] & 0xE0 == 0x20 else { return true }
    if Self.private6.contains(where: { $0.contains(bytes) }) { return true }
    let isISATAP = bytes[8] & 0xFC == 0 && bytes[9] == 0 && bytes[10...11] == [0x5E, 0xFE]
    return isISATAP && embedded(at: 12).isPrivate
  }

  /// The IPv4 addresses inside an address of one of the ``embedding`` ranges.
  private var embedded: [IPAddress] {
    switch (bytes[0], bytes[1]) {
    case (0x20, 0x02): return [embedded(at: 2)]
    case (0x20, 0x01):
      // Teredo: the server's address, and the client's with every bit inverted.
      return [embedded(at: 4), IPAddress(version4: bytes[12..<16].map { ~$0 })]
    default: return [embedded(at: 12)]
    }
  }

  private func embedded(at index: Int) -> IPAddress {
    IPAddress(version4: Array(bytes[index..<(index + 4)]))
  }

  private init(version4 bytes: [UInt8]) {
    self.bytes = bytes
  }

  // MARK: - Ranges

  private struct Range: Sendable {
    let start: [UInt8]
    let bits: Int

    /// - Parameter start: The leading bytes; the rest are zero.
    init(_ start: [UInt8], _ bits: Int) {
      self.start = start
      self.bits = bits
    }

    func contains(_ bytes: [UInt8]) -> Bool {
      for bit in 0..<bits {
        let wanted = bit / 8 < start.count ? start[bit / 8] : 0
        let mask: UInt8 = 0x80 >> UInt8(bit % 8)
        if (bytes[bit / 8] ^ wanted) & mask != 0 { return false }
      }
      return true
    }
  }

  private static let private4 = [
    Range([0], 8), Range([10], 8), Range([100, 64], 10), Range([127], 8), Range([169, 254], 16),
    Range([172, 16], 12), Range([192, 0, 0], 24), Range([192, 0, 2], 24), Range([192, 88, 99], 24),
    Range([192, 168], 16), Range([198, 18], 15), Range([198, 51, 100], 24),
    Range([203, 0, 113], 24), Range([224], 4), Range([240], 4),
  ]

  private static let private6 = [
    Range([0x20, 0x01, 0x00], 23),  // protocol assignments
    Range([0x20, 0x01, 0x0D, 0xB8], 32),  // documentation
    Range([0x3F, 0xFF], 20),  // documentation
  ]

  private static let embedding = [
    Range([0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xFF, 0xFF], 96),  // mapped
    Range([0, 0, 0, 0, 0, 0, 0, 0, 0xFF, 0xFF, 0, 0], 96),  // translated
    Range([0x00, 0x64, 0xFF, 0x9B], 96),  // NAT64
    Range([0x20, 0x02], 16),  // 6to4
    Range([0x20, 0x01, 0x00, 0x00], 32),  // Teredo
  ]

  // MARK: - Reading

  private static func version4(_ text: Substring) -> [UInt8]? {
    let parts = text.split(separator: ".", omittingEmptySubsequences: false)
    guard parts.count == 4 else { return nil }
    var bytes: [UInt8] = []
    for part in parts {
      let digits = part.utf8
      guard (1...3).contains(digits.count), digits.allSatisfy({ (0x30...0x39).contains($0) }),
        digits.count == 1 || digits.first != UInt8(ascii: "0"), let byte = UInt8(part)
      else { return nil }
      bytes.append(byte)
    }
    return bytes
  }

  private static func version6(_ text: String) -> [UInt8]? {
    let address = text.prefix { $0 != "%" }
    guard address.utf8.count <= 45, address.utf8.contains(UInt8(ascii: ":")) else { return nil }
    guard let gap = address.firstRange(of: "::") else {
      guard let bytes = groups(address), bytes.count == 16 else { return nil }
      return bytes
    }
    let left = address[..<gap.lowerBound]
    let right = address[gap.upperBound...]
    guard let head = left.isEmpty ? [] : groups(left), !left.contains("."),
      let tail = right.isEmpty ? [] : groups(right), head.count + tail.count <= 14
    else { return nil }
    return head + [UInt8](repeating: 0, count: 16 - head.count - tail.count) + tail
  }

  /// The bytes of groups of hexadecimal digits between colons; the last may be an IPv4 address.
  private static func groups(_ text: Substring) -> [UInt8]? {
    var bytes: [UInt8] = []
    let parts = text.split(separator: ":", omittingEmptySubsequences: false)
    for (index, part) in parts.enumerated() {
      if index == parts.count - 1, let address = version4(part) {
        bytes += address
      } else {
        guard (1...4).contains(part.utf8.count), HexDigits.lowercased(part) != nil,
          let group = UInt16(part, radix: 16)
        else { return nil }
        bytes += [UInt8(group >> 8), UInt8(group & 0xFF)]
      }
    }
    return bytes
  }
}
