import SystemPackage
import TestServer
import Testing

@testable import ComfyCore

/// Sources that only this machine may reach.
@Suite("Private sources") struct PrivateSourceTests {
  private static let own = [
    "http://192.168.1.5/m.pt", "http://127.0.0.1:80/m.pt", "http://nas.local/m.pt",
    "http://nas/m.pt",
  ]
  private let body = content(500)

  @Test("another machine cannot get a model from them")
  func portable() throws {
    let project = try CheckedProject()
    for (sources, isFault) in [
      (Self.own, true), (Self.own + ["https://x.org/m.pt"], false), ([], true),
    ] {
      try project.manifest(
        CheckedProject.resolved(blake3(body), size: 500, at: "loras/m.pt", sources: sources))
      let faults = try project.opened.portabilityFaults().filter {
        if case .withoutSource = $0.kind { true } else { false }
      }
      #expect(faults.count == (isFault ? 1 : 0))
    }
  }

  @Test("what a workflow offers mends it only if it is public and new")
  func offers() throws {
    let project = try CheckedProject()
    func offer(_ url: String, sources: [String]) throws -> String? {
      try project.write(
        #"{"nodes":[{"id":1,"type":"LoraLoader","widgets_values":["m.pt"],"properties":{"models":["#
          + #"{"name":"m.pt","url":"\#(url)","directory":"loras"}]}}],"links":[]}"#, to: "w.json")
      try project.manifest(
        CheckedProject.resolved(blake3(body), size: 500, at: "loras/m.pt", sources: sources)
          .replacing(#"input = "lora_name""#, with: "widget_idx = 0"))
      let offers = try project.opened.portabilityFaults().compactMap { fault in
        if case .withoutSource(_, let offer) = fault.kind { offer } else { nil }
      }
      return offers.first
    }
    let (own, open) = ("http://nas.local/m.pt", "https://x.org/m.pt")
    #expect(try offer(own, sources: [own]) == nil)
    #expect(try offer(own, sources: []) == nil)
    #expect(try offer(open, sources: [own]) == open)
  }

  @Test("those of other projects do not come into the manifest with the index")
  func fromIndex() throws {
    let project = try CheckedProject()
    try project.write(body, to: "models/loras/m.pt")
    try project.write(
      #"{"nodes":[{"id":1,"type":"LoraLoader","widgets_values":["m.pt"]}],"links":[],"version":0.4}"#,
      to: "w.json")
    try project.scan()
    let index = try project.opened.openIndex(for: .write)
    let location = try #require(try index.models(atPath: "loras/m.pt").first?.locations.first)
    _ = try index.fullHash(of: location)
    for url in Self.own + ["https://x.org/m.pt"] {
      try index.addSource(
        IndexedSource(url: url, origin: "download"), toModelWithHash: blake3(body))
    }
    var options = ResolutionOptions()
    options.fetches = false
    let opened = project.opened
    _ = try opened.resolveWorkflow(
      try #require(try opened.workflowSources([project.path.appending("w.json").string]).first),
      options: options)
    let manifest = try project.opened.manifestStore().read()
    #expect(manifest.models.map(\.sources) == [["https://x.org/m.pt"]])
    let row = try project.opened.manifestModel(
      withHash: blake3(body), filename: "m.pt", relativePath: nil)
    #expect(row.sources == ["https://x.org/m.pt"])
  }
}
