/// News of the work that a resolution does between its questions.
public enum ResolutionEvent: Sendable, Hashable {
  /// The model folders are scanned.
  case scanning(ScanEvent)
  /// A file is read whole, for its hash: bytes read so far, and how many there are.
  case hashing(filename: String, bytes: Int64, of: Int64)
  /// Servers are asked about the pending files; their hosts, each once.
  case asking(hosts: [String])
  /// That is over: a question comes next, or the downloads, or the end.
  case ready
}
