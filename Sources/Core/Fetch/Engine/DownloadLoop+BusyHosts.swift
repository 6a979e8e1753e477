/// Hosts that accept no more connections while they serve others.
extension DownloadLoop {
  /// Whether a host is sending bytes of another file at this moment.
  func isServing(_ authority: String, besides file: FileDownload) -> Bool {
    running.contains {
      $0.file !== file && $0.address.authority == authority && $0.received > 0
    }
  }

  /// Called when a connection to a host has ended: transfers that were put off because of it may
  /// try again.
  func callBack(_ authority: String) {
    for transfer in waiting where transfer.isPutOff && transfer.address.authority == authority {
      transfer.notBefore = 0
    }
  }
}
