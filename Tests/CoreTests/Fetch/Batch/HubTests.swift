import SystemLibrary
import SystemPackage
import TestServer
import Testing

@testable import ComfyCore

/// What hubs tell, who gets credentials, and which hosts are asked.
@Suite struct HubTests {
  private let file = content(9_000)

  /// Plays Hugging Face on one port and its bucket on another.
  private func huggingFace(
    linked: SHA256Hash? = nil, size: Int? = nil, bucket: TestServer
  ) -> TestServer.Script {
    let file = file
    let bucketURL = bucket.url("/signed?X-Amz-Signature=abc")
    return { request in
      guard request.path == "/owner/name/resolve/main/m.pt" else {
        return .text(404, "Entry not found")
      }
      return .redirect(
        to: bucketURL,
        headers: [
          ("X-Linked-Etag", "\"\((linked ?? sha256(file)).hex)\""),
          ("X-Linked-Size", "\(size ?? file.count)"),
          ("X-Repo-Commit", String(repeating: "a", count: 40)),
        ])
    }
  }

  private func bucket() throws -> TestServer {
    let file = file
    return try #require(TestServer { ServedFile(file).reply(to: $0) })
  }

  private static let page = "https://huggingface.co/owner/name/blob/main/m.pt?download=true"

  /// Only the mirror's own host may be private, not what it redirects to.
  @Test func aMirrorIsAskedThoughItIsPrivateAndTheManifestKeepsTheAddress() throws {
    let bucket = try bucket()
    defer { bucket.stop() }
    let scene = try BatchScene(huggingFace(bucket: bucket))
    scene.set("COMFY_ALLOW_PRIVATE_HOSTS", nil)
    scene.set("HF_ENDPOINT", scene.server.url(""))
    scene.set("HF_TOKEN", "hf_secret")
    try scene.intend(Self.page)
    #expect(try scene.run()?.failed.count == 1)
    #expect(!scene.asked.isEmpty && bucket.requests.isEmpty)
    scene.set("COMFY_ALLOW_PRIVATE_HOSTS", "true")
    let report = try scene.run()
    #expect(report?.failed.isEmpty == true)
    #expect(scene.bytes("loras/m.pt") == file)
    guard case .landed(let landed)? = report?.lines.first?.outcome else { return }
    #expect(landed.isVerified)
    let entry = try #require(try scene.entries.first)
    // A moving branch stays as the user gave it: the hash is what pins the content.
    #expect(entry.sources == [Self.page] && entry.hash == blake3(file))
    // A mirror gets no token unless the user says so.
    let all = scene.server.requests + bucket.requests
    #expect(all.allSatisfy { $0["Authorization"] == nil })
  }

  /// What a branch stood for is written down beside it, and is what another machine gets when the
  /// branch has moved on.
  @Test func theCommitThatABranchStoodForIsKept() throws {
    let (file, commit) = (file, String(repeating: "a", count: 40))
    let hasMoved = Flag()
    let scene = try BatchScene { request in
      let isOld = !hasMoved.isSet || request.path == "/owner/name/resolve/\(commit)/m.pt"
      let content = isOld ? file : Array(file.reversed())
      var reply = ServedFile(content, entityTag: "\"\(isOld)\"").reply(to: request)
      reply.set("X-Repo-Commit", commit)
      return reply
    }
    scene.set("HF_ENDPOINT", scene.server.url(""))
    try scene.intend(Self.page)
    #expect(try scene.run()?.failed.isEmpty == true)
    let manifest = try scene.project.manifestStore().read()
    let pinned = "https://huggingface.co/owner/name/blob/\(commit)/m.pt?download=true"
    #expect(manifest.models.map { Set($0.sources) } == [[Self.page, pinned]])
    #expect(try scene.entries.map(\.sources) == [[Self.page]])

    hasMoved.set()
    let path = scene.models.appending("loras/m.pt")
    #expect(unlink(path.string) == 0)
    let project = scene.project
    let selection = SyncSelection()
    let plan = try project.planSync(selection)
    #expect(plan.missing.count == 1)
    let before = scene.downloads.count
    let report = try project.fetch(plan, selection, events: { _ in })
    #expect(report?.succeeded.count == 1 && scene.bytes("loras/m.pt") == file)
    #expect(scene.downloads[before...] == ["/owner/name/resolve/\(commit)/m.pt"])
  }

  /// A host that is no hub's has no commits, and of two repositories it is not known whose it is.
  @Test func nobodyElsesCommitIsKept() throws {
    let file = file
    let scene = try BatchScene { request in
      var reply = ServedFile(file).reply(to: request)
      reply.set("X-Repo-Commit", String(repeating: "a", count: 40))
      return reply
    }
    try scene.intend("/a")
    #expect(try scene.run()?.failed.isEmpty == true)
    let rows = try scene.project.manifestStore().read().models
    #expect(rows.map(\.sources) == [[scene.server.url("/a")]])
  }

  @Test func aTokenGoesToAMirrorThatMayHaveItAndNotOnToTheBucket() throws {
    let bucket = try bucket()
    defer { bucket.stop() }
    let scene = try BatchScene(huggingFace(bucket: bucket))
    scene.set("COMFY_MIRROR", "huggingface.co=\(scene.server.url(""))")
    scene.set("COMFY_MIRROR_TOKEN", "true")
    scene.set("HF_TOKEN", "hf_secret")
    try scene.intend(Self.page)
    #expect(try scene.run()?.failed.isEmpty == true)
    #expect(scene.server.requests.allSatisfy { $0["Authorization"] == "Bearer hf_secret" })
    #expect(!scene.server.requests.isEmpty && !bucket.requests.isEmpty)
    #expect(bucket.requests.allSatisfy { $0["Authorization"] == nil })
    // Nothing secret is written anywhere.
    let manifest = readFile(scene.sandbox.manifest) ?? []
    let text = String(decoding: manifest, as: UTF8.self)
    #expect(!text.contains("hf_secret") && !text.contains("X-Amz"))
  }

  /// Hugging Face has files of more than 50 GB, which its own client does not fetch so; they are
  /// told with all their digits, and refused where there is no room.
  @Test(arguments: [50_000_000_001]) func largeFiles(size: Int) throws {
    let bucket = try bucket()
    defer { bucket.stop() }
    let scene = try BatchScene(huggingFace(size: size, bucket: bucket))
    scene.set("HF_ENDPOINT", scene.server.url(""))
    try scene.intend(Self.page)
    let project = scene.project
    let plan = try project.planFetch(project.pendingItems())
    #expect(plan.lines.map(\.size) == [Int64(size)] && plan.totalBytes == Int64(size))
    let volume = try #require(plan.volumes.first)
    #expect(volume.needed == Int64(size))
    guard let free = volume.free, free < volume.needed else { return }
    #expect {
      try scene.run()
    } throws: { error in
      (error as? FetchSpaceError)?.needed == Int64(size)
    }
    #expect(scene.downloads.isEmpty && bucket.requests.allSatisfy { $0.method == "HEAD" })
  }

  @Test func aHubsHashIsHeld() throws {
    let bucket = try bucket()
    defer { bucket.stop() }
    let scene = try BatchScene(huggingFace(linked: sha256([1]), bucket: bucket))
    scene.set("HF_ENDPOINT", scene.server.url(""))
    try scene.intend(Self.page)
    #expect(try scene.run()?.errors.map(\.code) == ["fetch.checksum"])
    #expect(scene.bytes("loras/m.pt") == nil)
    #expect(try scene.hashes == [nil])
  }

  /// The hub says which content it is, and this disk has that under another name.
  @Test(arguments: [nil, "link"]) func aContentThatIsHereIsNotFetched(policy: String?) throws {
    let bucket = try bucket()
    defer { bucket.stop() }
    let scene = try BatchScene(huggingFace(bucket: bucket))
    scene.set("HF_ENDPOINT", scene.server.url(""))
    scene.set("COMFY_DEDUPE", policy)
    try scene.put(file, at: "checkpoints/same.pt")
    _ = try scene.project.updateIndex(of: [ModelRoot(scene.models)])
    try scene.intend(Self.page)
    let report = try scene.run()
    #expect(report?.failed.isEmpty == true)
    #expect(scene.bytes("loras/m.pt") == file)
    #expect(bucket.requests.allSatisfy { $0.method == "HEAD" })
    let one = try FileStatus(of: scene.models.appending("checkpoints/same.pt"))
    let two = try FileStatus(of: scene.models.appending("loras/m.pt"))
    #expect((one?.inode == two?.inode) == (policy == "link"))
  }

  @Test func privateHostsAreRefusedToWorkflows() throws {
    let scene = try BatchScene(["/a": file])
    scene.set("COMFY_ALLOW_PRIVATE_HOSTS", nil)
    try scene.intend("/a")
    #expect(try scene.run()?.errors.map(\.code) == ["fetch.private-address"])
    #expect(scene.server.requests.isEmpty)
    scene.set("COMFY_ALLOW_PRIVATE_HOSTS", "true")
    #expect(try scene.run()?.failed.isEmpty == true)
  }

  @Test func credentialsGoToTheirHostOnly() throws {
    let scene = try BatchScene(["/a": file])
    scene.set("HF_TOKEN", "hf_secret")
    scene.set("CIVITAI_API_TOKEN", "civitai_secret")
    try scene.intend("/a")
    #expect(try scene.run()?.failed.isEmpty == true)
    #expect(scene.server.requests.allSatisfy { $0["Authorization"] == nil })
  }

  /// The switch of the hub's own client keeps the hub out, and no other host.
  @Test(arguments: ["1", "ON", "yes", "True", "0", "", "no"]) func theHubsOfflineSwitch(
    _ value: String
  ) throws {
    let isOffline = !["0", "", "no"].contains(value)
    let bucket = try bucket()
    defer { bucket.stop() }
    let file = file
    let host = try #require(TestServer { ServedFile(file + [1]).reply(to: $0) })
    defer { host.stop() }
    let scene = try BatchScene(huggingFace(bucket: bucket))
    scene.set("HF_ENDPOINT", scene.server.url(""))
    scene.set("HF_HUB_OFFLINE", value)
    try scene.intend(Self.page)
    try scene.intend(host.url("/other"), to: "loras/other.pt", node: "2")
    let project = scene.project
    let plan = try project.planFetch(project.pendingItems())
    if case .blocked(let error)? = plan.lines.first?.step {
      #expect(isOffline && error == .hubOffline(.huggingFace, variable: "HF_HUB_OFFLINE"))
    } else {
      #expect(!isOffline)
    }
    #expect(try scene.run()?.errors.map(\.code) == (isOffline ? ["fetch.offline"] : []))
    #expect(scene.server.requests.isEmpty == isOffline)
    #expect(bucket.requests.isEmpty == isOffline)
    #expect(scene.bytes("loras/other.pt") == file + [1])
    // What is here is taken all the same.
    scene.set("HF_HUB_OFFLINE", nil)
    try scene.run()
    scene.set("HF_HUB_OFFLINE", value)
    try scene.intend(Self.page, to: "loras/again.pt", node: "3")
    #expect(try scene.run()?.failed.isEmpty == true)
  }

  // MARK: Civitai

  private func civitai(
    _ hashes: String?, lookup status: Int = 200
  ) -> TestServer.Script {
    let file = file
    return { request in
      switch request.path {
      case "/api/v1/model-versions/7":
        guard let hashes else { return .text(status, "{}", type: "application/json") }
        return .text(
          status,
          """
          {"id":7,"files":[{"id":1,"name":"../great.pt","type":"Model","primary":true,\
          "sizeKB":8.7890625,"hashes":{\(hashes)}}]}
          """, type: "application/json")
      case "/api/download/models/7":
        return request.method == "HEAD" ? Reply(403) : ServedFile(file).reply(to: request)
      default: return .text(404, "{}")
      }
    }
  }

  @Test(arguments: [
    "https://civitai.com/models/3?modelVersionId=7", "https://civitai.com/api/download/models/7",
  ])
  func aVersionTellsHashesAndSize(_ url: String) throws {
    let scene = try BatchScene(
      civitai("\"SHA256\":\"\(sha256(file).hex.uppercased())\",\"BLAKE3\":\"\(blake3(file).hex)\""))
    scene.set("COMFY_MIRROR", "civitai.com=\(scene.server.url(""))")
    try scene.intend(url)
    var total: Int64?
    let report = try scene.run { if case .batchStart(_, let bytes) = $0 { total = bytes } }
    #expect(report?.failed.isEmpty == true && total == 9_000)
    guard case .landed(let landed)? = report?.lines.first?.outcome else { return }
    #expect(landed.isVerified && landed.sha256 == sha256(file))
    #expect(scene.asked == ["GET /api/v1/model-versions/7", "GET /api/download/models/7"])
  }

  @Test func aVersionsHashIsHeld() throws {
    let scene = try BatchScene(civitai("\"SHA256\":\"\(sha256([1]).hex)\""))
    scene.set("COMFY_MIRROR", "civitai.com=\(scene.server.url(""))")
    try scene.intend("https://civitai.com/api/download/models/7")
    #expect(try scene.run()?.errors.map(\.code) == ["fetch.checksum"])
    #expect(scene.bytes("loras/m.pt") == nil)
  }

  /// However many files there are, each is checked.
  @Test func aLargeBatchIsLookedUpWhole() throws {
    let scene = try BatchScene(civitai("\"SHA256\":\"\(sha256([1]).hex)\""))
    scene.set("COMFY_MIRROR", "civitai.com=\(scene.server.url(""))")
    let count = FetchPlanner.sampleSize + 8
    for number in 0..<count {
      // The same version under parameters that make it another file.
      try scene.intend(
        "https://civitai.com/api/download/models/7?fp=fp\(number)", to: "loras/\(number).pt",
        node: "\(number)")
    }
    _ = try scene.run()
    #expect(scene.asked.count { $0 == "GET /api/v1/model-versions/7" } == count)
  }

  @Test(arguments: [200, 404, 500]) func aLookupThatFailsStopsNothing(status: Int) throws {
    let scene = try BatchScene(civitai(nil, lookup: status))
    scene.set("COMFY_MIRROR", "civitai.com=\(scene.server.url(""))")
    try scene.intend("https://civitai.com/api/download/models/7")
    #expect(try scene.run()?.failed.isEmpty == true)
    #expect(scene.bytes("loras/m.pt") == file)
  }

  /// Civitai sends browsers to pages that are there, and answer 200.
  @Test(arguments: [
    ("/login?returnUrl=%2Fmodels%2F3&reason=download-auth", nil, "fetch.unauthorized"),
    ("/login?returnUrl=%2Fmodels%2F3&reason=download-auth", "civitai_secret", "fetch.unauthorized"),
    ("/pricing?reason=early-access", "civitai_secret", "fetch.early-access"),
  ])
  func aWayToAPageForPeopleIsARefusal(_ place: String, _ token: String?, _ code: String) throws {
    let scene = try BatchScene { request in
      switch request.path {
      case "/api/download/models/7": .redirect(307, to: place)
      case "/login", "/pricing": .text(200, "<!DOCTYPE html><title>Sign in</title>")
      default: .text(404, "{}")
      }
    }
    scene.set("COMFY_MIRROR", "civitai.com=\(scene.server.url(""))")
    scene.set("COMFY_MIRROR_TOKEN", "true")
    scene.set("CIVITAI_API_TOKEN", token)
    try scene.intend("https://civitai.com/api/download/models/7")
    let project = scene.project
    let line = try #require(try project.planFetch(project.pendingItems()).lines.first)
    #expect(line.refusal?.code == code)
    let error = try #require(try scene.run()?.errors.first)
    guard case .access(let refusal) = error else {
      Issue.record("\(error)")
      return
    }
    #expect(refusal.code == code && refusal.status == 307)
    #expect(refusal.page == "https://civitai.com/model-versions/7")
    #expect(refusal.variables.first == "CIVITAI_API_TOKEN" && refusal.tokenSent == (token != nil))
    #expect(!scene.asked.contains { $0.contains("login") || $0.contains("pricing") })
  }

  /// Civitai answers `HEAD` with 401 whatever comes along.
  @Test func anOverviewTellsOfAFileWhatItsDownloadWould() throws {
    let file = file
    let scene = try BatchScene { request in
      guard request.path == "/api/download/models/7" else { return .text(404, "{}") }
      guard request.method == "GET", request["Authorization"] == "Bearer civitai_secret" else {
        return .text(401, "{\"error\":\"Unauthorized\"}", type: "application/json")
      }
      return ServedFile(file).reply(to: request)
    }
    scene.set("COMFY_MIRROR", "civitai.com=\(scene.server.url(""))")
    scene.set("COMFY_MIRROR_TOKEN", "true")
    scene.set("CIVITAI_API_TOKEN", "civitai_secret")
    try scene.intend("https://civitai.com/api/download/models/7")
    let project = scene.project
    let line = try #require(try project.planFetch(project.pendingItems()).lines.first)
    #expect(line.refusal == nil && line.size == 9_000)
    #expect(try scene.run()?.failed.isEmpty == true)
  }

  /// Only the host that was asked for the file can mean its own login.
  @Test func aBucketMayHaveAFolderOfThatName() throws {
    let file = file
    let bucket = try #require(
      TestServer { request in
        request.path == "/a"
          ? .redirect(to: "/login/m.pt") : ServedFile(file).reply(to: request)
      })
    defer { bucket.stop() }
    let place = "http://localhost:\(bucket.port)/a"
    let scene = try BatchScene { _ in .redirect(to: place) }
    try scene.intend("/a")
    #expect(try scene.run()?.failed.isEmpty == true)
    #expect(scene.bytes("loras/m.pt") == file)
  }
}
