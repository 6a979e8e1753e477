import SystemPackage
import Testing

@testable import ComfyCore

@Suite struct ServiceProfileTests {
  private func bucket(_ text: String) throws -> BucketAddress {
    guard case .bucket(let bucket) = try StoreAddress(text) else { throw StoreAddressError.bucket }
    return bucket
  }

  private func keys(
    _ address: String, _ variables: [String: String] = [:], home: FilePath? = nil
  ) throws -> (place: BucketPlace, credential: Credential?) {
    let environment = ProcessEnvironment(
      variables: variables, home: home, currentDirectory: "/", now: { Timestamp(seconds: 0) })
    let bucket = try bucket(address)
    let profile = ServiceProfile(environment, named: bucket.profile)
    let place = try profile.place(of: bucket)
    return (place, try profile.credential(for: place))
  }

  @Test func variablesGiveKeysAndSession() throws {
    let found = try keys(
      "s3://models?region=eu-1",
      [
        "AWS_ACCESS_KEY_ID": "KEY", "AWS_SECRET_ACCESS_KEY": "SECRET", "AWS_SESSION_TOKEN": "TOKEN",
      ])
    let signing = try #require(found.credential?.signing(for: found.place.origin))
    #expect(signing.scope == "aws:amz:eu-1:s3")
    #expect(signing.userPassword == "KEY:SECRET")
    #expect(signing.sessionToken == "TOKEN")
    #expect(found.credential?.authorization(for: found.place.origin) == nil)
  }

  @Test func keysSignForTheirOriginAlone() throws {
    let found = try keys(
      "s3://models?endpoint=https://s3.example.org",
      ["AWS_ACCESS_KEY_ID": "KEY", "AWS_SECRET_ACCESS_KEY": "SECRET"])
    let credential = try #require(found.credential)
    for other in [
      WebOrigin(isSecure: false, host: "s3.example.org", port: 443),
      WebOrigin(isSecure: true, host: "s3.example.org", port: 444),
      WebOrigin(isSecure: true, host: "evil.example.org", port: 443),
    ] {
      #expect(credential.signing(for: other) == nil)
    }
    #expect(!"\(credential)".contains("SECRET"))
    #expect(Redaction.redact("a SECRET b", knowing: credential.secrets) == "a *** b")
  }

  @Test func profilesAreRead() throws {
    let home = try makeTemporaryDirectory(for: "profile")
    defer { removeTree(home) }
    let folder = home.appending(".aws")
    try write(
      """
      # comment
      [default]
      aws_access_key_id = ONE
      aws_secret_access_key=SECRET1
      [work]
      aws_access_key_id = TWO
      aws_secret_access_key = SECRET2
      aws_session_token = T2
      """, to: folder.appending("credentials"))
    try write(
      """
      [default]
      region = eu-1
      s3 =
        region = no
      [profile work]
      region = eu-2
      endpoint_url = http://10.0.0.5:9000
      """, to: folder.appending("config"))
    let usual = try keys("s3://models", home: home)
    #expect(usual.credential?.signing(for: usual.place.origin)?.userPassword == "ONE:SECRET1")
    #expect(usual.place.region == "eu-1")
    let chosen = try keys("s3://models", ["AWS_PROFILE": "work"], home: home)
    #expect(chosen.credential?.signing(for: chosen.place.origin)?.sessionToken == "T2")
    #expect(chosen.place.url("k") == "http://10.0.0.5:9000/models/k")
    let named = try keys(
      "s3://models?profile=work",
      ["AWS_ACCESS_KEY_ID": "NO", "AWS_SECRET_ACCESS_KEY": "NO", "AWS_REGION": "no-1"],
      home: home)
    #expect(named.credential?.signing(for: named.place.origin)?.userPassword == "TWO:SECRET2")
    #expect(named.place.region == "eu-2")
    #expect(try keys("s3://models?profile=gone", home: home).credential == nil)
  }

  @Test(arguments: ["A\nB", "A B", "A:B", "ä"])
  func keysThatNoHeaderHoldsAreRefused(_ key: String) {
    #expect(throws: CredentialError.malformedToken(.variable("AWS_ACCESS_KEY_ID"))) {
      try keys("s3://models", ["AWS_ACCESS_KEY_ID": key, "AWS_SECRET_ACCESS_KEY": "SECRET"])
    }
  }

  @Test(arguments: [
    ("AWS_ENDPOINT_URL", "http://10.0.0.5:9000/path", "endpoint"),
    ("AWS_ENDPOINT_URL_S3", "10.0.0.5:9000", "endpoint"), ("AWS_REGION", "eu_1", "region"),
    ("AWS_DEFAULT_REGION", "evil.example/", "region"),
  ])
  func aPlaceThatIsNotValidIsNotReplacedByAmazon(
    _ variable: String, _ value: String, _ name: String
  ) throws {
    #expect(throws: StoreError.setting(name, foundIn: .variable(variable))) {
      try keys("s3://models", [variable: value])
    }
    // It does not count when the address has its own.
    let address = "s3://models?endpoint=https://s3.example.org&region=eu-2"
    let place = try keys(address, [variable: value]).place
    #expect(place.url("k") == "https://s3.example.org/models/k" && place.region == "eu-2")
  }

  @Test(arguments: ["region", "endpoint_url"])
  func aPlaceThatIsNotValidIsRefusedInAProfileToo(_ key: String) throws {
    let home = try makeTemporaryDirectory(for: "profile")
    defer { removeTree(home) }
    let path = home.appending(".aws/config")
    try write("[default]\n\(key) = a b\n", to: path)
    let name = key == "region" ? "region" : "endpoint"
    #expect(throws: StoreError.setting(name, foundIn: .profile(path))) {
      try keys("s3://models", home: home)
    }
  }

  private func write(_ text: String, to path: FilePath) throws {
    try path.removingLastComponent().makeDirectories()
    let file = try FileDescriptor.open(
      path, .writeOnly, options: [.create, .truncate], permissions: .ownerReadWrite)
    defer { try? file.close() }
    try file.writeAll(Array(text.utf8))
  }
}
