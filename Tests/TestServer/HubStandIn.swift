/// Answers as the interfaces of Hugging Face, Civitai and ModelScope do: pages, validators, errors.
///
/// All on one server: their paths differ.
public struct HubStandIn: Sendable {
  /// A file of a repository.
  public struct File: Sendable {
    var path: String
    var size: Int
    /// SHA-256; `nil` for a small file that the hub keeps in git.
    var sha256: String?

    public init(_ path: String, size: Int = 1000, sha256: String? = nil) {
      self.path = path
      self.size = size
      self.sha256 = sha256
    }
  }

  /// Files by repository at Hugging Face, `owner/name`; the most downloaded repository first.
  public var repositories: [(name: String, files: [File])] = []
  /// The same at ModelScope.
  public var mirrors: [String: [File]] = [:]
  /// Model versions at Civitai, by SHA-256 in lower case; JSON.
  public var versions: [String: String] = [:]
  /// Entries of a page; the hub's own number is 1,000.
  public var pageSize = 1000
  /// Repositories whose lists are refused, with the `X-Error-Code`.
  public var refused: [String: (status: Int, code: String)] = [:]
  /// Answers after which Hugging Face wants to be left alone; `nil` for never.
  public var allowance: Int?

  public init() {}

  /// What the hub of the request answers.
  ///
  /// - Parameter count: Requests to Hugging Face before this one.
  public func reply(to request: Request, after count: Int = 0) -> Reply {
    let parts = request.path.split(separator: "/").map(String.init)
    if parts.starts(with: ["api", "v1", "model-versions", "by-hash"]), let hash = parts.last {
      return versions[hash.lowercased()].map { json($0, to: request) }
        ?? .text(404, #"{"error":"Model not found"}"#, type: "application/json")
    }
    if parts.starts(with: ["api", "v1", "models"]), parts.count == 7 {
      return modelScope(parts[3] + "/" + parts[4], request)
    }
    guard parts.starts(with: ["api", "models"]) else { return .text(404, "Not found") }
    if let allowance, count >= allowance {
      var reply = Reply.text(429, #"{"error":"Too many requests"}"#, type: "application/json")
      reply.set("RateLimit", #""api";r=0;t=240"#)
      return reply
    }
    return parts.count == 2 ? search(request) : tree(parts[2] + "/" + parts[3], request)
  }

  // MARK: Hugging Face

  private func search(_ request: Request) -> Reply {
    let wanted = parameter("search", of: request)?.lowercased() ?? ""
    let limit = parameter("limit", of: request).flatMap { Int($0) } ?? 10
    let found = repositories.map(\.name).filter { $0.lowercased().contains(wanted) }.prefix(limit)
    let items = found.map { #"{"_id":"0","id":"\#($0)","modelId":"\#($0)"}"# }
    return json("[\(items.joined(separator: ","))]", to: request)
  }

  private func tree(_ repository: String, _ request: Request) -> Reply {
    if let refusal = refused[repository] {
      var reply = Reply.text(
        refusal.status, #"{"error":"Access is restricted"}"#, type: "application/json")
      reply.set("X-Error-Code", refusal.code)
      return reply
    }
    guard let files = repositories.first(where: { $0.name == repository })?.files else {
      var reply = Reply.text(
        404, #"{"error":"Repository not found"}"#, type: "application/json")
      reply.set("X-Error-Code", "RepoNotFound")
      return reply
    }
    // Without `recursive` only the top is listed.
    let isDeep = parameter("recursive", of: request) == "true"
    var entries = files.filter { isDeep || !$0.path.contains("/") }.map(entry)
    entries.insert(#"{"type":"directory","oid":"0","size":0,"path":"split_files"}"#, at: 0)
    let start = parameter("cursor", of: request).flatMap { Int($0) } ?? 0
    let page = entries.dropFirst(start).prefix(pageSize)
    var reply = json("[\(page.joined(separator: ","))]", to: request)
    if start + pageSize < entries.count, reply.status == 200 {
      // The hub names its own host there, whatever it was asked through.
      reply.set(
        "Link",
        "<https://huggingface.co\(request.path)?recursive=true&cursor=\(start + pageSize)>; "
          + "rel=\"next\"")
    }
    return reply
  }

  private func entry(_ file: File) -> String {
    let stored = file.sha256.map {
      #","lfs":{"oid":"\#($0)","size":\#(file.size),"pointerSize":134}"#
    }
    return #"{"type":"file","oid":"0","size":\#(file.size),"path":"\#(file.path)"\#(stored ?? "")}"#
  }

  // MARK: ModelScope

  private func modelScope(_ repository: String, _ request: Request) -> Reply {
    guard request["User-Agent"] != nil else { return .text(403, "denied") }
    guard let files = mirrors[repository], parameter("Revision", of: request) == "master" else {
      // An error with the status of success.
      return json(#"{"Code":10010205001,"Message":"not found","Success":false}"#, to: request)
    }
    let isDeep = parameter("Recursive", of: request) == "true"
    let entries = files.filter { isDeep || !$0.path.contains("/") }.map { file in
      let name = file.path.split(separator: "/").last ?? ""
      let place = #""Name":"\#(name)","Path":"\#(file.path)""#
      let content = #""Size":\#(file.size),"Sha256":"\#(file.sha256 ?? "")""#
      return #"{\#(place),"Type":"blob",\#(content),"Revision":"master"}"#
    }
    let folder = #"{"Name":"d","Path":"d","Type":"tree","Size":0}"#
    let list = ([folder] + entries).joined(separator: ",")
    return json(#"{"Code":200,"Data":{"Files":[\#(list)]},"Success":true}"#, to: request)
  }

  // MARK: Answers

  private func json(_ text: String, to request: Request) -> Reply {
    var sum: UInt64 = 5381
    for byte in text.utf8 { sum = (sum &* 33) ^ UInt64(byte) }
    let tag = "\"\(sum)\""
    if request["If-None-Match"] == tag {
      return Reply(304, headers: [("ETag", tag)])
    }
    var reply = Reply.text(200, text, type: "application/json")
    reply.set("ETag", tag)
    return reply
  }

  private func parameter(_ name: String, of request: Request) -> String? {
    let halves = request.target.split(separator: "?", maxSplits: 1)
    guard halves.count == 2 else { return nil }
    for pair in halves[1].split(separator: "&") {
      let parts = pair.split(separator: "=", maxSplits: 1)
      if let key = parts.first, String(key) == name {
        return parts.count > 1 ? String(parts[1]) : ""
      }
    }
    return nil
  }
}
