extension LoaderTable {
  /// The built-in rows, in the format of comfy-loaders(5): TYPE INPUT CATEGORY INDEX [OPTION…].
  ///
  /// Facts about published nodes, by the repository that publishes them: which inputs list model
  /// folders, and where their widgets are.
  static let standardRows: StaticString = """
    # Notes, and nodes that show text.
    Note -
    MarkdownNote -
    "Note *" -
    "Label (rgthree)" -
    "Bookmark (rgthree)" -
    Preview* -
    ShowText* -
    "Show Text*" -
    ShowAny* -
    "Display Any*" -
    "Display Int*" -
    DisplayAny* -
    DisplayText* -
    DisplayString* -
    "easy show*" -
    JjkShowText -
    ConsoleDebug+ -
    DebugTensorShape+ -
    StickyNote -
    "Lora Info (LoraManager)" -

    # comfyanonymous/ComfyUI
    AudioEncoderLoader audio_encoder_name audio_encoders 0 any
    CheckpointLoader config_name configs 0
    CheckpointLoader ckpt_name checkpoints 1 any
    CheckpointLoaderSimple ckpt_name checkpoints 0 any
    CLIPLoader clip_name text_encoders 0 any
    CLIPTextEncode* no-tags
    CLIPVisionLoader clip_name clip_vision 0 any
    ConditioningLoader conditioning_name embeddings 0
    ControlNetLoader control_net_name controlnet 0 any
    CreateHookLora lora_name loras 0 any
    CreateHookLoraModelOnly lora_name loras 0 any
    CreateHookModelAsLora ckpt_name checkpoints 0 any
    CreateHookModelAsLoraModelOnly ckpt_name checkpoints 0 any
    DiffControlNetLoader control_net_name controlnet 0 any
    DiffusersLoader model_path diffusers 0 any
    DualCLIPLoader clip_name1 text_encoders 0 any
    DualCLIPLoader clip_name2 text_encoders 1 any
    FrameInterpolationModelLoader model_name frame_interpolation 0
    GLIGENLoader gligen_name gligen 0 any
    Hunyuan3DPaintModelLoader model_name diffusion_models 0
    HypernetworkLoader hypernetwork_name hypernetworks 0 any
    ImageOnlyCheckpointLoader ckpt_name checkpoints 0 any
    LatentUpscaleModelLoader model_name latent_upscale_models 0 any
    LoadBackgroundRemovalModel bg_removal_name background_removal 0
    LoadDA3Model model_name geometry_estimation 0
    LoadLoraModel loras.*.lora_name loras 1+3 rows=1000 switch=loras.*.enabled@3+3
    LoadLoraTextEncoder loras.*.lora_name loras 1+3 rows=1000 switch=loras.*.enabled@3+3
    LoadMediaPipeFaceLandmarker model_name detection 0
    LoadMoGeModel model_name geometry_estimation 0
    LoraLoader lora_name loras 0 any
    LoraLoaderBypass lora_name loras 0 any
    LoraLoaderBypassModelOnly lora_name loras 0 any
    LoraLoaderModelOnly lora_name loras 0 any
    LTXAVTextEncoderLoader text_encoder text_encoders 0 any
    LTXAVTextEncoderLoader ckpt_name checkpoints 1 any
    LTXVAudioVAELoader ckpt_name checkpoints 0
    ModelPatchLoader name model_patches 0 any
    OpticalFlowLoader model_name optical_flow 0
    PhotoMakerLoader photomaker_model_name photomaker 0 any
    QuadrupleCLIPLoader clip_name1 text_encoders 0 any
    QuadrupleCLIPLoader clip_name2 text_encoders 1 any
    QuadrupleCLIPLoader clip_name3 text_encoders 2 any
    QuadrupleCLIPLoader clip_name4 text_encoders 3 any
    RegexExtract regex_pattern - 1 helper
    RegexMatch regex_pattern - 1 helper
    RegexReplace regex_pattern - 1 helper
    RegexReplace replace - 2 helper
    SAM3DBody_Loader model_file detection 0
    StyleModelLoader style_model_name style_models 0 any
    TextEncode* no-tags
    TrainLoraNode existing_lora loras 16
    TripleCLIPLoader clip_name1 text_encoders 0 any
    TripleCLIPLoader clip_name2 text_encoders 1 any
    TripleCLIPLoader clip_name3 text_encoders 2 any
    unCLIPCheckpointLoader ckpt_name checkpoints 0 any
    UNETLoader unet_name diffusion_models 0 any
    UpscaleModelLoader model_name upscale_models 0 any
    VAELoader vae_name vae 0 any word=taesd:vae_approx word=taesdxl:vae_approx word=taesd3:vae_approx word=taef1:vae_approx word=taef2:vae_approx word=taeqi2_1:vae_approx word=pixel_space:- word=taehv.safetensors:vae_approx word=taehv.pth:vae_approx word=lighttaew2_1.safetensors:vae_approx word=lighttaew2_1.pth:vae_approx word=lighttaew2_2.safetensors:vae_approx word=lighttaew2_2.pth:vae_approx word=lighttaehy1_5.safetensors:vae_approx word=lighttaehy1_5.pth:vae_approx word=taeltx_2.safetensors:vae_approx word=taeltx_2.pth:vae_approx

    # Packages whose nodes of this name download their files.
    DownloadAndLoad* automatic

    # Acly/comfyui-inpaint-nodes
    INPAINT_LoadFooocusInpaint head inpaint 0
    INPAINT_LoadFooocusInpaint patch inpaint 1
    INPAINT_LoadInpaintModel model_name inpaint 0

    # aigc-apps/VideoX-Fun
    LoadCogVideoXFunLora lora_name loras 0
    LoadFlux2ControlNetInModel model_name model_patches 1
    LoadFlux2ControlNetInPipeline model_name model_patches 1
    LoadFlux2TextEncoderModel model_name text_encoders 0
    LoadFlux2TransformerModel model_name diffusion_models 0
    LoadFlux2VAEModel model_name vae 0
    LoadQwenImageControlNetInModel model_name model_patches 1
    LoadQwenImageControlNetInPipeline model_name model_patches 1
    LoadQwenImageLora lora_name loras 0
    LoadQwenImageTextEncoderModel model_name text_encoders 0
    LoadQwenImageTransformerModel model_name diffusion_models 0
    LoadQwenImageVAEModel model_name vae 0
    LoadVaceWanTransformer3DModel model_name diffusion_models 0
    LoadWan2_2FunLora lora_name loras 0
    LoadWan2_2FunLora lora_high_name loras 1
    LoadWan2_2Lora lora_name loras 0
    LoadWan2_2Lora lora_high_name loras 1
    LoadWan2_2TransformerModel model_name diffusion_models 0
    LoadWanClipEncoderModel model_name clip_vision 0 also=text_encoders
    LoadWanFunLora lora_name loras 0
    LoadWanLora lora_name loras 0
    LoadWanTextEncoderModel model_name text_encoders 0
    LoadWanTransformerModel model_name diffusion_models 0
    LoadWanVAEModel model_name vae 0
    LoadZImageControlNetInModel model_name model_patches 1
    LoadZImageControlNetInPipeline model_name model_patches 1
    LoadZImageTextEncoderModel model_name text_encoders 0
    LoadZImageTransformerModel model_name diffusion_models 0
    LoadZImageVAEModel model_name vae 0

    # BennyKok/comfyui-deploy
    ComfyUIDeployExternalCheckpoint default_value checkpoints 1
    ComfyUIDeployExternalLora default_lora_name loras 1

    # BlenderNeko/ComfyUI_ADV_CLIP_emb
    BNK_CLIPTextEncode* no-tags

    # calcuis/gguf
    ClipLoaderGGUF clip_name text_encoders 0
    DualClipLoaderGGUF clip_name1 text_encoders 0
    DualClipLoaderGGUF clip_name2 text_encoders 1
    LoaderGGUF gguf_name diffusion_models 0
    LoaderGGUFAdvanced gguf_name diffusion_models 0
    QuadrupleClipLoaderGGUF clip_name* text_encoders 0+1 rows=4
    TripleClipLoaderGGUF clip_name* text_encoders 0+1 rows=3

    # chflame163/ComfyUI_LayerStyle_Advance
    "LayerMask: YoloV8Detect" yolo_model yolo 0

    # city96/ComfyUI-GGUF
    CLIPLoaderGGUF clip_name text_encoders 0
    DualCLIPLoaderGGUF clip_name1 text_encoders 0
    DualCLIPLoaderGGUF clip_name2 text_encoders 1
    QuadrupleCLIPLoaderGGUF clip_name1 text_encoders 0
    QuadrupleCLIPLoaderGGUF clip_name2 text_encoders 1
    QuadrupleCLIPLoaderGGUF clip_name3 text_encoders 2
    QuadrupleCLIPLoaderGGUF clip_name4 text_encoders 3
    TripleCLIPLoaderGGUF clip_name1 text_encoders 0
    TripleCLIPLoaderGGUF clip_name2 text_encoders 1
    TripleCLIPLoaderGGUF clip_name3 text_encoders 2
    UnetLoaderGGUF unet_name diffusion_models 0
    UnetLoaderGGUFAdvanced unet_name diffusion_models 0
    VaeGGUF vae_name vae 0

    # ClownsharkBatwing/RES4LYF
    ClownModelLoader model_name checkpoints 0 also=diffusion_models
    ClownModelLoader clip_name1_opt text_encoders 2
    ClownModelLoader clip_name2_opt text_encoders 3
    ClownModelLoader clip_name3_opt text_encoders 4
    ClownModelLoader clip_name4_opt text_encoders 5
    ClownModelLoader vae_name vae 7
    FluxLoader model_name checkpoints 0 also=diffusion_models
    FluxLoader clip_name1 text_encoders 2
    FluxLoader clip_name2_opt text_encoders 3
    FluxLoader vae_name vae 4
    FluxLoader clip_vision_name clip_vision 5
    FluxLoader style_model_name style_models 6
    LayerPatcher embedder diffusion_models 0
    LayerPatcher gates diffusion_models 1
    LayerPatcher last_layer diffusion_models 2
    SD35Loader model_name checkpoints 0 also=diffusion_models
    SD35Loader clip_name1 text_encoders 2
    SD35Loader clip_name2_opt text_encoders 3
    SD35Loader clip_name3_opt text_encoders 4
    SD35Loader vae_name vae 5
    "UltraSharkSampler Tiled" clip_name clip_vision 14

    # cubiq/ComfyUI_InstantID
    InstantIDModelLoader instantid_file instantid 0

    # cubiq/ComfyUI_IPAdapter_plus
    IPAdapterModelLoader ipadapter_file ipadapter 0

    # cubiq/PuLID_ComfyUI
    PulidFluxModelLoader pulid_file pulid 0
    PulidModelLoader pulid_file pulid 0

    # ExponentialML/ComfyUI_ELLA
    ELLALoader name ella 0

    # Fannovel16/ComfyUI-Frame-Interpolation
    "AMT VFI" automatic
    "CAIN VFI" automatic
    "FILM VFI" ckpt_name - 0
    "FILM VFI" automatic
    "FLAVR VFI" automatic
    "GMFSS Fortuna VFI" automatic
    "IFRNet VFI" automatic
    "IFUnet VFI" automatic
    "M2M VFI" automatic
    "RIFE VFI" ckpt_name - 0
    "RIFE VFI" automatic
    "Sepconv VFI" automatic
    "STMFNet VFI" automatic

    # Fannovel16/comfyui_controlnet_aux
    AnimalPosePreprocessor bbox_detector - -
    AnimalPosePreprocessor pose_estimator - -
    AnimalPosePreprocessor automatic
    DensePosePreprocessor model - 0
    DensePosePreprocessor automatic
    DepthAnythingPreprocessor ckpt_name - 0
    DepthAnythingPreprocessor automatic
    DepthAnythingV2Preprocessor ckpt_name - 0
    DepthAnythingV2Preprocessor automatic
    DWPreprocessor bbox_detector - 4
    DWPreprocessor pose_estimator - 5
    DWPreprocessor automatic
    Unimatch_OptFlowPreprocessor ckpt_name - 0
    Unimatch_OptFlowPreprocessor automatic
    Zoe_DepthAnythingPreprocessor automatic

    # filliptm/ComfyUI_Fill-Nodes
    FL_ZImageControlNetPatch name model_patches 0

    # gokayfem/ComfyUI_VLM_nodes
    "LLava Loader Simple" ckpt_name LLavacheckpoints 0
    LlavaClipLoader clip_name LLavacheckpoints 0
    LLMLoader ckpt_name LLavacheckpoints 0

    # Gourieff/ComfyUI-ReActor
    ReActorFaceBoost boost_model facerestore_models 1
    ReActorFaceSwap swap_model insightface 1
    ReActorFaceSwap face_restore_model facerestore_models 3
    ReActorFaceSwapOpt swap_model insightface 1
    ReActorFaceSwapOpt face_restore_model facerestore_models 3
    ReActorMaskHelper bbox_model_name ultralytics 0
    ReActorMaskHelper sam_model_name sams 5

    # huanngzh/ComfyUI-MVAdapter
    LdmPipelineLoader ckpt_name checkpoints 0
    LdmVaeLoader vae_name vae 0

    # jags111/efficiency-nodes-comfyui
    "AnimateDiff Script" motion_model animatediff_models 0
    "Eff. Loader SDXL" base_ckpt_name checkpoints 0
    "Eff. Loader SDXL" refiner_ckpt_name checkpoints 2
    "Eff. Loader SDXL" vae_name vae 6
    "Efficient Loader" ckpt_name checkpoints 0
    "Efficient Loader" vae_name vae 1
    "Efficient Loader" lora_name loras 3
    "HighRes-Fix Script" hires_ckpt_name checkpoints 1
    "HighRes-Fix Script" pixel_upscaler upscale_models 3
    "HighRes-Fix Script" control_net_name controlnet 12
    "LoRA Stacker" lora_name_* loras 2+4 rows=50 count=lora_count@1
    "Tiled Upscaler Script" tile_controlnet controlnet 8
    "XY Input: Checkpoint" ckpt_name_* checkpoints 7+3 rows=50 count=ckpt_count@6
    "XY Input: Checkpoint" vae_name_* vae 9+3 rows=50 count=ckpt_count@6
    "XY Input: LoRA" lora_name_* loras 8+3 rows=50 count=lora_count@5
    "XY Input: LoRA Plot" lora_name loras 1

    # jakechai/ComfyUI-JakeUpgrade
    "Ckpt Loader JK" checkpoint checkpoints 0
    "CR ControlNet Loader JK" control_net_name controlnet 0
    "CR Load LoRA JK" lora_name loras 2 switch=switch@0
    "CR LoRA Stack JK" lora_name_* loras 2+4 rows=6 switch=lora_*@1+4
    "CR LoRA Stack Model Only JK" lora_name_* loras 1+3 rows=6 switch=lora_*@0+3
    "Embedding Picker JK" embedding embeddings 0
    "Reroute Ckpt JK" checkpoint checkpoints 0
    "Reroute List JK" checkpoint checkpoints 0
    "Reroute List JK" vae vae 1
    "Reroute List JK" upscale_model upscale_models 4
    "Reroute Upscale JK" upscale_model upscale_models 0
    "Reroute Vae JK" vae vae 0
    "Save Image with Metadata JK" ckpt_name checkpoints 17
    "Save Image with Metadata JK" vae_name vae 19
    "Save Image with Metadata JK" refine_ckpt_name checkpoints 28
    "Save Image with Metadata JK" Image_upscale_model_name upscale_models 50
    "Save Image with Metadata JK" upscale_ckpt_name checkpoints 64
    "Upscale Model Loader JK" upscale_model upscale_models 0
    "Upscale Model Parameters JK" Image_upscale_model_name upscale_models 6
    "Vae Loader JK" vae vae 0

    # kijai/ComfyUI-CCSR
    CCSR_Model_Select ckpt_name checkpoints 0
    DownloadAndLoadCCSRModel model CCSR 0
    DownloadAndLoadCCSRModel automatic

    # kijai/ComfyUI-CogVideoXWrapper
    CogVideoLoraSelect lora CogVideo/loras 0
    CogVideoLoraSelectComfy lora loras 0
    CogVideoXModelLoader model diffusion_models 0
    CogVideoXVAELoader model_name vae 0

    # kijai/ComfyUI-DepthAnythingV2
    DownloadAndLoadDepthAnythingV2Model model depthanything 0
    DownloadAndLoadDepthAnythingV2Model automatic

    # kijai/ComfyUI-DynamiCrafterWrapper
    DownloadAndLoadCLIPModel model text_encoders 0
    DownloadAndLoadCLIPModel automatic
    DownloadAndLoadCLIPVisionModel model clip_vision 0
    DownloadAndLoadCLIPVisionModel automatic
    DownloadAndLoadDynamiCrafterCNModel model checkpoints/dynamicrafter/controlnet 0
    DownloadAndLoadDynamiCrafterCNModel automatic
    DownloadAndLoadDynamiCrafterModel model checkpoints/dynamicrafter 0
    DownloadAndLoadDynamiCrafterModel automatic
    DynamiCrafterCNLoader ckpt_name controlnet 0
    DynamiCrafterModelLoader ckpt_name checkpoints 0

    # kijai/ComfyUI-Florence2
    Florence2ModelLoader model LLM 0 any

    # kijai/ComfyUI-FluxTrainer
    ExtractFluxLoRA original_model diffusion_models 0
    ExtractFluxLoRA finetuned_model diffusion_models 1
    FluxKohyaInferenceSampler lora_name loras 0
    FluxTrainModelSelect transformer diffusion_models 0
    FluxTrainModelSelect vae vae 1
    FluxTrainModelSelect clip_l text_encoders 2
    FluxTrainModelSelect t5 text_encoders 3
    SD3ModelSelect transformer checkpoints 0
    SD3ModelSelect clip_l text_encoders 1
    SD3ModelSelect clip_g text_encoders 2
    SD3ModelSelect t5 text_encoders 3
    SDXLModelSelect checkpoint checkpoints 0

    # kijai/ComfyUI-FramePackWrapper
    FramePackLoraSelect lora loras 0
    LoadFramePackModel model diffusion_models 0

    # kijai/ComfyUI-GIMM-VFI
    DownloadAndLoadGIMMVFIModel model interpolation/gimm-vfi 0
    DownloadAndLoadGIMMVFIModel automatic

    # kijai/ComfyUI-Hunyuan3DWrapper
    Hy3D_2_1SimpleMeshGen model diffusion_models 0
    Hy3DModelLoader model diffusion_models 0

    # kijai/ComfyUI-HunyuanVideoWrapper
    HyVideoLoraSelect lora loras 0
    HyVideoModelLoader model diffusion_models 0
    HyVideoTextEncode* no-tags
    HyVideoVAELoader model_name vae 0

    # kijai/ComfyUI-IC-Light
    LoadAndApplyICLightUnet model_path diffusion_models 0

    # kijai/ComfyUI-KJNodes
    CheckpointLoaderKJ ckpt_name checkpoints 0
    DiffusionModelLoaderKJ model_name diffusion_models 0
    DiffusionModelSelector model_name diffusion_models 0
    DiTBlockLoraLoader lora_name loras 1
    LoraReduceRankKJ lora_name loras 0
    LTX2LoraLoaderAdvanced lora_name loras 0
    ModelPreviewOverrideKJ tiny_vae vae_approx 5
    VAELoaderKJ vae_name vae 0

    # kijai/ComfyUI-MimicMotionWrapper
    DownloadAndLoadMimicMotionModel model mimicmotion 0
    DownloadAndLoadMimicMotionModel automatic

    # kijai/ComfyUI-MMAudio
    MMAudioFeatureUtilsLoader vae_model mmaudio 0
    MMAudioFeatureUtilsLoader synchformer_model mmaudio 1
    MMAudioFeatureUtilsLoader clip_model mmaudio 2
    MMAudioModelLoader mmaudio_model mmaudio 0

    # kijai/ComfyUI-MochiWrapper
    DownloadAndLoadMochiModel model diffusion_models/mochi 0
    DownloadAndLoadMochiModel vae vae/mochi 1
    DownloadAndLoadMochiModel automatic

    # kijai/ComfyUI-segment-anything-2
    DownloadAndLoadSAM2Model model sam2 0
    DownloadAndLoadSAM2Model automatic

    # kijai/ComfyUI-SUPIR
    SUPIR_model_loader supir_model checkpoints 0
    SUPIR_model_loader sdxl_model checkpoints 1
    SUPIR_model_loader_v2 supir_model checkpoints 0
    SUPIR_model_loader_v2_clip supir_model checkpoints 0
    SUPIR_Upscale supir_model checkpoints 0
    SUPIR_Upscale sdxl_model checkpoints 1

    # kijai/ComfyUI-WanAnimatePreprocess
    OnnxDetectionModelLoader vitpose_model detection 0
    OnnxDetectionModelLoader yolo_model detection 1

    # kijai/ComfyUI-WanVideoWrapper
    DownloadAndLoadNLFModel url nlf 0
    DownloadAndLoadNLFModel automatic
    FantasyPortraitModelLoader model diffusion_models 0
    FantasyTalkingModelLoader model diffusion_models 0
    LoadNLFModel nlf_model nlf 0
    LoadVQVAE model_name vae 0
    LoadWanVideoClipTextEncoder model_name clip_vision 0 also=text_encoders
    LoadWanVideoT5TextEncoder model_name text_encoders 0
    MultiTalkModelLoader model diffusion_models 0
    OviMMAudioVAELoader vae vae 0 also=mmaudio
    OviMMAudioVAELoader vocoder vae 1 also=mmaudio
    WanVideoControlnetLoader model controlnet 0
    WanVideoExtraModelSelect extra_model diffusion_models 0
    WanVideoFlashVSRDecoderLoader model_name vae 0
    WanVideoLoraSelect lora loras 0
    WanVideoLoraSelectMulti lora_0 loras 0
    WanVideoLoraSelectMulti lora_1 loras 2
    WanVideoLoraSelectMulti lora_2 loras 4
    WanVideoLoraSelectMulti lora_3 loras 6
    WanVideoLoraSelectMulti lora_4 loras 8
    WanVideoModelLoader model diffusion_models 0
    WanVideoPromptExtenderSelect model text_encoders 0
    WanVideoTextEncode* no-tags
    WanVideoTextEncodeCached model_name text_encoders 0
    WanVideoTextEncodeCached no-tags
    WanVideoTinyVAELoader model_name vae_approx 0
    WanVideoUni3C_ControlnetLoader model controlnet 0
    WanVideoVACEModelSelect vace_model diffusion_models 0
    WanVideoVAELoader model_name vae 0
    WhisperModelLoader model audio_encoders 0

    # Kosinkadink/ComfyUI-Advanced-ControlNet
    ACN_SparseCtrlLoaderAdvanced sparsectrl_name controlnet 0
    ControlNetLoaderAdvanced control_net_name controlnet 0
    DiffControlNetLoaderAdvanced control_net_name controlnet 0

    # Kosinkadink/ComfyUI-AnimateDiff-Evolved
    ADE_AnimateDiffLoaderGen1 model_name animatediff_models 0
    ADE_AnimateDiffLoaderV1Advanced model_name animatediff_models 0
    ADE_AnimateDiffLoaderWithContext model_name animatediff_models 0
    ADE_AnimateDiffLoRALoader name animatediff_motion_lora 0
    ADE_InjectI2VIntoAnimateDiffModel model_name animatediff_models 0
    ADE_InjectPIAIntoAnimateDiffModel model_name animatediff_models 0
    ADE_LoadAnimateDiffModel model_name animatediff_models 0
    ADE_LoadAnimateDiffModelWithCameraCtrl model_name animatediff_models 0
    ADE_LoadAnimateDiffModelWithCameraCtrl camera_ctrl animatediff_models 1
    ADE_LoadAnimateLCMI2VModel model_name animatediff_models 0
    ADE_RegisterLoraHook lora_name loras 0
    ADE_RegisterLoraHookModelOnly lora_name loras 0
    ADE_RegisterModelAsLoraHook ckpt_name checkpoints 0
    ADE_RegisterModelAsLoraHookModelOnly ckpt_name checkpoints 0
    AnimateDiffLoaderV1 model_name animatediff_models 0
    CheckpointLoaderSimpleWithNoiseSelect ckpt_name checkpoints 0

    # LarryJane491/Lora-Training-in-Comfy
    "Lora Training in Comfy (Advanced)" ckpt_name checkpoints 0
    "Lora Training in ComfyUI" ckpt_name checkpoints 0

    # Lightricks/ComfyUI-LTXVideo
    GemmaAPITextEncode ckpt_name checkpoints 3
    LowVRAMAudioVAELoader ckpt_name checkpoints 0
    LowVRAMCheckpointLoader ckpt_name checkpoints 0
    LowVRAMLatentUpscaleModelLoader model_name latent_upscale_models 0
    LTXICLoRALoaderModelOnly lora_name loras 0
    LTXVGemmaCLIPModelLoader gemma_path text_encoders 0
    LTXVGemmaCLIPModelLoader ltxv_path checkpoints 1
    LTXVQ8LoraModelLoader lora_name loras 0

    # ltdrdata/ComfyUI-Impact-Pack
    BasicPipeToDetailerPipe "Select to add LoRA" loras 1 helper
    BasicPipeToDetailerPipeSDXL "Select to add LoRA" loras 1 helper
    EditDetailerPipe "Select to add LoRA" loras 1 helper
    EditDetailerPipeSDXL "Select to add LoRA" loras 1 helper
    ImpactWildcardEncode "Select to add LoRA" loras 3 helper
    MMDetDetectorProvider model_name mmdets 0
    MMDetLoader model_name mmdets 0
    ONNXDetectorProvider model_name onnx 0
    SAMLoader model_name sams 0
    ToDetailerPipe "Select to add LoRA" loras 1 helper
    ToDetailerPipeSDXL "Select to add LoRA" loras 1 helper

    # ltdrdata/ComfyUI-Impact-Subpack
    UltralyticsDetectorProvider model_name ultralytics 0

    # ltdrdata/ComfyUI-Inspire-Pack
    "CheckpointLoaderSimpleShared //Inspire" ckpt_name checkpoints 0
    "LoadDiffusionModelShared //Inspire" model_name diffusion_models 0
    "LoadLBW //Inspire" lbw_model lbw_models 0
    "LoadTextEncoderShared //Inspire" model_name* text_encoders 0+1 rows=3
    "LoraBlockInfo //Inspire" lora_name loras 0
    "LoraLoaderBlockWeight //Inspire" lora_name loras 1
    "MakeBasicPipe //Inspire" ckpt_name checkpoints 0
    "MakeBasicPipe //Inspire" "Select to add LoRA" loras 5 helper
    "MakeLBW //Inspire" lora_name loras 1
    "StableCascade_CheckpointLoader //Inspire" stage_b checkpoints 0
    "StableCascade_CheckpointLoader //Inspire" stage_c checkpoints 2
    "WildcardEncode //Inspire" "Select to add LoRA" loras 5 helper
    "XY Input: Lora Block Weight //Inspire" lora_name loras 1

    # mav-rik/facerestore_cf
    FaceRestoreModelLoader model_name facerestore_models 0

    # MinusZoneAI/ComfyUI-Kolors-MZ
    MZ_ChatGLM3Loader chatglm3_checkpoint LLM 0
    MZ_KolorsUNETLoader unet_name diffusion_models 0
    MZ_KolorsUNETLoaderV2 unet_name diffusion_models 0

    # mit-han-lab/ComfyUI-nunchaku
    NunchakuFluxDiTLoader model_path diffusion_models 0 any
    NunchakuFluxLoraLoader lora_name loras 0
    NunchakuPuLIDLoaderV2 pulid_file pulid 0
    NunchakuPuLIDLoaderV2 eva_clip_file text_encoders 1
    NunchakuTextEncoderLoader text_encoder1 text_encoders 1
    NunchakuTextEncoderLoader text_encoder2 text_encoders 2
    NunchakuTextEncoderLoader int4_model text_encoders 5
    NunchakuTextEncoderLoaderV2 text_encoder1 text_encoders 1
    NunchakuTextEncoderLoaderV2 text_encoder2 text_encoders 2

    # MrForExample/ComfyUI-3D-Pack
    "[Comfy3D] Load*" automatic

    # nullquant/ComfyUI-BrushNet
    BrushNetLoader brushnet inpaint 0
    PowerPaintCLIPLoader base text_encoders 0
    PowerPaintCLIPLoader powerpaint inpaint 1

    # numz/ComfyUI-SeedVR2_VideoUpscaler
    SeedVR2LoadDiTModel model SEEDVR2 0
    SeedVR2LoadDiTModel automatic
    SeedVR2LoadVAEModel model SEEDVR2 0
    SeedVR2LoadVAEModel automatic

    # nunchaku-tech/ComfyUI-nunchaku
    NunchakuQwenImageDiTLoader model_name diffusion_models 0

    # ostris/ComfyUI-FlexTools
    FlexLoraLoader lora_name loras 0
    FlexLoraLoaderModelOnly lora_name loras 0

    # pollockjj/ComfyUI-MultiGPU
    CheckpointLoaderAdvancedDisTorch2MultiGPU ckpt_name checkpoints 0
    CheckpointLoaderAdvancedMultiGPU ckpt_name checkpoints 0
    CheckpointLoaderNF4 ckpt_name checkpoints 0
    UNetLoaderLP unet_name diffusion_models 0
    Wav2VecModelLoader model wav2vec2 0

    # pythongosssss/ComfyUI-Custom-Scripts
    CheckpointLoader|pysssss ckpt_name checkpoints 0
    LoraLoader|pysssss lora_name loras 0

    # rgthree/rgthree-comfy
    "Lora Loader Stack (rgthree)" lora_01 loras 0
    "Lora Loader Stack (rgthree)" lora_02 loras 2
    "Lora Loader Stack (rgthree)" lora_03 loras 4
    "Lora Loader Stack (rgthree)" lora_04 loras 6
    "Power Lora Loader (rgthree)" lora_*.lora loras -
    "Power Prompt (rgthree)" insert_lora loras 1 helper
    "Power Prompt (rgthree)" insert_embedding embeddings 2 helper
    "Power Prompt - Simple (rgthree)" insert_embedding embeddings 1 helper
    "SDXL Power Prompt - Positive (rgthree)" insert_lora loras 2 helper
    "SDXL Power Prompt - Positive (rgthree)" insert_embedding embeddings 3 helper
    "SDXL Power Prompt - Simple / Negative (rgthree)" insert_embedding embeddings 2 helper

    # SeargeDP/SeargeSDXL
    SeargeControlnetModels clip_vision clip_vision 0
    SeargeControlnetModels canny_checkpoint controlnet 1
    SeargeControlnetModels depth_checkpoint controlnet 2
    SeargeControlnetModels recolor_checkpoint controlnet 3
    SeargeControlnetModels sketch_checkpoint controlnet 4
    SeargeControlnetModels custom_checkpoint controlnet 5
    SeargeInput4 base_model checkpoints 0
    SeargeInput4 refiner_model checkpoints 1
    SeargeInput4 vae_model vae 2
    SeargeInput4 main_upscale_model upscale_models 3
    SeargeInput4 support_upscale_model upscale_models 4
    SeargeInput4 lora_model loras 5
    SeargeLoras lora_* loras 0+2 rows=5
    SeargeModelSelector base_checkpoint checkpoints 0
    SeargeModelSelector refiner_checkpoint checkpoints 1
    SeargeModelSelector vae_checkpoint vae 2
    SeargeUpscaleModels detail_processor upscale_models 0
    SeargeUpscaleModels high_res_upscaler upscale_models 1
    SeargeUpscaleModels primary_upscaler upscale_models 2
    SeargeUpscaleModels secondary_upscaler upscale_models 3

    # shiimizu/ComfyUI-PhotoMaker-Plus
    PhotoMakerLoaderPlus photomaker_model_name photomaker 0

    # shiimizu/ComfyUI_smZNodes
    "smZ CLIPTextEncode" no-tags

    # smthemex/ComfyUI_EchoMimic
    Echo_LoadModel vae vae 0
    Echo_LoadModel lora loras 1

    # smthemex/ComfyUI_StoryDiffusion
    EasyFunction_Lite unet diffusion_models 2
    EasyFunction_Lite gguf gguf 3
    EasyFunction_Lite clip1 text_encoders 4
    EasyFunction_Lite clip2 text_encoders 5
    EasyFunction_Lite clip_vision1 clip_vision 6
    EasyFunction_Lite clip_vision2 clip_vision 7
    EasyFunction_Lite lora1 loras 8
    EasyFunction_Lite lora2 loras 9
    EasyFunction_Lite controlnet controlnet 10
    StoryDiffusion_Apply photomake_ckpt photomaker 1
    StoryDiffusion_Apply ipadapter_ckpt photomaker 2

    # Suzie1/ComfyUI_Comfyroll_CustomNodes
    "CR Load LoRA" lora_name loras 1 switch=switch@0
    "CR Load Scheduled LoRAs" default_lora loras 3
    "CR Load Scheduled Models" default_model checkpoints 3
    "CR LoRA List" lora_name* loras 0+4 rows=3
    "CR LoRA Stack" lora_name_* loras 1+4 rows=3 switch=switch_*@0+4
    "CR Model List" ckpt_name* checkpoints 0+2 rows=5
    "CR Model Merge Stack" ckpt_name* checkpoints 1+4 rows=3 switch=switch_*@0+4
    "CR Multi Upscale Stack" upscale_model_* upscale_models 1+3 rows=3 switch=switch_*@0+3
    "CR Multi-ControlNet Stack" controlnet_* controlnet 1+5 rows=3 switch=switch_*@0+5
    "CR Random LoRA Stack" lora_name_* loras 3+5 rows=3
    "CR Random Weight LoRA" lora_name loras 2
    "CR Select Model" ckpt_name* checkpoints 0+1 rows=5
    "CR Upscale Image" upscale_model upscale_models 0

    # TinyTerra/ComfyUI_tinyterraNodes
    "ttN hiresfixScale" model_name upscale_models 0
    "ttN KSampler_v2" lora_name loras 0
    "ttN KSampler_v2" upscale_model_name upscale_models 3
    "ttN multiModelMerge" ckpt_A_name checkpoints 0
    "ttN multiModelMerge" config_A_name configs 1
    "ttN multiModelMerge" ckpt_B_name checkpoints 2
    "ttN multiModelMerge" config_B_name configs 3
    "ttN multiModelMerge" ckpt_C_name checkpoints 4
    "ttN multiModelMerge" config_C_name configs 5
    "ttN pipeKSampler" lora_name loras 0
    "ttN pipeKSampler_v2" lora_name loras 0
    "ttN pipeKSampler_v2" upscale_model_name upscale_models 3
    "ttN pipeKSamplerAdvanced" lora_name loras 0
    "ttN pipeKSamplerAdvanced_v2" lora_name loras 0
    "ttN pipeKSamplerAdvanced_v2" upscale_model_name upscale_models 3
    "ttN pipeKSamplerSDXL_v2" lora_name loras 0
    "ttN pipeKSamplerSDXL_v2" upscale_model_name upscale_models 3
    "ttN pipeLoader" ckpt_name checkpoints 0
    "ttN pipeLoader" config_name configs 1
    "ttN pipeLoader" vae_name vae 2
    "ttN pipeLoader" lora*_name loras 4+3 rows=3
    "ttN pipeLoader_v2" ckpt_name checkpoints 0
    "ttN pipeLoader_v2" config_name configs 1
    "ttN pipeLoader_v2" vae_name vae 2
    "ttN pipeLoaderSDXL" ckpt_name checkpoints 0
    "ttN pipeLoaderSDXL" vae_name vae 1
    "ttN pipeLoaderSDXL" lora1_name loras 2
    "ttN pipeLoaderSDXL" lora2_name loras 5
    "ttN pipeLoaderSDXL" refiner_ckpt_name checkpoints 8
    "ttN pipeLoaderSDXL" refiner_vae_name vae 9
    "ttN pipeLoaderSDXL" refiner_lora1_name loras 10
    "ttN pipeLoaderSDXL" refiner_lora2_name loras 13
    "ttN pipeLoaderSDXL_v2" ckpt_name checkpoints 0
    "ttN pipeLoaderSDXL_v2" config_name configs 1
    "ttN pipeLoaderSDXL_v2" vae_name vae 2
    "ttN pipeLoaderSDXL_v2" refiner_ckpt_name checkpoints 5
    "ttN pipeLoaderSDXL_v2" refiner_config_name configs 6
    "ttN tinyLoader" ckpt_name checkpoints 0
    "ttN tinyLoader" config_name configs 1
    "ttN tinyLoader" vae_name vae 5

    # willmiao/ComfyUI-Lora-Manager
    "Checkpoint Loader (LoraManager)" ckpt_name checkpoints 0
    "Lora Loader (LoraManager)" loras[].name loras -
    "Lora Loader (LoraManager)" no-tags
    "Lora Randomizer (LoraManager)" loras[].name loras -
    "Lora Randomizer (LoraManager)" no-tags
    "Lora Stacker (LoraManager)" loras[].name loras -
    "Lora Stacker (LoraManager)" no-tags
    "Prompt (LoraManager)" no-tags
    "Random Checkpoint Loader (LoraManager)" ckpt_name checkpoints 0
    "Random Unet Loader (LoraManager)" unet_name diffusion_models 0
    "Unet Loader (LoraManager)" unet_name diffusion_models 0
    "WanVideo Lora Select (LoraManager)" loras[].name loras -
    "WanVideo Lora Select (LoraManager)" no-tags

    # XLabs-AI/x-flux-comfyui
    FluxLoraLoader lora_name xlabs/loras 0
    LoadFluxControlNet controlnet_path xlabs/controlnets 1
    LoadFluxIPAdapter ipadatper xlabs/ipadapters 0
    LoadFluxIPAdapter clip_vision clip_vision 1

    # yolain/ComfyUI-Easy-Use
    "easy a1111Loader" ckpt_name checkpoints 0
    "easy a1111Loader" vae_name vae 1
    "easy a1111Loader" lora_name loras 3
    "easy cascadeLoader" stage_c diffusion_models 0 also=checkpoints
    "easy cascadeLoader" stage_b diffusion_models 1 also=checkpoints
    "easy ckptNames" ckpt_name checkpoints 0
    "easy comfyLoader" ckpt_name checkpoints 0
    "easy comfyLoader" vae_name vae 1
    "easy comfyLoader" lora_name loras 3
    "easy controlnetLoader" control_net_name controlnet 0
    "easy controlnetLoader++" control_net_name controlnet 0
    "easy controlnetLoaderADV" control_net_name controlnet 0
    "easy controlnetNames" controlnet_name controlnet 0
    "easy fluxLoader" ckpt_name checkpoints 0
    "easy fluxLoader" vae_name vae 1
    "easy fluxLoader" lora_name loras 2
    "easy fullCascadeKSampler" encode_vae_name vae 0
    "easy fullCascadeKSampler" decode_vae_name vae 1
    "easy fullLoader" ckpt_name checkpoints 0
    "easy fullLoader" config_name configs 1
    "easy fullLoader" vae_name vae 2
    "easy fullLoader" lora_name loras 4
    "easy hiresFix" model_name upscale_models 0
    "easy hunyuanDiTLoader" ckpt_name checkpoints 0
    "easy hunyuanDiTLoader" vae_name vae 1
    "easy hunyuanDiTLoader" lora_name loras 2
    "easy instantIDApply" instantid_file instantid 0
    "easy instantIDApply" control_net_name controlnet 2
    "easy instantIDApplyADV" instantid_file instantid 0
    "easy instantIDApplyADV" control_net_name controlnet 2
    "easy kolorsLoader" unet_name diffusion_models 0
    "easy kolorsLoader" vae_name vae 1
    "easy kolorsLoader" chatglm3_name LLM 2
    "easy kolorsLoader" lora_name loras 3
    "easy LLLiteLoader" model_name controlnet 0
    "easy loraNames" lora_name loras 0
    "easy mochiLoader" ckpt_name checkpoints 0
    "easy mochiLoader" vae_name vae 1
    "easy pixArtLoader" ckpt_name checkpoints 0
    "easy pixArtLoader" vae_name vae 2
    "easy pixArtLoader" clip_name text_encoders 4
    "easy pixArtLoader" t5_name t5 6
    "easy pixArtLoader" lora_name loras 9
    "easy preSamplingCascade" encode_vae_name vae 0
    "easy preSamplingCascade" decode_vae_name vae 1
    "easy pulIDApply" pulid_file pulid 0
    "easy pulIDApplyADV" pulid_file pulid 0
    "easy sam3ModelLoader" model sam3 0
    "easy samLoaderPipe" model_name sams 0
    "easy sv3dLoader" ckpt_name checkpoints 0
    "easy sv3dLoader" vae_name vae 1
    "easy svdLoader" ckpt_name checkpoints 0
    "easy svdLoader" vae_name vae 1
    "easy svdLoader" clip_name text_encoders 2
    "easy ultralyticsDetectorPipe" model_name ultralytics 0
    "easy XYInputs: ControlNet" control_net_name controlnet 0
    "easy XYInputs: ModelMergeBlocks" ckpt_name_1 checkpoints 0
    "easy XYInputs: ModelMergeBlocks" ckpt_name_2 checkpoints 1
    "easy XYInputs: ModelMergeBlocks" vae_use vae 2
    "easy zero123Loader" ckpt_name checkpoints 0
    "easy zero123Loader" vae_name vae 1
    LLLiteLoader model_name controlnet 0
    """
}
