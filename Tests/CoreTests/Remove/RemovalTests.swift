import Synchronization
import SystemLibrary
import SystemPackage
import Testing

@testable import ComfyCore

/// Which files may be deleted, and what goes with them.
@Suite struct RemovalTests {
  private let used = content(4_000)
  private let other = content(5_000, seed: 3)

  /// A workflow that uses `loras/m.pt`, and another file.
  private func project() throws -> CheckedProject {
    let project = try CheckedProject()
    try project.write(used, to: "models/loras/m.pt")
    try project.write(other, to: "models/vae/other.pt")
    try project.manifest(
      CheckedProject.resolved(blake3(used), size: used.count, at: "loras/m.pt", sources: []))
    try project.scan()
    return project
  }

  private func error(_ project: CheckedProject, _ names: String...) throws -> RemovalError? {
    do {
      _ = try project.opened.planRemoval(of: names)
      return nil
    } catch let error as RemovalError {
      return error
    }
  }

  private func paths(_ project: CheckedProject) throws -> [String] {
    try project.opened.openIndex(for: .read).models().flatMap(\.locations)
      .map(\.relativePath.string)
  }

  @Test(arguments: ["vae/other.pt", "models/vae/other.pt", "other.pt", "OTHER.pt"])
  func deletesTheOneThatIsNamed(_ name: String) throws {
    let project = try project()
    let opened = project.opened
    let plan = try opened.planRemoval(of: [name, name])
    #expect(plan.items.map(\.path) == [project.path.appending("models/vae/other.pt")])
    #expect(plan.freed == 5_000)
    #expect(project.read("models/vae/other.pt") == other)
    var told: [String] = []
    #expect(
      try opened.remove(plan) { told.append($0.path.lastComponent?.string ?? "") }.recording
        == nil)
    #expect(told == ["other.pt"])
    #expect(project.read("models/vae/other.pt") == nil)
    #expect(try paths(project) == ["loras/m.pt"])
  }

  @Test("four digits of a hash name a file, three do not")
  func namedByHash() throws {
    let project = try project()
    let index = try project.opened.openIndex(for: .read)
    let hash = try #require(try index.models(named: "other.pt").first).sampled.comfydock.hex
    let plan = try project.opened.planRemoval(of: [String(hash.prefix(4))])
    #expect(plan.items.map(\.path) == [project.path.appending("models/vae/other.pt")])
    let short = String(hash.prefix(3))
    #expect(try error(project, short) == .unknown(short, nearest: nil))
  }

  @Test("a workflow's file is known by its place, and by its hash where the index lacks it")
  func aWorkflowsFile() throws {
    let project = try project()
    let path = project.path.appending("models/loras/m.pt")
    #expect(try error(project, "m.pt") == .used(path, workflows: ["w"], hasSource: false))
    // The entry is about another place; the content tells.
    try project.move("models/loras/m.pt", to: "models/loras/moved.pt")
    try project.scan()
    let moved = project.path.appending("models/loras/moved.pt")
    #expect(try error(project, "moved.pt") == .used(moved, workflows: ["w"], hasSource: false))
    #expect(try project.opened.planRemoval(of: ["moved.pt"], isForced: true).items.count == 1)
  }

  @Test("an entry whose references cannot be read keeps the file of its name")
  func anUnreadableEntry() throws {
    let project = try project()
    let entry = CheckedProject.resolved(
      blake3(used), size: used.count, at: "loras/m.pt", sources: [])
    try project.manifest(entry.replacing("nodes = [{", with: "nodes = [7, {"))
    let path = project.path.appending("models/loras/m.pt")
    #expect(try error(project, "m.pt") == .used(path, workflows: ["w"], hasSource: false))
    #expect(try error(project, "other.pt") == nil)
    #expect(try project.opened.planRemoval(of: ["m.pt"], isForced: true).items.count == 1)
  }

  @Test("of two files of one content the copy may go, both may not")
  func twins() throws {
    let project = try project()
    try project.write(used, to: "models/loras/copy.pt")
    try project.scan()
    #expect(try error(project, "copy.pt") == nil)
    #expect(
      try error(project, "m.pt")
        == .used(project.path.appending("models/loras/m.pt"), workflows: ["w"], hasSource: false))
    #expect(try error(project, "copy.pt", "m.pt") != nil)
  }

  @Test("a file that was written over since the last scan is no copy")
  func changedTwin() throws {
    let project = try project()
    try project.write(used, to: "models/loras/copy.pt")
    try project.scan()
    let index = try project.opened.openIndex(for: .write)
    for location in try index.models().flatMap(\.locations) { _ = try index.fullHash(of: location) }
    #expect(try error(project, "copy.pt") == nil)
    try project.overwrite(content(used.count, seed: 8), at: "models/loras/m.pt")
    let copy = project.path.appending("models/loras/copy.pt")
    #expect(try error(project, "copy.pt") == .used(copy, workflows: ["w"], hasSource: false))
  }

  @Test("a link to the only bytes is no copy of them", arguments: [false, true])
  func linkIsNoCopy(isFolder: Bool) throws {
    let project = try project()
    let loras = project.path.appending("models/loras")
    try project.write([], to: "models/loras/store/keep.txt")
    try project.move("models/loras/m.pt", to: "models/loras/store/real.pt")
    if isFolder {
      symlink("loras/store", project.path.appending("models/controlnet").string)
    } else {
      symlink("store/real.pt", loras.appending("m.pt").string)
    }
    try project.scan()
    let real = loras.pushing("store/real.pt")
    #expect(
      try error(project, "loras/store/real.pt")
        == .used(real, workflows: ["w"], hasSource: false))
    // The workflow's name would lead nowhere, though the bytes are elsewhere too.
    try project.write(used, to: "models/vae/copy.pt")
    try project.scan()
    let refusal = isFolder ? nil : RemovalError.used(real, workflows: ["w"], hasSource: false)
    #expect(try error(project, "loras/store/real.pt") == refusal)
  }

  @Test func whatIsNoModelStays() throws {
    let project = try project()
    try project.write("x", to: "models/vae/notes.txt")
    try project.write(other, to: "outside/far.pt")
    let path = project.path
    #expect(try error(project, "vae") == .directory(path.appending("models/vae")))
    #expect(try error(project, "") == .unknown("", nearest: nil))
    #expect(try error(project, "nosuch.pt") == .unknown("nosuch.pt", nearest: nil))
    #expect(
      try error(project, "vae/notes.txt") == .notAModel(path.appending("models/vae/notes.txt")))
    for name in ["outside/far.pt", "models/vae/../../outside/far.pt"] {
      #expect(
        try error(project, name)
          == .outside(path.appending("outside/far.pt"), roots: [path.appending("models")]))
    }
  }

  @Test func anAmbiguousNameIsRefused() throws {
    let project = try project()
    try project.write(content(9), to: "models/loras/other.pt")
    try project.scan()
    let models = project.path.appending("models")
    #expect(
      try error(project, "other.pt")
        == .ambiguous(
          "other.pt", [models.appending("loras/other.pt"), models.appending("vae/other.pt")]))
  }

  @Test("a link of the project leads to no deletion outside of its models directory")
  func linksOfTheProject() throws {
    let project = try project()
    try project.write(other, to: "elsewhere/far.pt")
    let models = project.path.appending("models")
    let elsewhere = project.path.appending("elsewhere")
    symlink(elsewhere.string, models.appending("controlnet").string)
    let far = models.appending("controlnet/far.pt")
    for name in ["controlnet/far.pt", "far.pt"] {
      #expect(try error(project, name) == .outsideProject(far, to: elsewhere))
    }
    #expect(project.read("elsewhere/far.pt") == other)
  }

  @Test("in a models directory outside the project, a category may be a link to elsewhere")
  func links() throws {
    let project = try project()
    project.delete("pyproject.toml")
    try project.write("[tool.comfydock]\n", to: "mine/pyproject.toml")
    project.directory = project.path.appending("mine")
    try project.write(other, to: "elsewhere/far.pt")
    let models = project.path.appending("models")
    let elsewhere = project.path.appending("elsewhere")
    symlink(elsewhere.string, models.appending("vae/away").string)
    symlink(elsewhere.string, models.appending("controlnet").string)
    symlink(elsewhere.appending("far.pt").string, models.appending("vae/one.pt").string)
    #expect(
      try error(project, "vae/away/far.pt")
        == .leadsOut(models.appending("vae/away/far.pt"), to: elsewhere))
    let opened = project.opened
    let link = try opened.planRemoval(of: ["vae/one.pt"])
    #expect(link.items.map(\.kind) == [.link] && link.freed == 0)
    _ = try opened.remove(link)
    #expect(project.read("elsewhere/far.pt") == other)
    _ = try opened.remove(try opened.planRemoval(of: ["controlnet/far.pt"]))
    #expect(project.read("elsewhere/far.pt") == nil)
  }

  @Test("what came to the place after the plan was made is kept")
  func replaced() throws {
    let project = try project()
    let opened = project.opened
    let plan = try opened.planRemoval(of: ["other.pt"])
    try project.write(content(6_000), to: "models/vae/other.pt")
    #expect(throws: RemovalError.replaced(project.path.appending("models/vae/other.pt"))) {
      try opened.remove(plan)
    }
    #expect(project.read("models/vae/other.pt")?.count == 6_000)
    // A folder that became a link out of the models directory.
    try project.write(other, to: "outside/other.pt")
    let again = try opened.planRemoval(of: ["other.pt"])
    project.delete("models/vae")
    let models = project.path.appending("models")
    try project.write([], to: "models/loras/deep/x")
    symlink("../outside", models.appending("vae").string)
    #expect(throws: RemovalError.self) { try opened.remove(again) }
    #expect(project.read("outside/other.pt") == other)
  }

  @Test("the last file of an unused row takes the row along")
  func rows() throws {
    let project = try project()
    let text = CheckedProject.resolved(
      blake3(used), size: used.count, at: "loras/m.pt", sources: [])
    try project.manifest(
      text.replacing(
        "[tool.comfydock.models]",
        with: "[tool.comfydock.models]\n\"\(blake3(other))\" = { filename = \"other.pt\" }"))
    let index = try project.opened.openIndex(for: .write)
    let location = try #require(
      try index.models(named: "other.pt").first?.locations.first)
    _ = try index.fullHash(of: location)
    let opened = project.opened
    let plan = try opened.planRemoval(of: ["other.pt"])
    #expect(plan.models.map(\.hash) == [blake3(other)])
    #expect(try opened.remove(plan).recording != nil)
    #expect(try project.opened.manifestIfPresent()?.models.map(\.hash) == [blake3(used)])
  }

  @Test("a stop between two files leaves the others, and the row that they share", arguments: 0...3)
  func stopped(after count: Int) throws {
    let project = try project()
    for name in ["vae/one.pt", "vae/two.pt", "vae/three.pt"] {
      try project.write(other, to: "models/\(name)")
    }
    let text = CheckedProject.resolved(
      blake3(used), size: used.count, at: "loras/m.pt", sources: [])
    try project.manifest(
      text.replacing(
        "[tool.comfydock.models]",
        with: "[tool.comfydock.models]\n\"\(blake3(other))\" = { filename = \"other.pt\" }"))
    try project.scan()
    let opened = project.opened
    let index = try opened.openIndex(for: .write)
    for location in try index.models().flatMap(\.locations) { _ = try index.fullHash(of: location) }
    project.delete("models/vae/other.pt")
    let plan = try opened.planRemoval(of: ["vae/one.pt", "vae/two.pt", "vae/three.pt"])
    #expect(plan.models.map(\.hash) == [blake3(other)])
    let told = Mutex(0)
    let removal = try opened.remove(
      plan, cancellation: Cancellation { told.withLock { $0 } >= count }
    ) { _ in told.withLock { $0 += 1 } }
    #expect(removal.items == Array(plan.items.prefix(count)))
    #expect(removal.isWhole == (count == 3))
    #expect(removal.models.map(\.hash) == (count == 3 ? [blake3(other)] : []))
    #expect((removal.recording == nil) == (count < 3))
    let left = plan.items.filter(\.path.exists)
    #expect(left == Array(plan.items.dropFirst(count)))
    #expect(
      try project.opened.manifestIfPresent()?.models.map(\.hash).contains(blake3(other))
        == (count < 3))
  }

  // MARK: Partial downloads

  private func partials(_ project: CheckedProject) throws -> [String] {
    try project.opened.planRemovalOfPartials().items.compactMap(\.path.lastComponent?.string)
  }

  @Test("a partial goes when nothing asks for the file and nobody works on it")
  func partial() throws {
    let project = try project()
    try project.write(content(100), to: "models/vae/.late.pt.comfy-part/bytes")
    try project.write("x", to: "models/vae/.late.pt.comfy-part/state.new")
    try project.write(content(100), to: "models/loras/.m.pt.comfy-part/bytes")
    #expect(try partials(project) == [".m.pt.comfy-part", ".late.pt.comfy-part"])
    // The file of a workflow is gone: a download goes on with what there is of it.
    project.delete("models/loras/m.pt")
    #expect(try partials(project) == [".late.pt.comfy-part"])
    let directory = project.path.appending("models/vae/.late.pt.comfy-part")
    do {
      let held = try PartialFile.claim(
        project.path.appending("models/vae/late.pt"), for: "key")
      #expect(try partials(project) == [])
      #expect(try error(project, "vae/late.pt") == .busy(directory))
      held.release()
    }
    let opened = project.opened
    let plan = try opened.planRemoval(of: ["vae/late.pt"])
    #expect(plan.items.map(\.kind) == [.partial] && plan.freed == 100)
    _ = try opened.remove(plan)
    #expect(!directory.exists)
  }

  @Test("a partial stays where the next download would resume it, though no path is recorded")
  func partialOfSuggestedPlace() throws {
    let project = try project()
    project.delete("models/loras/m.pt")
    try project.write(
      #"{"1": {"class_type": "LoraLoader", "inputs": {"lora_name": "m.pt"}}}"#, to: "w.json")
    try project.write(content(100), to: "models/loras/.m.pt.comfy-part/bytes")
    try project.write(content(100), to: "models/vae/.else.pt.comfy-part/bytes")
    let text = CheckedProject.resolved(
      blake3(used), size: used.count, at: "loras/m.pt", sources: ["https://example.com/m.pt"])
    try project.manifest(text.replacing("relative_path = \"loras/m.pt\", ", with: ""))
    #expect(try partials(project) == [".else.pt.comfy-part"])
    try project.manifest(
      text.replacing(
        "status = \"resolved\"\nhash = \"\(blake3(used))\"",
        with: """
          status = "unresolved"
          category = "loras"
          sources = ["https://example.com/m.pt"]
          """
      ).replacing("relative_path = \"loras/m.pt\", ", with: ""))
    #expect(try project.opened.pendingItems().map(\.target?.string) == ["loras/m.pt"])
    #expect(try partials(project) == [".else.pt.comfy-part"])
  }

  @Test("a link that did not get to its place goes, and frees nothing")
  func leftLinks() throws {
    let project = try project()
    try project.write(content(100), to: "models/vae/.0a.comfy-part-link")
    #expect(try partials(project) == [".0a.comfy-part-link"])
    let opened = project.opened
    let plan = try opened.planRemovalOfPartials()
    #expect(plan.freed == 0)
    _ = try opened.remove(plan)
    #expect(project.read("models/vae/.0a.comfy-part-link") == nil)
  }
}
