/// Progress of the work that a resolution does between its questions.
public enum ResolutionEvent: Sendable, Hashable {
  /// The model folders are being scanned.
  case scanning(ScanEvent)
  /// A file is being read for its hash: bytes read so far, and bytes in all.
  case hashing(filename: String, bytes: Int64, of: Int64)
  /// Servers are being asked about the pending files; their hosts, each once.
  case asking(hosts: [String])
  /// The work is over. A question comes next, or the downloads, or the end.
  case ready
}
