import Foundation
import Testing

@testable import Porcelain

@Suite("The manual inside the program")
struct EmbeddedManualTests {
  @Test("its pages are those of the folder man")
  func pages() throws {
    let folder = URL(filePath: #filePath).deletingLastPathComponent()
      .appending(path: "../../man").standardized
    let files = try FileManager.default.contentsOfDirectory(atPath: folder.path)
    #expect(EmbeddedManual.names.sorted() == files.sorted())
  }

  @Test("every page is text without a trace of roff", arguments: EmbeddedManual.names)
  func plain(page: String) throws {
    let topic = page.dropFirst("comfy-".count).split(separator: ".").first.map(String.init) ?? ""
    guard page.hasPrefix("comfy-") else { return }
    let text = try #require(EmbeddedManual.text(about: topic, columns: 80))
    #expect(text.hasPrefix("NAME\n"))
    for line in text.split(separator: "\n") {
      #expect(!line.hasPrefix(".") && !line.contains("\\(") && !line.contains("\\&"), "\(line)")
    }
  }

  @Test("macros become what man makes of them")
  func macros() {
    let page = #"""
      .Dd November 29, 2026
      .Sh NAME
      .Nm comfy-x
      .Nd show \(aqx\(aq
      .Sh SYNOPSIS
      .Nm
      .Op Fl C Ar dir
      .Op Fl -json | Fl z
      .Ar name ...
      .Sh OPTIONS
      .\" a comment
      .Bl -tag -width Ds
      .It Fl n Ar count , Fl -limit Ar count
      Type
      .Ql \&?
      or see
      .Xr comfy 1 ,
      .Pq Pa a/b .
      .It Fl z
      End in NUL.
      .El
      .Bl -enum -compact
      .It
      One.
      .It
      Two.
      .El
      .Bd -literal -offset indent
      $ comfy  x
      .Ed
      """#
    #expect(
      ManualText(page, name: "comfy-x", columns: 60).lines == [
        "NAME", "    comfy-x - show 'x'", "", "SYNOPSIS",
        "    comfy-x [-C dir] [--json | -z] name ...", "", "OPTIONS",
        "    -n count, --limit count",
        "        Type '?' or see comfy(1), (a/b).", "", "    -z", "        End in NUL.",
        "    1. One.", "    2. Two.", "", "        $ comfy  x",
      ])
  }
}
