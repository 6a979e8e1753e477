import SystemPackage
import Testing

@testable import ComfyCore

/// `extra_model_paths.yaml`: what is read of it, and where files are looked for and put then.
@Suite struct ExtraModelPathsTests {
  private static let path = FilePath("/ui/extra_model_paths.yaml")

  private static func folders(
    _ text: String, variables: [String: String] = [:]
  ) throws -> [ExtraModelPaths.Folder] {
    let environment = ProcessEnvironment(
      variables: variables, home: "/home/me", currentDirectory: "/",
      now: { Timestamp(seconds: 0) })
    return try ExtraModelPaths(parsing: text, path: path, environment: environment).folders
  }

  private static func shown(_ folders: [ExtraModelPaths.Folder]) -> [String] {
    folders.map {
      "\($0.root.category?.name ?? "") \($0.root.path)\($0.isDefault ? " default" : "")"
    }
  }

  @Test(arguments: [
    ("", []), ("# nothing\n", []), ("~\n", []), ("a:\n", []), ("a: {}\nb: null\n", []),
    ("a:\n  loras: models/Lora\n", ["loras /ui/models/Lora"]),
    ("\u{FEFF}a:\n  loras: x\n", ["loras /ui/x"]),
    ("a:\n  base_path: /data/\n  loras: models/Lora/\n", ["loras /data/models/Lora"]),
    ("a:\n  base_path: rel\n  vae: x\n", ["vae /ui/rel/x"]),
    ("a:\n  base_path: /data\n  vae: /else/vae\n", ["vae /else/vae"]),
    ("a:\n  base_path: ~/w\n  vae: v\n", ["vae /home/me/w/v"]),
    ("a:\n  base_path: $ROOT/${SUB}x$NONE\n  vae: v\n", ["vae /r/subx$NONE/v"]),
    (
      "a:\n  base_path: /d\n  loras: |\n    one\n    two/..\n\n    three \n",
      ["loras /d/one", "loras /d", "loras /d/three"]
    ),
    (
      "a:\n  clip: c\n  unet: u\n  text_encoders: t\n",
      ["text_encoders /ui/c", "diffusion_models /ui/u", "text_encoders /ui/t"]
    ),
    ("a:\n  download_model_base: m\n  custom_nodes: n\n  vae: v\n", ["vae /ui/v"]),
    (
      "a:\n  is_default: true\n  vae: v\nb:\n  is_default: no\n  vae: w\n",
      ["vae /ui/v default", "vae /ui/w"]
    ),
    ("a:\n  vae: null\n  loras: ~\n  clip:\n  unet: u\n", ["diffusion_models /ui/u"]),
    ("a: &p\n  vae: v\nb: *p\n", ["vae /ui/v", "vae /ui/v"]),
    // Merge keys: a mapping's own value counts, then that of the first mapping that has one.
    (
      "a: &p\n  base_path: /d\n  vae: v\nb:\n  <<: *p\n  vae: w\n  loras: l\n",
      ["vae /d/v", "vae /d/w", "loras /d/l"]
    ),
    (
      "a: &p\n  base_path: /d\n  vae: v\nb: &q\n  vae: w\n  loras: l\nc:\n  <<: [*p, *q]\n",
      ["vae /d/v", "vae /ui/w", "loras /ui/l", "vae /d/v", "loras /d/l"]
    ),
    (
      "a: &p\n  vae: v\nb: &q\n  <<: *p\n  loras: l\nc:\n  \"<<\": x\n",
      ["vae /ui/v", "vae /ui/v", "loras /ui/l", "<< /ui/x"]
    ),
    ("<<: {a: {vae: v}}\nb: {vae: w}\n", ["vae /ui/v", "vae /ui/w"]),
  ])
  func reads(_ text: String, _ expected: [String]) throws {
    let folders = try Self.folders(text, variables: ["ROOT": "/r", "SUB": "sub"])
    #expect(Self.shown(folders) == expected)
  }

  @Test(arguments: [
    ("- a\n", 1), ("a: text\n", 1), ("a:\n  vae: [x]\n", 2), ("a:\n  b: 1\n  vae:\n    x: y\n", 4),
    ("a:\n  base_path: [x]\n  vae: v\n", 2), ("a:\n  vae: \"x\\0y\"\n", 2),
    ("a:\n  <<: text\n", 2), ("a: b: c\n", 1), ("a:\n\t- x\n", 2), ("a: *nothing\n", 1), ("{", nil),
    (String(repeating: "[", count: 5000), nil), (String(repeating: "{a: ", count: 5000), nil),
  ])
  func refuses(_ text: String, _ line: Int?) throws {
    let error = #expect(throws: ExtraModelPathsError.self) { try Self.folders(text) }
    let found: Int?
    switch error {
    case .syntax(let path, let place, _), .shape(let path, let place, _):
      #expect(path == Self.path)
      found = place
    case .file, nil: found = -1
    }
    if let line { #expect(found == line) }
  }

  private static func roots(_ text: String) throws -> ModelRoots {
    ModelRoots(main: ModelRoot("/ui/models"), folders: try folders(text))
  }

  @Test(arguments: [
    // Nothing says otherwise.
    ("a:\n  loras: x\n", "loras/a.pt", "/ui/models/loras/a.pt"),
    ("a:\n  is_default: true\n  loras: x\n", "loras/s/a.pt", "/ui/x/s/a.pt"),
    ("a:\n  is_default: true\n  loras: x\n", "vae/a.pt", "/ui/models/vae/a.pt"),
    // A later default comes first, and so does the last line of one.
    (
      "a:\n  is_default: true\n  loras: x\nb:\n  is_default: true\n  loras: y\n", "loras/a.pt",
      "/ui/y/a.pt"
    ),
    ("a:\n  is_default: true\n  loras: |\n    x\n    y\n", "loras/a.pt", "/ui/y/a.pt"),
    // Older names of a category.
    ("a:\n  is_default: true\n  unet: u\n", "diffusion_models/a.pt", "/ui/u/a.pt"),
    ("a:\n  is_default: true\n  unet: u\n", "unet/a.pt", "/ui/u/a.pt"),
    // The models directory's own folder.
    ("a:\n  is_default: true\n  loras: models/loras\n", "loras/a.pt", "/ui/models/loras/a.pt"),
    ("a:\n  is_default: true\n  loras: x\n", "a.pt", "/ui/models/a.pt"),
  ])
  func destination(_ text: String, _ path: String, _ expected: String) throws {
    let target = try RelativePath(path)
    let root = try Self.roots(text).destination(of: target)
    #expect(root.path(of: target) == FilePath(expected))
    #expect(root.path.appending(root.target(of: target).string) == FilePath(expected))
  }

  @Test func everyFolderOnce() throws {
    let roots = try Self.roots(
      "a:\n  loras: |\n    x\n    x/\n    models/loras\n  clip: models/clip\n  vae: x\n")
    #expect(
      roots.all == [
        ModelRoot("/ui/models"), ModelRoot("/ui/x", category: Category("loras")),
        ModelRoot("/ui/x", category: Category("vae")),
      ])
  }

  /// A scan of all roots finds the files under their categories, and leaves out folders of other
  /// machines.
  @Test func scansEveryRoot() throws {
    let folder = try ModelFolder()
    try folder.write([1], to: "models/loras/a.pt")
    try folder.write([2, 2], to: "elsewhere/s/b.pt")
    try folder.write(
      "a:\n  base_path: \(folder.path)\n  loras: elsewhere\n  vae: /nowhere/at/all\n",
      to: "extra_model_paths.yaml")
    let environment = ProcessEnvironment(
      variables: [
        "COMFY_MODELS_DIR": folder.models.path.string, "COMFY_INDEX": folder.indexPath.string,
      ], home: nil, currentDirectory: folder.path, now: { Timestamp(seconds: 0) })
    let project = Project(environment: environment)
    let summary = try project.updateIndex(of: project.modelRoots())
    #expect(summary.issues.isEmpty)
    let found = try project.openIndex(for: .read).models(in: Category("loras"))
    #expect(
      found.flatMap(\.locations).map(\.relativePath.string) == ["loras/a.pt", "loras/s/b.pt"])
    let areAllThere = found.flatMap(\.locations).allSatisfy { $0.isPresent }
    #expect(areAllThere)
  }
}
