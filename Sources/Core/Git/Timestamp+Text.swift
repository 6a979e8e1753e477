extension Timestamp {
  /// The moment in the form of RFC 3339, in its own zone: `2026-01-02T03:04:05+01:00`.
  public var rfc3339: String {
    let (day, clock) = parts
    let zone = Self.zone(zoneOffset)
    let colon = zone.index(zone.startIndex, offsetBy: 3)
    return "\(day)T\(clock)\(zone[..<colon]):\(zone[colon...])"
  }

  /// The moment as `git log --date=iso` writes it: `2026-01-02 03:04:05 +0100`.
  public var iso: String { "\(parts.day) \(parts.clock) \(Self.zone(zoneOffset))" }

  /// Day and time of day in the zone; moments outside the years 1970 to 9999 are moved to the
  /// nearest one inside.
  private var parts: (day: String, clock: String) {
    let latest: Int64 = 253_402_300_799
    let zone = Int64(max(-1440, min(1440, zoneOffset))) * 60
    let local = max(0, min(latest, max(0, min(latest, seconds)) + zone))
    let (year, month, day) = Self.date(daysSince1970: Int(local / 86_400))
    let second = Int(local % 86_400)
    return (
      "\(Self.padded(year, 4))-\(Self.padded(month))-\(Self.padded(day))",
      [second / 3600, second / 60 % 60, second % 60].map { Self.padded($0) }
        .joined(separator: ":")
    )
  }

  private static func zone(_ offset: Int) -> String {
    let minutes = min(1440, offset.magnitude)
    return (offset < 0 ? "-" : "+") + padded(Int(minutes / 60)) + padded(Int(minutes % 60))
  }

  private static func padded(_ number: Int, _ width: Int = 2) -> String {
    let digits = String(number)
    return String(repeating: "0", count: max(0, width - digits.count)) + digits
  }

  /// By the Gregorian calendar counted from March.
  private static func date(daysSince1970 days: Int) -> (year: Int, month: Int, day: Int) {
    let shifted = days + 719_468
    let era = shifted / 146_097
    let dayOfEra = shifted % 146_097
    let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
    let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
    let monthFromMarch = (5 * dayOfYear + 2) / 153
    let month = monthFromMarch < 10 ? monthFromMarch + 3 : monthFromMarch - 9
    let year = era * 400 + yearOfEra + (month <= 2 ? 1 : 0)
    return (year, month, dayOfYear - (153 * monthFromMarch + 2) / 5 + 1)
  }
}
