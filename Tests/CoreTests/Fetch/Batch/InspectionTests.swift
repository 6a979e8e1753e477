import SystemPackage
import TestServer
import Testing

@testable import ComfyCore

/// What is known of an address before it is decided for.
@Suite struct InspectionTests {
  private func reference(
    _ value: String = "m.safetensors", hash: String? = nil
  ) -> ModelReference {
    var reference = ModelReference(
      nodeID: "1", nodeType: "LoraLoader", place: .widget(0), widgetValue: value,
      category: Category("loras"))
    reference.hash = hash
    return reference
  }

  private func inspect(
    _ scene: BatchScene, _ url: String, _ reference: ModelReference? = nil,
    cancellation: Cancellation = .never
  ) throws -> SourceInspection {
    let url = try SourceURL(url.hasPrefix("/") ? scene.server.url(url) : url)
    return try scene.project.inspect(
      url, for: reference ?? self.reference(), cancellation: cancellation)
  }

  @Test func sizeNameAndPlaceWithoutABody() throws {
    let scene = try BatchScene { request in
      var reply = ServedFile(content(9_000)).reply(to: request)
      reply.set("Content-Disposition", "attachment; filename=\"there.ckpt\"")
      return reply
    }
    let inspection = try inspect(scene, "/download/5", reference("named here"))
    #expect(inspection.line.size == 9_000)
    #expect(inspection.filename == "there.ckpt")
    #expect(inspection.suggestion?.string == "loras/named here.ckpt")
    #expect(inspection.refusal == nil && !inspection.isPage && !inspection.contradictsWorkflow)
    #expect(scene.asked == ["HEAD /download/5"])
    #expect(try scene.entries.isEmpty)
  }

  @Test(arguments: [
    (401, "fetch.unauthorized"), (403, "fetch.forbidden"), (404, "fetch.not-found"),
    (429, "fetch.rate-limited"), (503, "fetch.server"),
  ])
  func refusals(status: Int, code: String) throws {
    let scene = try BatchScene { _ in .text(status, "no") }
    #expect(try inspect(scene, "/m.safetensors").refusal?.code == code)
  }

  @Test func aGatedFileTellsVariableAndPage() throws {
    let scene = try BatchScene { _ in
      var reply = Reply(401)
      reply.set("X-Error-Code", "GatedRepo")
      return reply
    }
    scene.set("HF_ENDPOINT", scene.server.url(""))
    let inspection = try inspect(scene, "https://huggingface.co/owner/name/resolve/main/m.pt")
    guard case .access(let refusal)? = inspection.refusal else {
      Issue.record("\(String(describing: inspection.refusal))")
      return
    }
    #expect(refusal.reason == .tokenMissing(gated: true))
    #expect(refusal.page == "https://huggingface.co/owner/name")
    #expect(refusal.variables.first == "HF_TOKEN")
  }

  @Test(arguments: ["text/html", "TEXT/HTML; charset=utf-8", "application/octet-stream"])
  func aPageIsNoFile(type: String) throws {
    let scene = try BatchScene { _ in .text(200, "<html>", type: type) }
    #expect(try inspect(scene, "/m.safetensors").isPage == type.lowercased().hasPrefix("text/html"))
  }

  @Test func offlineAndPrivateAddresses() throws {
    let scene = try BatchScene(["/m.pt": content(10)])
    scene.set("COMFY_ALLOW_PRIVATE_HOSTS", nil)
    #expect(try inspect(scene, "/m.pt").refusal?.code == "fetch.private-address")
    scene.set("COMFY_OFFLINE", "true")
    #expect(try inspect(scene, "/m.pt").refusal == .offline(.variable))
    #expect(scene.server.requests.isEmpty)
  }

  @Test(arguments: [true, false]) func aHubsHashAgainstTheWorkflows(isSame: Bool) throws {
    let told = String(repeating: "ab", count: 32)
    let scene = try BatchScene { _ in
      var reply = Reply(200, body: [1, 2, 3])
      reply.set("X-Linked-Etag", "\"\(told)\"")
      return reply
    }
    scene.set("HF_ENDPOINT", scene.server.url(""))
    let given = isSame ? told : String(repeating: "cd", count: 32)
    let inspection = try inspect(
      scene, "https://huggingface.co/owner/name/resolve/main/m.pt", reference(hash: given))
    #expect(inspection.sha256?.hex == told)
    #expect(inspection.contradictsWorkflow == !isSame)
  }

  @Test func whatCameFromThereBeforeIsNotAskedFor() throws {
    let scene = try BatchScene(["/a.pt": content(9_000)])
    try scene.intend("/a.pt", to: "loras/a.pt")
    try scene.run()
    let before = scene.server.requests.count
    let inspection = try inspect(scene, "/a.pt", reference("other.pt"))
    guard case .reuse(let location) = inspection.line.step else {
      Issue.record("\(inspection.line.step)")
      return
    }
    #expect(location.relativePath.string == "loras/a.pt")
    #expect(inspection.line.size == 9_000)
    #expect(scene.server.requests.count == before)
  }

  @Test(.timeLimit(.minutes(1))) func stoppingEndsTheQuestion() throws {
    let stop = Flag()
    let scene = try BatchScene { _ in
      stop.set()
      var reply = Reply(200)
      reply.delay = 60_000
      return reply
    }
    let inspection = try inspect(
      scene, "/m.safetensors", cancellation: Cancellation { stop.isSet })
    #expect(inspection.line.size == nil && inspection.refusal != nil)
  }
}
