import SystemPackage
import TestServer
import Testing

@testable import ComfyCore

/// The hashes that workflows give for their models.
@Suite struct PromiseTests {
  private let file = content(9_000)

  /// Resolves a workflow with one loader for each hash, all of the same file at the same address.
  private func resolve(_ name: String, _ hashes: [SHA256Hash], in scene: BatchScene) throws {
    let nodes = hashes.enumerated().map { place, hash in
      """
      {"id":\(place),"type":"LoraLoader","mode":0,"widgets_values":["m.pt",1,1],
      "properties":{"models":[{"name":"m.pt","url":"\(scene.server.url("/a"))",
      "directory":"loras","hash":"\(hash.hex)","hash_type":"SHA256"}]}}
      """
    }
    try scene.sandbox.write(
      "{\"nodes\":[\(nodes.joined(separator: ","))],\"links\":[],\"version\":0.4}",
      to: scene.sandbox.repository.appending("\(name).json"))
    let project = scene.project
    let source = try #require(try project.workflowSources(["\(name).json"]).first)
    var options = ResolutionOptions()
    options.fetches = false
    _ = try project.resolveWorkflow(source, options: options)
  }

  @Test(arguments: [true, false]) func aWorkflowsHashIsHeld(isRight: Bool) throws {
    let scene = try BatchScene(["/a": file])
    try resolve("w", [sha256(isRight ? file : [1])], in: scene)
    let report = try scene.run()
    #expect(report?.errors.map(\.code) == (isRight ? [] : ["fetch.checksum"]))
    #expect(scene.bytes("loras/m.pt") == (isRight ? file : nil))
  }

  @Test func theSamePromiseOfTwoWorkflowsIsOneDownload() throws {
    let scene = try BatchScene(["/a": file])
    for name in ["v", "w"] { try resolve(name, [sha256(file)], in: scene) }
    #expect(try scene.run()?.lines.count == 1)
    #expect(scene.downloads == ["/a"])
    #expect(try scene.hashes == [blake3(file), blake3(file)])
  }

  /// Each workflow is told whether its own promise was kept, whichever comes first.
  @Test(arguments: [0, 1, nil]) func workflowsThatPromiseDifferentContent(right: Int?) throws {
    let scene = try BatchScene(["/a": file])
    for (place, name) in ["v", "w"].enumerated() {
      try resolve(name, [sha256(place == right ? file : [UInt8(place)])], in: scene)
    }
    let project = scene.project
    let plan = try project.planFetch(project.pendingItems())
    #expect(plan.volumes.map(\.needed) == [9_000])
    let report = try scene.run()
    #expect(
      report?.lines.map { $0.outcome.error?.code }
        == [0, 1].map {
          $0 == right ? nil : "fetch.checksum"
        })
    #expect(try scene.hashes == [0, 1].map { $0 == right ? blake3(file) : nil })
    #expect(scene.bytes("loras/m.pt") == (right == nil ? nil : file))
    // What the first brought is there for the second; only the last byte is asked for once more.
    #expect(scene.downloads.count == (right == nil ? 2 : 1))
    // The next run does not take the file for what it is not.
    try scene.run()
    #expect(try scene.hashes == [0, 1].map { $0 == right ? blake3(file) : nil })
  }

  /// No file can be what both nodes of an entry want.
  @Test(arguments: [true, false]) func aWorkflowThatContradictsItself(isHere: Bool) throws {
    let scene = try BatchScene(["/a": file])
    try resolve("w", [sha256(file), sha256([1])], in: scene)
    if isHere {
      try scene.put(file, at: "checkpoints/same.pt")
      _ = try scene.project.updateIndex(of: [ModelRoot(scene.models)])
    }
    #expect(try scene.entries.map(\.nodes.count) == [2])
    let report = try scene.run()
    #expect(
      report?.errors == [
        .contradictoryHashes(
          algorithm: "sha256", first: sha256(file).hex, second: sha256([1]).hex)
      ])
    #expect(report?.errors.map(\.code) == ["fetch.checksum"])
    #expect(scene.server.requests.isEmpty && scene.bytes("loras/m.pt") == nil)
    #expect(try scene.hashes == [nil])
  }
}
