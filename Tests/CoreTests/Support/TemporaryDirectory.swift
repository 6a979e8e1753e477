import SystemLibrary
import SystemPackage

/// Makes a directory below the system's temporary one; who makes it removes it.
///
/// - Parameter purpose: What it is for, a part of its name.
func makeTemporaryDirectory(for purpose: String) throws -> FilePath {
  let base = getenv("TMPDIR").map { String(cString: $0) } ?? P_tmpdir
  var template = Array("\(base)/comfy-\(purpose)-XXXXXX".utf8CString)
  guard let made = mkdtemp(&template) else { throw Errno(rawValue: errno) }
  return FilePath(platformString: made)
}
