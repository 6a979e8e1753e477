import ComfyCore
import Testing

/// A file name on one node that a link takes to a loader of another has the loader's folder.
@Suite struct LinkedFolderTests {
  private func references(_ workflow: String) throws -> [String] {
    try WorkflowReader().read(Array(workflow.utf8)).references.map {
      "\($0.nodeID) \($0.name) \($0.categories) \($0.via.rawValue)"
    }
  }

  private func value(_ id: Int, _ file: String) -> String {
    #"{"id":\#(id),"type":"ETN_Parameter","widgets_values":["n","choice","\#(file)",0,0]}"#
  }

  private func loader(_ id: Int, _ type: String, _ input: String, link: Int) -> String {
    """
    {"id":\(id),"type":"\(type)","inputs":[{"name":"\(input)","widget":{"name":"\(input)"},
    "link":\(link)}],"widgets_values":["stale.pt",1,1]}
    """
  }

  @Test func behindReroutesAndForSeveralLoaders() throws {
    let workflow = """
      {"links":[[1,1,0,2,0,"*"],[2,2,0,3,0,"*"],[3,1,0,4,0,"*"]],"nodes":[\(value(1, "x/a.sft")),
      {"id":2,"type":"Reroute","inputs":[{"name":"","link":1}]},
      \(loader(3, "LoraLoader", "lora_name", link: 2)),
      \(loader(4, "LoraLoaderModelOnly", "lora_name", link: 3))]}
      """
    #expect(try references(workflow) == ["1 x/a.sft [loras] link"])
  }

  @Test func loadersThatDisagreeLeaveTheFolderOpen() throws {
    let workflow = """
      {"links":[[1,1,0,3,0,"*"],[2,1,0,4,0,"*"]],"nodes":[\(value(1, "a.sft")),
      \(loader(3, "LoraLoader", "lora_name", link: 1)),
      \(loader(4, "VAELoader", "vae_name", link: 2))]}
      """
    #expect(try references(workflow) == ["1 a.sft [] extension"])
  }

  @Test func twoFilesOnTheValuesNodeLeaveTheFolderOpen() throws {
    let workflow = """
      {"links":[[1,1,0,3,0,"*"]],"nodes":[
      {"id":1,"type":"TwoNames","widgets_values":["a.sft","b.sft"]},
      \(loader(3, "VAELoader", "vae_name", link: 1))]}
      """
    #expect(try references(workflow) == ["1 a.sft [] extension", "1 b.sft [] extension"])
  }

  @Test func throughTheInputOfASubgraph() throws {
    let workflow = """
      {"links":[[1,1,0,2,0,"*"]],"nodes":[\(value(1, "a.sft")),
      {"id":2,"type":"s","inputs":[{"name":"model","link":1}]}],
      "definitions":{"subgraphs":[{"id":"s","inputs":[{"name":"model","linkIds":[7]}],
      "links":[{"id":7,"origin_id":-10,"target_id":5}],"nodes":[
      \(loader(5, "UNETLoader", "unet_name", link: 7))]}]}}
      """
    #expect(try references(workflow) == ["1 a.sft [diffusion_models] link"])
  }

  @Test func promptFormat() throws {
    let workflow = """
      {"1":{"class_type":"ETN_Parameter","inputs":{"default":"a.sft"}},
      "2":{"class_type":"Reroute","inputs":{"any":["1",0]}},
      "3":{"class_type":"ControlNetLoader","inputs":{"control_net_name":["2",0]}},
      "4":{"class_type":"Reroute","inputs":{"any":["4",0]}},
      "5":{"class_type":"VAELoader","inputs":{"vae_name":["4",0]}}}
      """
    #expect(try references(workflow) == ["1 a.sft [controlnet] link"])
  }

  /// The folder comes before that of the entry which gives the URL.
  @Test func entryOfTheWholeFileGivesTheAddress() throws {
    let workflow = """
      {"links":[[1,1,0,3,0,"*"]],"nodes":[\(value(1, #"ink\\wash.sft"#)),
      \(loader(3, "LoraLoader", "lora_name", link: 1))],
      "models":[{"name":"wash.sft","url":"https://example.org/wash.sft"}]}
      """
    let read = try WorkflowReader().read(Array(workflow.utf8))
    #expect(read.references.map(\.url) == ["https://example.org/wash.sft"])
    #expect(read.references.map(\.category?.name) == ["loras"])
    #expect(read.staleEntries == [])
  }
}
