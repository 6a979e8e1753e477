/// The parts of this build, for bug reports.
package struct BuildFacts: Sendable {
  /// The version of libgit2 in use; `nil` if none can be loaded.
  package let libgit2: String?
  /// The version of libcurl and its TLS library in use; `nil` if none can be loaded.
  package let libcurl: String?
  /// The version of SQLite in use; `nil` if no database can be opened.
  package let sqlite: String?
  /// The number of BLAKE3 chunks that this processor hashes at once: 1, 4, 8 or 16.
  package let blake3Lanes: Int

  /// Loads each part and asks for its version.
  package init(_ environment: ProcessEnvironment) {
    libgit2 = GitLibrary.version(environment)
    libcurl = CurlLibrary.version(environment)
    sqlite = ModelIndex.databaseVersion
    blake3Lanes = Int(Blake3Hasher.width)
  }
}
