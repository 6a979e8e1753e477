/// The parts that this build is made of, for reports of faults.
package struct BuildFacts: Sendable {
  /// libgit2, as loaded; `nil` when there is none that could be.
  package let libgit2: String?
  /// libcurl and what it encrypts with, as loaded; `nil` when there is none that could be.
  package let libcurl: String?
  /// SQLite, as loaded; `nil` when no database can be opened.
  package let sqlite: String?
  /// BLAKE3 chunks that this processor hashes at once: 1, 4, 8 or 16.
  package let blake3Lanes: Int

  /// Loads each part and asks it.
  package init(_ environment: ProcessEnvironment) {
    libgit2 = GitLibrary.version(environment)
    libcurl = CurlLibrary.version(environment)
    sqlite = ModelIndex.databaseVersion
    blake3Lanes = Int(Blake3Hasher.width)
  }
}
