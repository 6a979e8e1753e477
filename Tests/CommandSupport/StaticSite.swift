internal import Foundation
public import SystemPackage
public import TestServer

extension TestServer {
  /// Serves the files below a directory, and 404 for everything else.
  public convenience init?(serving directory: FilePath) {
    self.init { request in
      guard let path = request.path.dropFirst().removingPercentEncoding,
        let file = directory.lexicallyResolving(FilePath(path)),
        let bytes = try? Data(contentsOf: URL(fileURLWithPath: file.string))
      else { return .text(404, "not found\n") }
      return ServedFile([UInt8](bytes)).reply(to: request)
    }
  }
}
