internal import SystemLibrary

extension IPAddress {
  /// The address in the bytes of a `sockaddr`; `nil` when it is not an IP address.
  init?(socketAddress bytes: UnsafeRawBufferPointer) {
    guard bytes.count >= MemoryLayout<sockaddr>.size else { return nil }
    switch Int32(bytes.loadUnaligned(as: sockaddr.self).sa_family) {
    case AF_INET where bytes.count >= MemoryLayout<sockaddr_in>.size:
      let address = bytes.loadUnaligned(as: sockaddr_in.self).sin_addr
      self.init(bytes: withUnsafeBytes(of: address) { Array($0) })
    case AF_INET6 where bytes.count >= MemoryLayout<sockaddr_in6>.size:
      let address = bytes.loadUnaligned(as: sockaddr_in6.self).sin6_addr
      self.init(bytes: withUnsafeBytes(of: address) { Array($0) })
    default: return nil
    }
  }

  /// The usual text form.
  var text: String {
    var buffer = [UInt8](repeating: 0, count: Int(INET6_ADDRSTRLEN) + 1)
    let family = isVersion6 ? AF_INET6 : AF_INET
    let isWritten = bytes.withUnsafeBytes { source in
      buffer.withUnsafeMutableBytes { raw in
        guard let place = raw.baseAddress?.assumingMemoryBound(to: CChar.self) else { return false }
        return inet_ntop(family, source.baseAddress, place, socklen_t(raw.count - 1)) != nil
      }
    }
    return isWritten ? String(decoding: buffer.prefix { $0 != 0 }, as: UTF8.self) : ""
  }
}
