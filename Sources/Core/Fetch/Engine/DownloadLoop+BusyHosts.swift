/// Hosts that accept no more connections while they serve others.
extension DownloadLoop {
  /// Whether a host is sending another file at the moment.
  func isServing(_ authority: String, besides file: FileDownload) -> Bool {
    running.contains {
      $0.file !== file && $0.address.authority == authority && $0.received > 0
    }
  }

  /// Lets transfers that were put off because of a host try again. Call this when a connection to
  /// the host has ended.
  func callBack(_ authority: String) {
    for transfer in waiting where transfer.isPutOff && transfer.address.authority == authority {
      transfer.notBefore = 0
    }
  }
}
