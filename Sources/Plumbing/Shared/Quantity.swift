/// Sizes, rates and times for people.
package enum Quantity {
  /// A size in binary units, at most 10 columns: `0 B`, `812 B`, `1.2 KiB`, `1023 MiB`, `6.9 GiB`.
  ///
  /// 1 KiB is 1024 bytes. A number below 100 has one decimal digit, rounded down, so that a size is
  /// never shown as larger than it is. A negative count is shown as 0 B.
  package static func size(_ bytes: Int64) -> String {
    var unit = 0
    var whole = max(bytes, 0)
    var rest: Int64 = 0
    while whole >= 1024, unit < units.count - 1 {
      rest = whole % 1024
      whole /= 1024
      unit += 1
    }
    return unit == 0 || whole >= 100
      ? "\(whole) \(units[unit])" : "\(whole).\(rest * 10 / 1024) \(units[unit])"
  }

  /// A rate, at most 12 columns: `38.1 MiB/s`.
  package static func rate(_ bytesPerSecond: Double) -> String {
    let whole = bytesPerSecond.isFinite ? min(max(bytesPerSecond, 0), 1e18) : 0
    return size(Int64(whole)) + "/s"
  }

  /// A time, at most 7 columns: `0:07`, `12:30`, `1:02:03`, `3d 04h`; more than 99 days: `>99d`.
  package static func time(_ time: Duration) -> String {
    let seconds = max(time.components.seconds, 0)
    func two(_ value: Int64) -> String { value < 10 ? "0\(value)" : "\(value)" }
    let (days, hours, minutes) = (seconds / 86_400, seconds / 3_600 % 24, seconds / 60 % 60)
    if days > 99 { return ">99d" }
    if days > 0 { return "\(days)d \(two(hours))h" }
    if hours > 0 { return "\(hours):\(two(minutes)):\(two(seconds % 60))" }
    return "\(minutes):\(two(seconds % 60))"
  }

  /// A count with its noun: `1 file`, `1,204 files`.
  package static func count(_ number: Int, _ singular: String, _ plural: String) -> String {
    "\(grouped(number)) \(number == 1 ? singular : plural)"
  }

  /// A number with commas between groups of three digits.
  package static func grouped(_ number: Int) -> String {
    var result = ""
    let digits = String(number.magnitude)
    for (position, digit) in digits.enumerated() {
      if position > 0, (digits.count - position) % 3 == 0 { result += "," }
      result.append(digit)
    }
    return number < 0 ? "-" + result : result
  }

  private static let units = ["B", "KiB", "MiB", "GiB", "TiB", "PiB", "EiB"]
}
