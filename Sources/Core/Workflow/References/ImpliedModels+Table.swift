extension ImpliedModels {
  /// Rules by node type, by the repository that publishes it.
  static let table: [String: [Rule]] = [
    // kijai/ComfyUI-Florence2
    "DownloadAndLoadFlorence2Model": [whole("model", 0, "LLM/{name}")],
    // kijai's and others' wrappers
    "DownloadAndLoadWav2VecModel": [whole("model", 0, nil)],
    "DownloadAndLoadHyVideoTextEncoder": [
      whole("llm_model", 0, "LLM/{name}"), whole("clip_model", 1, "clip/{name}"),
    ],
    "DownloadAndLoadCogVideoModel": [whole("model", 0, "CogVideo/{name}")],
    "DownloadAndLoadFramePackModel": [whole("model", 0, "diffusers/{owner}/{name}")],
    "DownloadAndLoadCLIPSeg": [whole("model", 0, "clip_seg/{name}")],
    "DownloadAndLoadSAM2Model": [file("model", 0, "Kijai/sam2-safetensors", "sam2")],
    "DownloadAndLoadDepthAnythingV2Model": [
      file("model", 0, "Kijai/DepthAnythingV2-safetensors", "depthanything")
    ],
    "DownloadAndLoadDynamiCrafterModel": [
      file("model", 0, "Kijai/DynamiCrafter_pruned", "checkpoints/dynamicrafter")
    ],
    "DownloadAndLoadDynamiCrafterCNModel": [
      file("model", 0, "Kijai/DynamiCrafter_pruned", "checkpoints/dynamicrafter/controlnet")
    ],
    "DownloadAndLoadGIMMVFIModel": [
      file("model", 0, "Kijai/GIMM-VFI_safetensors", "interpolation/gimm-vfi")
    ],
    "DownloadAndLoadMochiModel": [
      file("model", 0, "kijai/Mochi_preview_comfy", "diffusion_models/mochi"),
      file("vae", 1, "kijai/Mochi_preview_comfy", "vae/mochi"),
    ],
    "DownloadAndLoadCCSRModel": [file("model", 0, "Kijai/ccsr-safetensors", "CCSR")],
    "DownloadAndLoadMimicMotionModel": [
      file("model", 0, "Kijai/MimicMotion_pruned", "mimicmotion")
    ],
    // MrForExample/ComfyUI-3D-Pack
    "[Comfy3D] Load Diffusers Pipeline": [whole("diffusers_pipeline_name", 0, nil)],
    // aigc-apps/VideoX-Fun
    "LoadWanFunModel": [folder("model", 0, "Fun_Models")],
    "LoadWan2_2FunModel": [folder("model", 0, "Fun_Models")],
    "LoadZImageModel": [folder("model", 0, "Fun_Models")],
    // TencentQQGYLab/ComfyUI-ELLA
    "T5TextEncoderLoader #ELLA": [folder("name", 0, "ella_encoder")],
    // cubiq/ComfyUI_IPAdapter_plus
    "IPAdapterUnifiedLoader": [preset],
    "IPAdapterUnifiedLoaderFaceID": [facePreset, insightFace("buffalo_l", isAutomatic: true)],
    "IPAdapterInsightFaceLoader": [insightFace("buffalo_l", isAutomatic: true)],
    // cubiq/PuLID_ComfyUI, and its relative for Flux
    "PulidInsightFaceLoader": [insightFace("antelopev2", isAutomatic: false)],
    "PulidFluxInsightFaceLoader": [insightFace("antelopev2", isAutomatic: false)],
    "PulidEvaClipLoader": [evaClip],
    "PulidFluxEvaClipLoader": [evaClip],
    // storyicon/comfyui_segment_anything
    "SAMModelLoader (segment anything)": [
      Rule(
        input: ("model_name", 0),
        meaning: .words([
          "sam_vit_h": Needs(["sam_vit_h_4b8939.pth"], in: ["sams"]),
          "sam_vit_l": Needs(["sam_vit_l_0b3195.pth"], in: ["sams"]),
          "sam_vit_b": Needs(["sam_vit_b_01ec64.pth"], in: ["sams"]),
        ]))
    ],
    "GroundingDinoModelLoader (segment anything)": [
      Rule(
        input: ("model_name", 0),
        meaning: .words([
          "GroundingDINO_SwinT_OGC": Needs(
            ["groundingdino_swint_ogc.pth"], in: ["grounding-dino"],
            from: "ShilongLiu/GroundingDINO"),
          "GroundingDINO_SwinB": Needs(
            ["groundingdino_swinb_cogcoor.pth"], in: ["grounding-dino"],
            from: "ShilongLiu/GroundingDINO"),
        ]))
    ],
  ]

  private static func whole(_ input: String, _ index: Int, _ folder: String?) -> Rule {
    Rule(input: (input, index), meaning: .repository(folder: folder))
  }

  private static func file(
    _ input: String, _ index: Int, _ repository: String, _ folder: String
  ) -> Rule {
    Rule(input: (input, index), meaning: .file(of: repository, folder: folder))
  }

  private static func folder(_ input: String, _ index: Int, _ folder: String) -> Rule {
    Rule(input: (input, index), meaning: .folder(folder), isAutomatic: false)
  }

  private static func insightFace(_ pack: String, isAutomatic: Bool) -> Rule {
    Rule(
      input: nil, meaning: .always(Needs([], in: ["insightface/models/\(pack)"])),
      isAutomatic: isAutomatic)
  }

  private static let evaClip = Rule(
    input: nil, meaning: .always(Needs(["EVA02-CLIP-L-14-336"], in: [])))

  // MARK: IPAdapter's presets

  private static let vision = "CLIP-ViT-H-14-laion2B-s32B-b79K"
  private static let bigVision = "CLIP-ViT-bigG-14-laion2B-39B-b160k"

  /// Which of the files is used depends on the checkpoint: SD1.5 or SDXL.
  private static func adapters(_ names: String..., vision: String = vision) -> Needs {
    Needs(
      names + [vision],
      in: Array(repeating: "ipadapter", count: names.count) + ["clip_vision"])
  }

  private static let preset = Rule(
    input: ("preset", 0),
    meaning: .words([
      "LIGHT - SD1.5 only": adapters("ip-adapter_sd15_light_v11"),
      "STANDARD": adapters("ip-adapter_sd15", "ip-adapter_sdxl_vit-h"),
      "VIT-G": adapters("ip-adapter_sd15_vit-G", "ip-adapter_sdxl", vision: bigVision),
      "PLUS": adapters("ip-adapter-plus_sd15", "ip-adapter-plus_sdxl_vit-h"),
      "PLUS FACE": adapters("ip-adapter-plus-face_sd15", "ip-adapter-plus-face_sdxl_vit-h"),
      "FULL FACE - SD1.5 only": adapters("ip-adapter-full-face_sd15"),
    ]), isAutomatic: false)

  private static func faces(_ names: String..., loras: [String]) -> Needs {
    Needs(
      names + [vision] + loras,
      in: Array(repeating: "ipadapter", count: names.count) + ["clip_vision"]
        + Array(repeating: "loras", count: loras.count))
  }

  private static let facePreset = Rule(
    input: ("preset", 0),
    meaning: .words([
      "FACEID": faces(
        "ip-adapter-faceid_sd15", "ip-adapter-faceid_sdxl",
        loras: ["ip-adapter-faceid_sd15_lora", "ip-adapter-faceid_sdxl_lora"]),
      "FACEID PLUS - SD1.5 only": faces(
        "ip-adapter-faceid-plus_sd15", loras: ["ip-adapter-faceid-plus_sd15_lora"]),
      "FACEID PLUS V2": faces(
        "ip-adapter-faceid-plusv2_sd15", "ip-adapter-faceid-plusv2_sdxl",
        loras: ["ip-adapter-faceid-plusv2_sd15_lora", "ip-adapter-faceid-plusv2_sdxl_lora"]),
    ]), isAutomatic: false)
}
