import ComfyCore
import Testing

/// What in a workflow is a reference, and what it tells beyond its name.
@Suite struct ReferenceRuleTests {
  private func read(_ workflow: String) throws -> Workflow {
    try WorkflowReader().read(Array(workflow.utf8))
  }

  private func node(_ type: String, _ values: String) -> String {
    #"{"nodes":[{"id":1,"type":"\#(type)","widgets_values":\#(values)}]}"#
  }

  /// ComfyUI refuses a value that is not in its list, whatever its extension.
  @Test(
    arguments: [
      ("VAELoader", "noext", "vae"), ("VAELoader", "foo.txt", "vae"),
      ("CheckpointLoaderSimple", "Automatic", "checkpoints"), ("LoraLoader", "v1.5", "loras"),
      ("VAELoader", "taesd", "vae_approx"), ("VAELoader", "taehv.safetensors", "vae_approx"),
    ])
  func everyTextOfComfyUIsOwnLoadersNamesAFile(type: String, value: String, folder: String) throws {
    let references = try read(node(type, "[\"\(value)\",1,1]")).references
    #expect(references.map(\.name) == [value])
    #expect(references.map(\.category?.name) == [folder])
  }

  @Test(
    arguments: [
      ("VAELoader", "pixel_space"), ("VAELoader", "None"), ("LoraLoader", ""),
      ("TrainLoraNode", "[None]"), ("Efficient Loader", "Baked VAE"),
    ])
  func choicesThatNeedNoFileAreNone(type: String, value: String) throws {
    #expect(try read(node(type, "[\"\(value)\",\"\(value)\"]")).references == [])
  }

  /// Texts that look like LoRA tags where nothing reads tags.
  @Test(
    arguments: [
      ("Prompt (LoraManager)", #"[{}, "a <lora:inert:1>"]"#),
      ("TextEncodeQwenImageEdit", #"["<lora:inert:1>"]"#),
      ("Lora Info (LoraManager)", #"[{"filePath":"/m/loras/shown.safetensors"}]"#),
      ("Lora Stacker (LoraManager)", #"["<lora:text_only:1>", []]"#),
      ("RegexReplace", #"["t", "'lora': '(.+)\\.safetensors'", "<lora:\\1:\\2>"]"#),
      ("Nobody knows", #"["<lora:\\1:\\2>"]"#), ("Nobody knows", #"["<lora:([^:>]+):(.+?)>"]"#),
      ("Nobody knows", #"["<lora:(\\w+):(.*)>"]"#), ("Nobody knows", #"["<lora:{name}:1>"]"#),
      ("Nobody knows", #"["<lora:__styles__:1>"]"#),
    ])
  func inventsNoLora(type: String, values: String) throws {
    #expect(try read(node(type, values)).references == [])
  }

  @Test(
    arguments: [
      (#"["<lora:style\\ink:1>"]"#, ["style/ink"]),
      (#"["<lora:1.5 (v2) [x]+y:1>"]"#, ["1.5 (v2) [x]+y"]),
      (#"["<lora:row:1> <lora:text:1>", [{"name":"row","strength":1,"active":true}]]"#, ["row"]),
    ])
  func findsTagsThatAreRead(values: String, names: [String]) throws {
    #expect(try read(node("Nobody knows", values)).references.map(\.name) == names)
  }

  /// Entries of the whole file and the loader's name for the file: `-` for none of its own.
  @Test(
    arguments: [
      ([#"{"name":"v.pt","url":"u"}"#], "u", 0),
      ([#"{"name":"v.pt","url":"u","directory":"vae"}"#], "u", 0),
      ([#"{"name":"v.pt","url":"u","directory":"loras"}"#], nil, 1),
      ([#"{"name":"v.pt","url":"u"}"#, #"{"name":"b/v.pt","url":"w"}"#], nil, 2),
      ([#"{"name":"V.pt","url":"u"}"#], nil, 1),
    ] as [([String], String?, Int)])
  func entryOfTheFileByBaseName(entries: [String], url: String?, stale: Int) throws {
    let workflow = try read(
      """
      {"nodes":[{"id":1,"type":"VAELoader","widgets_values":["a\\\\v.pt"]}],
      "models":[\(entries.joined(separator: ","))]}
      """)
    #expect(workflow.references.map(\.url) == [url])
    #expect(workflow.staleEntries.count == stale)
  }

  /// Two files of one base name: the entry may mean either.
  @Test func entryOfTheFileThatFitsTwo() throws {
    let workflow = try read(
      """
      {"nodes":[{"id":1,"type":"VAELoader","widgets_values":["a/v.pt"]},
      {"id":2,"type":"VAELoader","widgets_values":["b/v.pt"]}],"models":[{"name":"v.pt","url":"u"}]}
      """)
    #expect(workflow.references.map(\.url) == [nil, nil])
    #expect(workflow.staleEntries.count == 1)
  }

  @Test(arguments: ["RIFE VFI", "DownloadAndLoadAnything", "SeedVR2LoadVAEModel"])
  func nodesThatDownloadByThemselves(type: String) throws {
    let references = try read(node(type, #"["a.pth"]"#)).references
    #expect(references.map(\.isAutomatic) == [true])
    #expect(references.map(\.isNeeded) == [false])
  }

  @Test func rowsThatAreSwitchedOff() throws {
    let workflow = node(
      "CR Multi-ControlNet Stack",
      #"["On","a.pth",1,0,1,"Off","b.pth",1,0,1,"On","None",1,0,1]"#)
    let references = try read(workflow).references
    #expect(references.map { "\($0.name) \($0.state)" } == ["a.pth active", "b.pth off"])
  }

  @Test(arguments: [("unet_gguf", "diffusion_models"), ("clip", "text_encoders"), ("own", "own")])
  func entriesNameFoldersByTheirKeys(key: String, folder: String) throws {
    let workflow = """
      {"nodes":[{"id":1,"type":"Nobody knows","widgets_values":["a.gguf"],
      "properties":{"models":[{"name":"a.gguf","directory":"\(key)"}]}}]}
      """
    #expect(try read(workflow).references.map(\.category?.name) == [folder])
  }

  /// A prompt's input knows the place that a UI file would give.
  @Test func placesOfPrompts() throws {
    let prompt = #"{"1":{"class_type":"DualCLIPLoader","inputs":{"clip_name2":"a.sft"}}}"#
    let place = try #require(try read(prompt).references.first?.place)
    guard case .input("clip_name2", index: 1?) = place else {
      Issue.record("the place is \(place)")
      return
    }
    // The name alone tells inputs apart: an entry without the index is the same.
    #expect(place == .input("clip_name2"))
    #expect(Set([place, .input("clip_name2"), .widget(1), .unknown]).count == 3)
  }

  /// Other tools read no workflow in which a reference has no index.
  @Test func everyPlaceOfAPromptHasAnIndex() throws {
    let prompt = """
      {"1":{"class_type":"CLIPTextEncode","inputs":{"text":"embedding:ink"}},
      "2":{"class_type":"Power Lora Loader (rgthree)","inputs":{
      "lora_2":{"on":true,"lora":"a.pt","strength":1},
      "lora_11":{"on":true,"lora":"b.pt","strength":1}}},
      "3":{"class_type":"ETN_Parameter","inputs":{"default":"c.pt"}}}
      """
    let indices = try read(prompt).references.map { reference -> Int? in
      if case .input(_, let index) = reference.place { index } else { nil }
    }
    #expect(indices == [0, 2, 11, 2])
  }

  @Test(
    arguments: [
      #"{"input":{"workflow":PROMPT,"images":[]}}"#, #"{"input":{"prompt":PROMPT}}"#,
      #"{"prompt":PROMPT}"#,
    ])
  func jobsOfServices(job: String) throws {
    let prompt = #"{"1":{"class_type":"VAELoader","inputs":{"vae_name":"a.sft"}}}"#
    let parts = job.split(separator: "PROMPT", omittingEmptySubsequences: false)
    #expect(try read(parts.joined(separator: prompt)).references.map(\.name) == ["a.sft"])
  }
}
