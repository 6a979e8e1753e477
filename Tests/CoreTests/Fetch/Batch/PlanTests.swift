import SystemPackage
import TestServer
import Testing

@testable import ComfyCore

/// What is told before the first byte.
@Suite struct PlanTests {
  private let file = content(9_000)

  private func plan(_ scene: BatchScene) throws -> FetchPlan {
    let project = scene.project
    return try project.planFetch(project.pendingItems())
  }

  private func names(_ plan: FetchPlan) -> [String] {
    plan.lines.map { line in
      switch line.step {
      case .present: "present"
      case .reuse(let location): "reuse \(location.relativePath)"
      case .download: "download"
      case .blocked(let error): error.code
      }
    }
  }

  @Test func tellsStepsSizesAndVolumesWithoutABody() throws {
    let scene = try BatchScene(["/a": file, "/b": content(100)])
    try scene.intend("/a", to: "loras/here.pt", node: "0")
    try scene.run()
    let before = scene.server.requests.count
    try scene.intend("/a", to: "loras/again.pt", node: "1")
    try scene.intend("/b", to: "loras/b.pt", node: "2")
    try scene.intend("/b", to: "vae/b2.pt", node: "3")
    try scene.intend("/missing", to: "loras/c.pt", node: "4")
    try scene.intend("https://civitai.com/models/5", to: "loras/d.pt", node: "5")
    let plan = try plan(scene)
    #expect(
      names(plan)
        == ["reuse loras/here.pt", "download", "download", "download", "fetch.source"])
    #expect(plan.lines.map(\.size) == [9_000, 100, 100, nil, nil])
    #expect(plan.lines[3].refusal?.code == "fetch.not-found")
    #expect(plan.lines[1].host == "127.0.0.1" && plan.lines[1].access == .open)
    #expect(plan.totalBytes == nil)
    let volume = try #require(plan.volumes.first)
    #expect(plan.volumes.count == 1 && volume.files == 4 && volume.unsized == 1)
    #expect(volume.needed == 9_200 && volume.free ?? 0 > 0 && !volume.isTooSmall)
    // The file of two places is asked about once; nothing is fetched and nothing written.
    let asked = scene.server.requests[before...]
    #expect(asked.count { $0.path == "/b" } == 1)
    #expect(asked.allSatisfy { $0.method == "HEAD" || $0["Range"] == "bytes=0-0" })
    #expect(listDirectory(scene.models.appending("loras")) == ["here.pt"])
    #expect(try scene.isCommitted)
  }

  @Test(arguments: [(DedupePolicy.never, [9_000]), (.link, [])])
  func aLinkNeedsNoSpace(policy: DedupePolicy, needed: [Int64]) throws {
    let scene = try BatchScene(["/a": file])
    try scene.intend("/a", to: "loras/here.pt", node: "0")
    try scene.run()
    scene.set("COMFY_DEDUPE", policy.rawValue)
    try scene.intend("/a", to: "loras/again.pt", node: "1")
    let plan = try plan(scene)
    #expect(names(plan) == ["reuse loras/here.pt"])
    #expect(plan.volumes.map(\.needed) == needed)
  }

  @Test func sizesFromServersThatRefuseHEAD() throws {
    let file = file
    let scene = try BatchScene { request in
      request.method == "HEAD" ? Reply(405) : ServedFile(file).reply(to: request)
    }
    try scene.intend("/a")
    #expect(try plan(scene).lines.map(\.size) == [9_000])
    #expect(scene.server.requests.last?["Range"] == "bytes=0-0")
  }

  @Test(arguments: [nil, "hf_secret"]) func credentials(token: String?) throws {
    let scene = try BatchScene { request in
      request["Authorization"] == nil ? Reply(401) : Reply(200, body: [1, 2, 3])
    }
    scene.set("HF_ENDPOINT", scene.server.url(""))
    scene.set("COMFY_MIRROR_TOKEN", "yes")
    scene.set("HF_TOKEN", token)
    try scene.intend("https://huggingface.co/owner/name/resolve/main/m.pt")
    let line = try #require(try plan(scene).lines.first)
    if token == nil {
      #expect(line.access == .refused(variables: ["HF_TOKEN", "HUGGING_FACE_HUB_TOKEN"]))
      #expect(line.refusal != nil)
    } else {
      #expect(line.access == .credential(.variable("HF_TOKEN")))
      #expect(line.refusal == nil && line.size == 3)
    }
  }

  @Test func offlineAsksNobodyAndStillTakesWhatIsHere() throws {
    let scene = try BatchScene(["/a": file])
    try scene.intend("/a", to: "loras/a.pt", node: "0")
    try scene.run()
    let before = scene.server.requests.count
    scene.set("COMFY_OFFLINE", "true")
    try scene.intend("/a", to: "loras/b.pt", node: "1")
    try scene.intend("/c", to: "loras/c.pt", node: "2")
    #expect(try names(plan(scene)) == ["reuse loras/a.pt", "fetch.offline"])
    let report = try scene.run()
    #expect(report?.errors.map(\.code) == ["fetch.offline"])
    #expect(scene.bytes("loras/b.pt") == file)
    #expect(scene.server.requests.count == before)
  }

  @Test func aBatchThatCannotFitIsRefusedBeforeItsFirstByte() throws {
    let empty = try BatchScene([:])
    let free = try #require(TargetPlace.freeSpace(empty.models))
    let scene = try scene(files: 2) { _ in free / 3 * 2 }
    #expect {
      try scene.run()
    } throws: { error in
      guard let error = error as? FetchSpaceError else { return false }
      return error.files == 2 && error.free < error.needed
        && scene.models.starts(with: error.directory)
    }
    #expect(scene.downloads.isEmpty && scene.events.count == 1)
    #expect(try plan(scene).volumes.first?.isTooSmall == true)
  }

  /// The size may be one server's word: it is no reason to refuse the others.
  @Test(arguments: [Int64.max, Int64.max / 2, 1 << 50])
  func aFileThatIsLargerThanTheDiskFailsAlone(size: Int64) throws {
    let scene = try scene(files: 2) { $0 == 0 ? size : 1 }
    let report = try scene.run()
    #expect(report?.errors.map(\.code) == ["fetch.no-space"])
    #expect(scene.bytes("loras/1.pt") == [0x80])
    #expect(scene.downloads.count == 1)
  }

  /// A server that tells what it is asked for as a path: `/BYTES/NAME`; it sends one byte.
  private func scene(files: Int, size: (Int) -> Int64) throws -> BatchScene {
    let scene = try BatchScene { request in
      guard request.method == "HEAD" else { return ServedFile([0x80]).reply(to: request) }
      var reply = Reply(200)
      reply.length = .text(String(request.path.split(separator: "/")[0]))
      return reply
    }
    try scene.project.record(
      (0..<files).map { number in
        ModelDecision(
          workflow: "w",
          references: [
            ReferenceKey(
              nodeID: "\(number)", nodeType: "LoraLoader", place: .widget(0),
              widgetValue: "\(number).pt")
          ], filename: "\(number).pt", category: Category("loras"),
          answer: .intend(
            DownloadIntent(
              sources: [scene.server.url("/\(size(number))/\(number).pt")],
              relativePath: try RelativePath("loras/\(number).pt"))))
      })
    return scene
  }

  /// However many files there are: together they are too much, and no sample of them is.
  @Test func aLargeBatchThatCannotFitIsRefusedToo() throws {
    let empty = try BatchScene([:])
    let free = try #require(TargetPlace.freeSpace(empty.models))
    let count = 200
    let scene = try scene(files: count) { _ in free / 100 }
    #expect {
      try scene.run()
    } throws: { error in
      guard let error = error as? FetchSpaceError else { return false }
      return error.files == count && error.free < error.needed
    }
    #expect(scene.asked.count { $0.hasPrefix("HEAD") } == count && scene.downloads.isEmpty)
  }

  /// Where there is room by far, most are not asked about.
  @Test(arguments: [FetchPlanner.sampleSize, 100]) func manySmallFiles(count: Int) throws {
    let scene = try scene(files: count) { _ in 1 }
    #expect(try scene.run()?.succeeded.count == count)
    #expect(scene.asked.count { $0.hasPrefix("HEAD") } == FetchPlanner.sampleSize)
    #expect(scene.downloads.count == count)
  }

  @Test func whatAnEarlierRunLeftIsNotNeededAgain() throws {
    let file = content(3 << 20)
    let scene = try BatchScene { request in
      var reply = ServedFile(file).reply(to: request)
      if request.method == "GET" { reply.stall = 1 << 20 }
      return reply
    }
    try scene.intend("/a")
    // Stopped once bytes have come.
    let hasBytes = Flag()
    try scene.run(cancellation: Cancellation { hasBytes.isSet }) { event in
      if case .fileProgress(_, let progress) = event, progress.bytes >= 1 << 20 { hasBytes.set() }
    }
    let line = try #require(try plan(scene).lines.first)
    #expect(line.kept >= 1 << 20 && line.size == 3 << 20)
    #expect(try plan(scene).volumes.first?.needed == (3 << 20) - line.kept)
  }
}
