import SystemPackage
import Testing

@testable import Porcelain

@Suite struct ShownPathTests {
  @Test(arguments: [
    ("/home/a/models", "/home/a", "~/models"), ("/home/a", "/home/a", "~"),
    ("/home/ab/models", "/home/a", "/home/ab/models"), ("/srv/models", "/home/a", "/srv/models"),
    ("/srv/models", "/", "/srv/models"), ("/srv/models", "", "/srv/models"),
    ("/home/a/models", nil, "/home/a/models"),
  ])
  func belowTheHomeDirectory(_ path: FilePath, _ home: FilePath?, _ shown: String) {
    #expect(path.shown(from: home) == shown)
  }
}
