import ComfyCore
import Testing

@Suite struct LoaderTableTests {
  private func references(_ workflow: String, _ table: String) throws -> [String] {
    let reader = WorkflowReader(loaders: try LoaderTable(parsing: Array(table.utf8)))
    return try reader.read(Array(workflow.utf8)).references.map {
      "\($0.name) \($0.category?.name ?? "-") \($0.state)"
    }
  }

  @Test func standardTableIsWhole() {
    #expect(LoaderTable.standard.count > 230)
  }

  @Test func userRowsComeOnTop() throws {
    let table = """
      \u{FEFF}# a comment\r
      \r
      "My Loader" "model name" clip 1 also=unet,loras   # and another\r
      MyFolder path LLM 0 any
      Stack name_* loras 1+2 rows=3 switch=on_*@0+2
      Silent -
      Loud* -
      VAELoader vae_name special 0 any word=blank:- word=small:other
      """
    let workflow = """
      {"nodes":[{"id":1,"type":"My Loader","widgets_values":["x","a.safetensors"]},
      {"id":2,"type":"MyFolder","widgets_values":["folder"]},
      {"id":3,"type":"Stack","widgets_values":[true,"b.pt",false,"c.pt","off","d.pt"]},
      {"id":4,"type":"Silent","widgets_values":["e.pt"]},
      {"id":5,"type":"LoudNode","widgets_values":["f.pt"]},
      {"id":6,"type":"VAELoader","widgets_values":["g.pt"]},
      {"id":8,"type":"VAELoader","widgets_values":["blank"]},
      {"id":9,"type":"VAELoader","widgets_values":["small"]},
      {"id":7,"type":"UNETLoader","widgets_values":["h.pt"]}]}
      """
    #expect(
      try references(workflow, table) == [
        "a.safetensors text_encoders active", "folder LLM active", "b.pt loras active",
        "c.pt loras off", "d.pt loras off", "g.pt special active", "small other active",
        "h.pt diffusion_models active",
      ])
  }

  @Test func foldersAndNameRules() throws {
    let workflow = """
      {"nodes":[{"id":1,"type":"ClownModelLoader","widgets_values":["m.sft"]},
      {"id":2,"type":"CLIPTextEncode","widgets_values":["a embedding:style\\\\easy.pt, embedding:neg"]},
      {"id":3,"type":"Power Prompt (rgthree)","widgets_values":["<lora:ink:1>"]},
      {"id":4,"type":"Lora Loader (LoraManager)","widgets_values":[
        [{"name":"wash","strength":1,"active":true}]]},
      {"id":5,"type":"Power Lora Loader (rgthree)","widgets_values":[{"on":true,"lora":"p.sft"}]},
      {"id":6,"type":"NobodyKnows","widgets_values":["x.sft"]}]}
      """
    let references = try WorkflowReader().read(Array(workflow.utf8)).references
    #expect(
      references.map { "\($0.name) \($0.categories) \($0.nameRule)" } == [
        "m.sft [checkpoints, diffusion_models] path", "style/easy.pt [embeddings] withoutExtension",
        "neg [embeddings] withoutExtension", "ink [loras] tag", "wash [loras] tag",
        "p.sft [loras] path", "x.sft [] path",
      ])
  }

  @Test(
    arguments: [
      ("A b", 1, .fieldCount(2)), ("\n\nA b c", 3, .fieldCount(3)), ("A b c x", 1, .index("x")),
      ("A b c 1+", 1, .index("1+")), ("A b c -1", 1, .index("-1")),
      ("A b c 1+2+3", 1, .index("1+2+3")), ("\"A b c 1", 1, .quoting),
      ("A b c 1 shout", 1, .option("shout")), ("A b c 1 rows=0", 1, .optionValue("rows=0")),
      ("A b c 1 switch=x", 1, .optionValue("switch=x")),
      ("A b c 1 word=x", 1, .optionValue("word=x")),
      ("A b c 99999999999999999999", 1, .index("99999999999999999999")),
      ("A - - -\nB - - -\nC - - - any=1", 3, .option("any")),
    ] as [(String, Int, LoaderTableError.Reason)])
  func errors(text: String, line: Int, reason: LoaderTableError.Reason) {
    let error = #expect(throws: LoaderTableError.self) {
      try LoaderTable(parsing: Array(text.utf8))
    }
    #expect(error?.line == line)
    #expect(error?.reason == reason)
  }

  @Test func invalidUTF8() {
    let error = #expect(throws: LoaderTableError.self) { try LoaderTable(parsing: [0x41, 0xFF]) }
    #expect(error?.reason == .invalidUTF8)
  }
}
