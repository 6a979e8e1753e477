/// What a server tells of the version of a file.
public enum Validator: String, CaseIterable, Sendable {
  case strongTag, weakTag, date, weakTagAndDate, nothing
}

extension ServedFile {
  /// A version of a file, a number from 0 to 9, as one kind of server tells it from others.
  public init(_ bytes: [UInt8], _ validator: Validator, version: Int) {
    let date = "Sun, 06 Nov 1994 08:49:3\(version) GMT"
    switch validator {
    case .strongTag: self.init(bytes, entityTag: "\"v\(version)\"")
    case .weakTag: self.init(bytes, entityTag: "W/\"v\(version)\"")
    case .date: self.init(bytes, entityTag: nil, lastModified: date)
    case .weakTagAndDate: self.init(bytes, entityTag: "W/\"v\(version)\"", lastModified: date)
    case .nothing: self.init(bytes, entityTag: nil)
    }
  }
}
