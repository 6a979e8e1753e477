import SystemLibrary
import SystemPackage
import Testing

@testable import ComfyCore

/// What a check finds, and what pruning takes out.
@Suite struct CheckTests {
  private let body = content(4_000)
  private let workflow = """
    {"1": {"class_type": "LoraLoader", "inputs": {"lora_name": "m.pt"}}}
    """

  /// A project in which everything agrees, apart from git.
  private func project() throws -> CheckedProject {
    let project = try CheckedProject()
    try project.write(body, to: "models/loras/m.pt")
    try project.write(workflow, to: "w.json")
    try project.manifest(
      CheckedProject.resolved(blake3(body), size: body.count, at: "loras/m.pt", sources: []))
    _ = try project.opened.planSync()
    return project
  }

  private func codes(_ project: CheckedProject, isFull: Bool = false) throws -> [String] {
    var options = CheckOptions()
    options.isFull = isFull
    return try project.opened.check(options).compactMap { fault in
      switch fault.kind {
      case .outsideRepository, .untrackedWorkflow, .workflowElsewhere, .workflowNested,
        .withoutSource:
        nil
      case .waitingEntry: "waiting"
      case .manifestEntry: "entry"
      case .missingRow: "missing row"
      case .unusedRow: "unused row"
      case .staleEntry: "stale entry"
      case .workflowGone: "workflow gone"
      case .workflowUnreadable: "workflow unreadable"
      case .modelGone: "gone"
      case .open(let reference): reference.matched.match.status
      case .rootGone: "root gone"
      case .corrupt: "corrupt"
      case .corruptUnused: "corrupt unused"
      case .broken: "broken"
      case .unreadable: "unreadable"
      case .changing: "changing"
      case .indexDamaged, .uncommitted, .ignored, .repository: "\(fault.kind)"
      }
    }
  }

  @Test func sound() throws {
    let project = try project()
    #expect(try codes(project) == [])
    #expect(try codes(project, isFull: true) == [])
  }

  @Test("a recorded file that nothing needs is read too, where all are", arguments: [true, false])
  func unusedFile(keepsTime: Bool) throws {
    let project = try project()
    let row = String(decoding: try #require(project.read("pyproject.toml")), as: UTF8.self)
      .split(separator: "\n").first { $0.hasPrefix("\"") }
    try project.manifest("[tool.comfydock.models]\n\(try #require(row))\n")
    #expect(try codes(project, isFull: true) == ["unused row"])
    let path = project.path.pushing("models/loras/m.pt")
    var times = [timespec(), timespec()]
    var status = stat()
    try #require(stat(path.string, &status) == 0)
    times = [status.st_atim, status.st_mtim]
    var changed = body
    changed[0] ^= 1
    let file = try FileDescriptor.open(path, .writeOnly)
    try file.closeAfter { _ = try file.writeAll(changed) }
    if keepsTime { try #require(utimensat(AT_FDCWD, path.string, &times, 0) == 0) }
    #expect(try codes(project) == ["unused row"])
    #expect(try codes(project, isFull: true) == ["unused row", "corrupt unused"])
  }

  @Test func fileGone() throws {
    let project = try project()
    project.delete("models/loras/m.pt")
    try project.write([7], to: "models/loras/another.pt")
    #expect(try codes(project) == ["gone"])
  }

  /// A new index knows sizes and samples; whole files are not read for it.
  @Test("a model whose hash the index does not know yet is not gone", arguments: [true, false])
  func newIndex(isScanned: Bool) throws {
    let project = try project()
    project.delete("data")
    if isScanned { try project.scan() }
    #expect(try codes(project) == [])
    #expect(try codes(project, isFull: true) == [])
    // Elsewhere it is found by its content.
    try project.move("models/loras/m.pt", to: "models/loras/other.pt")
    if isScanned { try project.scan() }
    #expect(try codes(project) == ["misplaced"])
    // Other content of the same size in its place is another file.
    try project.write(content(body.count, seed: 5), to: "models/loras/m.pt")
    if isScanned { try project.scan() }
    #expect(try codes(project) == ["changed"])
  }

  @Test func otherFileInPlace() throws {
    let project = try project()
    try project.write([1, 2, 3], to: "models/loras/m.pt")
    #expect(try codes(project) == ["changed"])
  }

  @Test func sameSizeOtherBytes() throws {
    let project = try project()
    try project.write(content(body.count, seed: 7), to: "models/loras/m.pt")
    #expect(try codes(project) == ["changed"])
  }

  @Test("so are they where the index cannot be written, which then knows the old bytes")
  func sameSizeWithoutWriting() throws {
    let project = try project()
    try project.overwrite(content(body.count, seed: 7), at: "models/loras/m.pt")
    let data = project.path.appending("data")
    try asOrdinaryUser(owning: project.path) {
      for name in ["", "index.sqlite", "index.sqlite-wal", "index.sqlite-shm"] {
        chmod((name.isEmpty ? data : data.appending(name)).string, name.isEmpty ? 0o555 : 0o444)
      }
      defer { chmod(data.string, 0o755) }
      #expect(throws: IndexError.self) { try project.opened.openIndex(for: .write) }
      let found = try codes(project)
      #expect(found == ["gone"])
      let status = try project.opened.projectStatus()
      #expect(!status.isComplete)
      let plan = try project.opened.planSync()
      #expect(plan.present.isEmpty)
    }
  }

  @Test func workflowFile() throws {
    let project = try project()
    try project.write(#"{"1": {"class_type": "LoraLoader", "inputs": {}}}"#, to: "w.json")
    #expect(try codes(project) == ["stale entry"])
    try project.write("{", to: "w.json")
    #expect(try codes(project) == ["workflow unreadable"])
    project.delete("w.json")
    #expect(try codes(project) == ["workflow gone"])
  }

  @Test func rows() throws {
    let project = try project()
    let text = CheckedProject.resolved(
      blake3(body), size: body.count, at: "loras/m.pt", sources: [])
    try project.manifest(
      text.split(separator: "\n").map { line in
        line.hasPrefix("\"\(blake3(body))") ? "\"\(blake3([1]))\" = { filename = \"x\" }" : line
      }.joined(separator: "\n"))
    #expect(try codes(project) == ["missing row", "unused row"])
  }

  @Test func prunesRowsAndNoFiles() throws {
    let project = try project()
    try project.write([1], to: "models/vae/gone.pt")
    try project.scan()
    project.delete("models/vae/gone.pt")
    let unused = blake3([1])
    let text = CheckedProject.resolved(
      blake3(body), size: body.count, at: "loras/m.pt", sources: [])
    try project.manifest(
      text.split(separator: "\n", omittingEmptySubsequences: false).map { line in
        line == "[tool.comfydock.models]" ? line + "\n\"\(unused)\" = { filename = \"x\" }" : line
      }.joined(separator: "\n"))
    let opened = project.opened
    let plan = try opened.planPrune()
    #expect(plan.locations.map(\.relativePath.string) == ["vae/gone.pt"])
    #expect(plan.models.map(\.hash) == [unused])
    _ = try opened.prune(plan)
    #expect(try project.opened.planPrune().isEmpty)
    #expect(try codes(project) == [])
    #expect(project.read("models/loras/m.pt") == body)
  }

  @Test func thePlanTellsItsProgressAndStops() throws {
    let project = try project()
    try project.write([1], to: "models/vae/a.pt")
    try project.write([2], to: "models/vae/b.pt")
    try project.scan()
    var told: [Int] = []
    _ = try project.opened.planPrune { done, count in told += [done, count] }
    #expect(told == [0, 3, 1, 3, 2, 3])
    let stop = Flag()
    #expect(throws: IndexError.self) {
      try project.opened.planPrune(cancellation: Cancellation { stop.isSet }) { done, _ in
        if done == 1 { stop.set() }
      }
    }
  }

  @Test("what is known behind a link to a volume that is not there is kept")
  func unmountedFolder() throws {
    let project = try project()
    try project.write([1], to: "volume/a.pt")
    symlink("../volume", project.path.appending("models/vae").string)
    try project.scan()
    try project.move("volume", to: "away")
    project.delete("models/loras/m.pt")
    try project.write("keep", to: "models/loras/keep.txt")
    let plan = try project.opened.planPrune()
    #expect(plan.locations.map(\.relativePath.string) == ["loras/m.pt"])
    #expect(plan.absentRoots.isEmpty)
  }

  @Test("what is known below a root that is empty is kept")
  func unmounted() throws {
    let project = try project()
    project.delete("models/loras")
    let plan = try project.opened.planPrune()
    #expect(plan.locations.isEmpty)
    #expect(plan.absentRoots.map(\.path) == [project.path.appending("models")])
  }
}
