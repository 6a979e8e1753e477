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

  /// A text and where it was found.
  private typealias Found = (text: String, origin: Credential.Origin)

  private let environment: ProcessEnvironment
  private let named: String?

  /// - Parameter name: The profile that the store's address names; `nil` if it names none.
  package init(_ environment: ProcessEnvironment, named name: String?) {
    self.environment = environment
    named = name
  }

  /// The place of a bucket: what its address omits is taken from the environment and the profile.
  ///
  /// The default region is `us-east-1`.
  ///
  /// - Throws: ``StoreError/keys(_:)`` when a profile file cannot be read or is too large;
  ///   ``StoreError/setting(_:foundIn:)``.
  package func place(of address: BucketAddress) throws(StoreError) -> BucketPlace {
    let region: Found?
    let endpoint: Found?
    do throws(CredentialError) {
      region = address.region == nil ? try self.region() : nil
      endpoint = address.endpoint == nil ? try self.endpoint() : nil
    } catch {
      throw .keys(error)
    }
    if let region, !BucketAddress.isRegion(region.text) {
      throw .setting("region", foundIn: region.origin)
    }
    let service = endpoint.flatMap { try? BucketAddress.endpoint($0.text) }
    // Not Amazon's service instead: the user meant another one.
    if let endpoint, service == nil { throw .setting("endpoint", foundIn: endpoint.origin) }
    return BucketPlace(address, region: region?.text ?? "us-east-1", endpoint: service)
  }

  private func region() throws(CredentialError) -> Found? {
    let known = variable("AWS_REGION", "AWS_DEFAULT_REGION")
    let isNamed = named != nil
    let written = isNamed || known == nil ? try value("region") : nil
    return written ?? known
  }

  private func endpoint() throws(CredentialError) -> Found? {
    if let known = variable("AWS_ENDPOINT_URL_S3", "AWS_ENDPOINT_URL") { return known }
    return try value("endpoint_url")
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

  private func value(_ name: String) throws(CredentialError) -> Found? {
    for file in files {
      if let text = try section(of: file)[name] { return (text, .profile(file.path)) }
    }
    return nil
  }

  /// The first of these environment variables that is set.
  private func variable(_ names: String...) -> Found? {
    names.lazy.compactMap { name in environment[name].map { ($0, .variable(name)) } }.first
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
