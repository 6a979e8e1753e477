/// Hosts that take no more connections while they serve some.
extension DownloadLoop {
  /// Whether a host sends bytes of another file at this moment.
  func isServing(_ authority: String, besides file: FileDownload) -> Bool {
    running.contains {
      $0.file !== file && $0.address.authority == authority && $0.received > 0
    }
  }

  /// A connection to a host has ended: whoever was put off because of it may try.
  func callBack(_ authority: String) {
    for transfer in waiting where transfer.isPutOff && transfer.address.authority == authority {
      transfer.notBefore = 0
    }
  }
}
