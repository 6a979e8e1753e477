import Synchronization
import SystemPackage
import TestServer
import Testing

@testable import ComfyCore

/// Hubs that are asked where files are.
@Suite struct HubSearchTests {
  /// A project whose hubs are one server, and a clock that is set by hand.
  private final class Hubs {
    let scene: BatchScene
    private let clock = Counter(from: 1_700_000_000)

    init(_ hub: HubStandIn, token: String? = nil) throws {
      let counter = Counter()
      scene = try BatchScene { request in
        hub.reply(to: request, after: request.path.hasPrefix("/api/models") ? counter.next() : 0)
      }
      let base = scene.server.url("")
      scene.set("HF_ENDPOINT", base)
      scene.set("COMFY_MIRROR", "civitai.com=\(base) modelscope.cn=\(base)")
      scene.set("HF_TOKEN", token)
      scene.sandbox.environment.now = { [clock] in
        Timestamp(seconds: Int64(clock.value), zoneOffset: 0)
      }
    }

    func wait(seconds: Int) { clock.add(seconds) }

    /// The addresses of the proposals for values of a VAE loader, after the hubs were asked.
    func find(
      _ values: String..., sha256: String? = nil, note: String? = nil
    ) throws -> (urls: [String], faults: [HubFault]) {
      var file: FilePath?
      if let note {
        file = scene.sandbox.repository.appending("w.json")
        try scene.sandbox.write(
          #"{"nodes":[{"type":"Note","widgets_values":["\#(note)"]}]}"#, to: file ?? "")
      }
      let questions = values.map { value in
        var reference = ModelReference(
          nodeID: "1", nodeType: "VAELoader", place: .widget(0), widgetValue: value,
          category: Category("vae"))
        reference.hash = sha256
        return SourceQuestion(reference: reference, file: file)
      }
      let search = try SourceSearch(in: scene.project)
      let faults = try search.askHubs(about: questions)
      return (
        try questions.flatMap { try search.proposals(for: $0.reference, in: $0.file) }
          .map(\.entry.url.cleaned), faults
      )
    }

    /// The requests until now, in order, without what all have in common.
    var log: [String] { scene.server.requests.map(\.target) }
  }

  private final class Counter: Sendable {
    private let count: Mutex<Int>

    init(from start: Int = 0) { count = Mutex(start) }

    var value: Int { count.withLock { $0 } }

    func add(_ step: Int) { count.withLock { $0 += step } }

    /// The value, which is one more afterwards.
    func next() -> Int {
      count.withLock { value in
        defer { value += 1 }
        return value
      }
    }
  }

  private static let hash = String(repeating: "ab", count: 32)

  private static func tree(_ repository: String, _ query: String = "recursive=true") -> String {
    "/api/models/\(repository)/tree/main?\(query)"
  }

  @Test("a repository that the workflow links to is listed to its last page, folders included")
  func linkedRepository() throws {
    var hub = HubStandIn()
    hub.pageSize = 2
    hub.repositories = [
      (
        "atelier/inks",
        [
          .init("README.md"), .init("a.safetensors", sha256: Self.hash),
          .init("split_files/vae/wash.safetensors", size: 77, sha256: Self.hash),
        ]
      )
    ]
    let hubs = try Hubs(hub)
    let (urls, faults) = try hubs.find(
      "wash.safetensors", note: "from https://huggingface.co/atelier/inks")
    #expect(
      urls == [
        "https://huggingface.co/atelier/inks/resolve/main/split_files/vae/wash.safetensors"
      ])
    #expect(faults.isEmpty)
    #expect(
      hubs.log.prefix(2) == [
        Self.tree("atelier/inks"), Self.tree("atelier/inks", "recursive=true&cursor=2"),
      ])
  }

  @Test("the size and the hash of the list are known afterwards, without the network too")
  func keptInTheCatalog() throws {
    var hub = HubStandIn()
    hub.repositories = [("a/wash-vae", [.init("wash.safetensors", size: 77, sha256: Self.hash)])]
    let hubs = try Hubs(hub)
    #expect(try hubs.find("wash.safetensors").urls.count == 1)
    hubs.scene.set("COMFY_OFFLINE", "1")
    let reference = ModelReference(
      nodeID: "1", nodeType: "VAELoader", place: .widget(0), widgetValue: "wash.safetensors",
      category: Category("vae"))
    let found = try SourceSearch(in: hubs.scene.project).proposals(for: reference, in: nil)
    #expect(found.map(\.entry.size) == [77])
    #expect(found.map(\.entry.sha256?.hex) == [Self.hash])
    #expect(found.map(\.entry.origin) == [.huggingface])
  }

  @Test("a search goes from the whole name to its beginning; only the very name is proposed")
  func searchByName() throws {
    var hub = HubStandIn()
    hub.repositories = [
      ("b/washes", [.init("wash_fp8.safetensors"), .init("x/wash_fp16.safetensors")]),
      ("c/other", [.init("wash_fp16.safetensors")]),
    ]
    let hubs = try Hubs(hub)
    let urls = try hubs.find("wash_fp16.safetensors").urls
    #expect(urls == ["https://huggingface.co/b/washes/resolve/main/x/wash_fp16.safetensors"])
    let searches = hubs.log.filter { $0.hasPrefix("/api/models?") }
    #expect(
      searches.map { $0.split(separator: "&")[0] } == [
        "/api/models?search=wash_fp16", "/api/models?search=wash",
      ])
    #expect(HubSearch.searches(for: "ae.safetensors") == [])
    #expect(HubSearch.searches(for: "a-b-flux1.dev.safetensors") == ["a-b-flux1.dev", "a-b-flux1"])
  }

  @Test("answers of the last hour are not asked for again; older ones by their validator")
  func cachedAnswers() throws {
    var hub = HubStandIn()
    hub.repositories = [("a/wash", [.init("README.md")])]
    let hubs = try Hubs(hub)
    let note = "https://huggingface.co/a/wash"
    #expect(try hubs.find("wash.safetensors", note: note).urls.isEmpty)
    let first = hubs.log.count
    #expect(try hubs.find("wash.safetensors", note: note).urls.isEmpty)
    #expect(hubs.log.count == first)
    hubs.wait(seconds: 3601)
    #expect(try hubs.find("wash.safetensors", note: note).urls.isEmpty)
    #expect(hubs.log.count > first)
    for request in hubs.scene.server.requests.dropFirst(first) {
      #expect(request["If-None-Match"] != nil)
    }
  }

  @Test("a hub that has had enough is left alone until its time is over, by later runs too")
  func rateLimit() throws {
    var hub = HubStandIn()
    hub.allowance = 1
    let hubs = try Hubs(hub)
    let (_, faults) = try hubs.find("wash_one.safetensors", "ink_two.safetensors")
    let host = "127.0.0.1"
    #expect(faults == [.paused(host: host, seconds: 240)])
    let count = hubs.log.count
    hubs.wait(seconds: 100)
    #expect(
      try hubs.find("pen_three.safetensors").faults == [.paused(host: host, seconds: 140)])
    #expect(hubs.log.count == count)
    hubs.wait(seconds: 141)
    _ = try hubs.find("pen_three.safetensors")
    #expect(hubs.log.count > count)
  }

  @Test("what is refused or not there is no fault, and nothing is proposed")
  func refusals() throws {
    var hub = HubStandIn()
    hub.refused = ["a/gated": (401, "GatedRepo"), "a/off": (403, "Forbidden")]
    let hubs = try Hubs(hub)
    let note =
      "https://huggingface.co/a/gated https://huggingface.co/a/off https://huggingface.co/a/gone"
    let (urls, faults) = try hubs.find("vae.safetensors", "pen.safetensors", note: note)
    #expect(urls.isEmpty)
    #expect(faults.isEmpty)
  }

  @Test("what was refused is asked for again, for another token may be shown it")
  func refusedThenShown() throws {
    var hub = HubStandIn()
    hub.refused = ["a/gated": (401, "GatedRepo"), "a/off": (403, "Forbidden")]
    let hubs = try Hubs(hub)
    let note =
      "https://huggingface.co/a/gated https://huggingface.co/a/off https://huggingface.co/a/gone"
    let lists = ["gated", "off", "gone"].map { Self.tree("a/" + $0) }
    for round in 1...2 {
      _ = try hubs.find("vae.safetensors", note: note)
      let counts = lists.map { list in hubs.log.count { $0 == list } }
      #expect(counts == [round, round, 1])
    }
  }

  @Test("nobody is asked offline, which is said; nor about what is known already")
  func offline() throws {
    let hubs = try Hubs(HubStandIn())
    hubs.scene.set("COMFY_OFFLINE", "1")
    #expect(try hubs.find("wash.safetensors").faults == [.fetch(.offline(.variable))])
    hubs.scene.set("COMFY_OFFLINE", nil)
    #expect(try hubs.find("ae.safetensors").faults.isEmpty)
    #expect(hubs.log.isEmpty)
  }

  @Test("Civitai is asked for the hash that the workflow gives, whatever it calls the file")
  func civitai() throws {
    var hub = HubStandIn()
    let url = "https://civitai.com/api/download/models/7"
    hub.versions = [
      Self.hash:
        #"{"id":7,"files":[{"name":"o.pt","primary":true,"downloadUrl":"\#(url)","hashes":{"SHA256":"\#(Self.hash)"}}]}"#
    ]
    let hubs = try Hubs(hub)
    #expect(try hubs.find("wash.safetensors", sha256: Self.hash).urls == [url])
    #expect(hubs.log == ["/api/v1/model-versions/by-hash/\(Self.hash)"])
  }

  @Test("ModelScope is a mirror where it has the same content, not where it has the same name")
  func modelScope() throws {
    var hub = HubStandIn()
    hub.repositories = [("a/wash", [.init("wash.safetensors", sha256: Self.hash)])]
    hub.mirrors = [
      "AI-ModelScope/wash": [
        .init("d/wash.safetensors", sha256: Self.hash),
        .init("wash.safetensors", sha256: String(repeating: "cd", count: 32)),
      ]
    ]
    let hubs = try Hubs(hub)
    let urls = try hubs.find("wash.safetensors").urls
    #expect(
      urls == [
        "https://huggingface.co/a/wash/resolve/main/wash.safetensors",
        "https://modelscope.cn/models/AI-ModelScope/wash/resolve/master/d/wash.safetensors",
      ])
  }

  @Test("a token goes to the hub's mirror only where the user says so")
  func token() throws {
    let note = "https://huggingface.co/a/wash"
    for isAllowed in [false, true] {
      let hubs = try Hubs(HubStandIn(), token: "hf_secret")
      hubs.scene.set("COMFY_MIRROR_TOKEN", isAllowed ? "true" : nil)
      _ = try hubs.find("wash.safetensors", note: note)
      #expect(!hubs.log.isEmpty)
      for request in hubs.scene.server.requests where request.path.hasPrefix("/api/models") {
        #expect(request["Authorization"] == (isAllowed ? "Bearer hf_secret" : nil))
      }
    }
  }

  @Test(
    "replies that make no sense are nothing",
    arguments: ["", "{}", "[1,{\"type\":\"file\"}]", "<html>", "[{\"id\":\"../x\"},{\"id\":3}]"])
  func senselessReplies(_ text: String) {
    let bytes = Array(text.utf8)
    #expect((try? HuggingFaceListing.files(of: bytes))?.isEmpty ?? true)
    #expect((try? HuggingFaceListing.repositories(of: bytes))?.isEmpty ?? true)
    #expect((try? ModelScopeListing.files(of: bytes))?.isEmpty ?? true)
  }

  @Test(
    "of a next page only the query is taken",
    arguments: [
      ("<https://evil.example/x?cursor=1>; rel=\"next\"", "cursor=1"),
      ("</x?a=1>; rel=\"prev\", </x?a=2&b=%2F>; rel=\"next\"", "a=2&b=%2F"),
      ("<https://huggingface.co/x>; rel=\"next\"", nil), ("x?a=1; rel=next", nil), ("", nil),
    ])
  func nextPage(_ link: String, _ query: String?) {
    let head = ResponseHead(status: 200, fields: [.init(name: "Link", value: link)])
    #expect(HuggingFaceListing.nextPage(head) == query)
  }
}
