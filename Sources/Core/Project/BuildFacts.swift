/// The parts that this build is made of, for reports of faults.
public struct BuildFacts: Sendable {
  /// libgit2, as loaded.
  public let libgit2: String
  /// libcurl, whose headers were built against; the library itself is not loaded for this.
  public let libcurl: String
  /// SQLite, as loaded; `nil` when no database can be opened.
  public let sqlite: String?
  /// BLAKE3 chunks that this processor hashes at once: 1, 4, 8 or 16.
  public let blake3Lanes: Int

  /// Asks each part. Opens no file.
  public init() {
    libgit2 = GitLibrary.version
    libcurl = FetchEngine.headerVersion
    sqlite = ModelIndex.databaseVersion
    blake3Lanes = Int(Blake3Accumulator.width)
  }
}
