import SystemPackage
import Testing

@testable import ComfyCore

@Suite struct StoreAddressTests {
  @Test(arguments: [
    ("file:///srv/models", "file:///srv/models"), ("file:///a/../b%20c", "file:///b c"),
    ("file://localhost/srv", "file:///srv"),
    ("file:///a%23b%3Fc%25%2520d", "file:///a%23b%3Fc%25%2520d"),
    ("https://cdn.example.org/team", "https://cdn.example.org/team"),
    ("s3://models", "s3://models"), ("s3://models/team/a/", "s3://models/team/a"),
    (
      "s3://models/a?region=eu-1&endpoint=http://10.0.0.5:9000&style=path",
      "s3://models/a?endpoint=http://10.0.0.5:9000&region=eu-1&style=path"
    ),
    ("s3://models?profile=a%26b%2526c=d", "s3://models?profile=a%26b%2526c=d"),
  ])
  func addressesAreReadAndWritten(_ text: String, _ written: String) throws {
    let address = try StoreAddress(text)
    #expect(address.text == written)
    #expect(try StoreAddress(address.text) == address)
  }

  @Test(arguments: [
    ("models", StoreAddressError.scheme), ("ftp://a/b", .scheme), ("/srv/models", .scheme),
    ("file://host/srv", .folder), ("file:///a?b", .folder), ("file:relative", .scheme),
    ("https://user:secret@example.org/a", .secret), ("https://example.org/a?b=c", .query),
    ("s3://A/b", .bucket), ("s3://ab/b", .bucket), ("s3://a..b/c", .bucket),
    ("s3://models/a+b", .prefix), ("s3://models/../b", .prefix), ("s3://models/a//b", .prefix),
    ("s3://models?acl=public", .parameter("acl")), ("s3://models?region=", .value("region")),
    ("s3://models?region=eu.evil.org/", .value("region")),
    ("s3://models?style=odd", .value("style")),
    ("s3://models?endpoint=ftp://a", .value("endpoint")),
    ("s3://models?endpoint=https://a/path", .value("endpoint")),
    ("s3://models?endpoint=https://user:secret@a", .value("endpoint")),
  ])
  func whatIsNoAddressIsRefused(_ text: String, _ error: StoreAddressError) {
    #expect(throws: error) { try StoreAddress(text) }
  }

  private func place(
    _ text: String, region: String = "us-east-1", endpoint: String? = nil
  ) throws -> BucketPlace {
    guard case .bucket(let bucket) = try StoreAddress(text) else { throw StoreAddressError.bucket }
    return BucketPlace(bucket, region: region, endpoint: try endpoint.map { try SourceURL($0) })
  }

  @Test(
    arguments: [
      ("s3://models/a", nil, "https://models.s3.us-east-1.amazonaws.com/a/k"),
      ("s3://models?region=eu-1", nil, "https://models.s3.eu-1.amazonaws.com/k"),
      ("s3://my.models", nil, "https://s3.us-east-1.amazonaws.com/my.models/k"),
      ("s3://models?endpoint=http://h:9000", nil, "http://h:9000/models/k"),
      ("s3://models?endpoint=http://h:9000&style=virtual", nil, "http://models.h:9000/k"),
      ("s3://models?style=path", nil, "https://s3.us-east-1.amazonaws.com/models/k"),
      ("s3://models", "https://minio.example", "https://minio.example/models/k"),
      ("s3://models?endpoint=https://[::1]:9", nil, "https://[::1]:9/models/k"),
    ] as [(String, String?, String)])
  func aBucketIsNamedInThePathOrInTheHost(
    _ text: String, _ endpoint: String?, _ url: String
  ) throws {
    #expect(try place(text, endpoint: endpoint).url("k") == url)
  }

  @Test func aQueryIsSortedAndEncoded() throws {
    let place = try place("s3://models/team?endpoint=http://h")
    #expect(
      place.url("", query: ["prefix": "a/b c", "list-type": "2", "uploads": ""])
        == "http://h/models/?list-type=2&prefix=a%2Fb%20c&uploads=")
  }

  @Test func aRecordReadsBackAsItWasWritten() throws {
    let record = StoreRecord(
      sha256: try #require(SHA256Hash(String(repeating: "ab", count: 32))),
      blake3: try #require(ModelHash(String(repeating: "cd", count: 32))), size: 5,
      filename: "a \"b\".safetensors", sources: ["https://example.org/a"])
    #expect(StoreRecord(record.bytes) == record)
    #expect(StoreLayout.object(record.sha256) == "sha256/ab/ab/" + record.sha256.hex)
    #expect(StoreLayout.hash(ofObject: StoreLayout.object(record.sha256)) == record.sha256)
    #expect(StoreLayout.hash(ofObject: StoreLayout.record(record.sha256)) == nil)
    #expect(StoreLayout.hash(ofObject: "sha256/00/00/" + record.sha256.hex) == nil)
  }

  @Test(arguments: ["", "{}", "[]", "{\"comfy_store\":2}", "{\"comfy_store\":1,\"sha256\":\"ab\"}"])
  func whatIsNoRecordIsNotTakenForOne(_ text: String) {
    #expect(StoreRecord(Array(text.utf8)) == nil)
  }

  @Test func aRecordWithManySourcesStaysSmall() throws {
    let record = StoreRecord(
      sha256: try #require(SHA256Hash(String(repeating: "ab", count: 32))),
      blake3: try #require(ModelHash(String(repeating: "cd", count: 32))), size: 5, filename: "a",
      sources: (0..<4000).map { "https://example.org/\($0)" })
    let read = try #require(StoreRecord(record.bytes))
    #expect(read.sources.count > 1000 && read.sources.count < 4000)
  }
}
