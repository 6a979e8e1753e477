internal import SystemPackage

/// Keys, region and endpoint from the environment and the profile files of Amazon's own tools.
///
/// If the store's address names a profile, the keys are those of that profile. Otherwise they are
/// `AWS_ACCESS_KEY_ID`, `AWS_SECRET_ACCESS_KEY` and `AWS_SESSION_TOKEN` or, without these, the keys
/// of the profile that `AWS_PROFILE` names, or of `default`. Profiles are read from the file that
/// `AWS_SHARED_CREDENTIALS_FILE` names, or `~/.aws/credentials`, and then from the one that
/// `AWS_CONFIG_FILE` names, or `~/.aws/config`. A program that a profile names is not run.
package struct ServiceProfile: Sendable {
  private static let limit = 1 << 20

  private let environment: ProcessEnvironment
  private let named: String?

  /// - Parameter name: The profile that the store's address names; `nil` if it names none.
  package init(_ environment: ProcessEnvironment, named name: String?) {
    self.environment = environment
    named = name
  }

  /// The place of a bucket: what its address omits is taken from the environment and the profile.
  ///
  /// A region or endpoint that is not valid is ignored; the default region is `us-east-1`.
  ///
  /// - Throws: ``CredentialError`` when a profile file cannot be read or is too large.
  package func place(of address: BucketAddress) throws(CredentialError) -> BucketPlace {
    let known = environment["AWS_REGION"] ?? environment["AWS_DEFAULT_REGION"]
    let isNamed = named != nil
    let written = isNamed || known == nil ? try value("region") : nil
    let region = written ?? known
    var endpoint = environment["AWS_ENDPOINT_URL_S3"] ?? environment["AWS_ENDPOINT_URL"]
    if endpoint == nil { endpoint = try value("endpoint_url") }
    return BucketPlace(
      address, region: region.flatMap { BucketAddress.isRegion($0) ? $0 : nil } ?? "us-east-1",
      endpoint: endpoint.flatMap { try? BucketAddress.endpoint($0) })
  }

  /// The keys that sign requests to a place; `nil` when there are none.
  ///
  /// - Throws: ``CredentialError`` when a profile file cannot be read or is too large, or a key is
  ///   malformed.
  package func credential(for place: BucketPlace) throws(CredentialError) -> Credential? {
    if named == nil, let key = environment["AWS_ACCESS_KEY_ID"],
      let secret = environment["AWS_SECRET_ACCESS_KEY"]
    {
      return try .keys(
        key, secret, token: environment["AWS_SESSION_TOKEN"], region: place.region,
        for: place.origin, foundIn: .variable("AWS_ACCESS_KEY_ID"))
    }
    for file in files {
      let found = try section(of: file)
      guard let key = found["aws_access_key_id"], let secret = found["aws_secret_access_key"]
      else { continue }
      return try .keys(
        key, secret, token: found["aws_session_token"], region: place.region, for: place.origin,
        foundIn: .profile(file.path))
    }
    return nil
  }

  // MARK: Files

  private typealias ProfileFile = (path: FilePath, isConfiguration: Bool)

  private var files: [ProfileFile] {
    let folder = environment.home?.appending(".aws")
    let credentials =
      environment["AWS_SHARED_CREDENTIALS_FILE"].map(path) ?? folder?.appending("credentials")
    let configuration = environment["AWS_CONFIG_FILE"].map(path) ?? folder?.appending("config")
    return [credentials.map { ($0, false) }, configuration.map { ($0, true) }].compactMap(\.self)
  }

  private func path(_ text: String) -> FilePath {
    if text.hasPrefix("~/"), let home = environment.home {
      return home.appending(String(text.dropFirst(2)))
    }
    return environment.absolute(FilePath(text))
  }

  private func value(_ name: String) throws(CredentialError) -> String? {
    for file in files {
      if let value = try section(of: file)[name] { return value }
    }
    return nil
  }

  /// The values of the profile in a file; empty where the file or the profile does not exist.
  private func section(of file: ProfileFile) throws(CredentialError) -> [String: String] {
    let bytes: [UInt8]?
    do {
      bytes = try BoundedFile.bytes(of: file.path, limit: Self.limit)
    } catch {
      throw .file(error)
    }
    guard let bytes else { return [:] }
    guard bytes.count <= Self.limit else { throw .tooLarge(file.path, limit: Self.limit) }
    let name = named ?? environment["AWS_PROFILE"] ?? "default"
    return Self.values(
      of: name, isConfiguration: file.isConfiguration, in: String(decoding: bytes, as: UTF8.self))
  }

  /// The values of one profile in the text of a file: lines `name = value` below `[NAME]`, or below
  /// `[profile NAME]` in a configuration file. Indented lines (nested values) are skipped.
  static func values(
    of name: String, isConfiguration: Bool, in text: String
  ) -> [String: String] {
    var values: [String: String] = [:]
    var isInside = false
    for line in text.split(whereSeparator: \.isNewline) {
      let words = line.trimmingBlanks
      guard let first = words.first, first != "#", first != ";" else { continue }
      if first == "[" {
        let title = words.dropFirst().prefix { $0 != "]" }.trimmingBlanks
        let isProfile = title.hasPrefix("profile ")
        let shown = isProfile ? title.dropFirst("profile ".count).trimmingBlanks : title[...]
        isInside =
          shown == name && (isProfile ? isConfiguration : !isConfiguration || name == "default")
      } else if isInside, line.first != " ", line.first != "\t",
        let equals = words.firstIndex(of: "=")
      {
        let key = words[..<equals].trimmingBlanks.lowercased()
        let value = words[words.index(after: equals)...].trimmingBlanks
        if !value.isEmpty { values[key] = String(value) }
      }
    }
    return values
  }
}
