/// The node types that ComfyUI itself brings.
///
/// Only asked when a file does not name the package of a node: the API format never does, old
/// files rarely.
enum BuiltInNodes {
  static func contains(_ nodeType: String) -> Bool { names.contains(nodeType) }

  private static let names: Set<String> = Set(
    list.withUTF8Buffer { String(decoding: $0, as: UTF8.self) }
      .split(whereSeparator: \.isWhitespace).map(String.init))

  /// Class names of core and API nodes, white space between them.
  private static let list: StaticString = """
    ARVideoI2V AddNoise AlignYourStepsScheduler ApplyTextureToMesh AudioAdjustVolume AudioConcat
    AudioEncoderEncode AudioEncoderLoader AudioMerge BakeAmbientOcclusion BakeNormalMapFromMesh
    BakeTextureFromVoxel BasicGuider BasicScheduler BatchImagesNode BerniniConditioning
    BetaSamplingScheduler BriaImageEditNode BriaRemoveImageBackground BriaRemoveVideoBackground
    BriaVideoReplaceBackground BuildPoseFile ByteDance2FirstLastFrameNode ByteDance2ReferenceNode
    ByteDance2ReferenceNodeV2 ByteDance2TextToVideoNode ByteDanceCreateImageAsset
    ByteDanceCreateVideoAsset ByteDanceFirstLastFrameNode ByteDanceImageToVideoNode
    ByteDanceSeedreamNode ByteDanceSeedreamNodeV3 ByteDanceTextToVideoNode
    ByteDanceVideoEnhanceNode CFGGuider CFGNorm CFGOverride CFGZeroStar CLIPAttentionMultiply
    CLIPLoader CLIPMergeSimple CLIPSave CLIPSetLastLayer CLIPTextEncode CLIPTextEncodeFlux
    CLIPTextEncodeSD3 CLIPTextEncodeSDXL CLIPTextEncodeSDXLRefiner CLIPVisionEncode
    CLIPVisionLoader Canny CheckpointLoader CheckpointLoaderSimple CheckpointSave
    ChromaRadianceOptions ColorToRGBInt ColorTransfer ComfyMathExpression ComfyNumberConvert
    ComfySwitchNode ConditioningAverage ConditioningCombine ConditioningConcat ConditioningLoader
    ConditioningSetArea ConditioningSetAreaPercentage ConditioningSetAreaStrength
    ConditioningSetMask ConditioningSetTimestepRange ConditioningStableAudio ConditioningZeroOut
    ContextWindowsManual ControlNetApply ControlNetApplyAdvanced ControlNetApplySD3
    ControlNetInpaintingAliMamaApply ControlNetLoader CreateCameraInfo CreateHookLora
    CreateHookLoraModelOnly CreateHookModelAsLora CreateHookModelAsLoraModelOnly CreateVideo
    CropMask CurveEditor CustomCombo DA3Inference DA3Render DecimateMesh DiffControlNetLoader
    DifferentialDiffusion DiffusersLoader DisableNoise DrawBBoxes DualCFGGuider DualCLIPLoader
    DualModelGuider EasyCache ElevenLabsAudioIsolation ElevenLabsInstantVoiceClone
    ElevenLabsSpeechToSpeech ElevenLabsSpeechToText ElevenLabsTextToDialogue
    ElevenLabsTextToSoundEffects ElevenLabsTextToSpeech ElevenLabsVoiceSelector
    EmptyAceStep1.5LatentAudio EmptyAceStepLatentAudio EmptyAudio EmptyChromaRadianceLatentImage
    EmptyFlux2LatentImage EmptyHiDreamO1LatentImage EmptyHunyuanLatentVideo
    EmptyHunyuanVideo15Latent EmptyImage EmptyLTXVLatentVideo EmptyLatentAudio
    EmptyLatentHunyuan3Dv2 EmptyLatentImage EmptyMiniMaxMusic3LatentAudio
    EmptyQwenImageLayeredLatentImage EmptySD3LatentImage EmptyTrellis2LatentStructure
    ExponentialScheduler FeatherMask FlipSigmas Flux2Scheduler FluxGuidance FluxKVCache
    FluxKontextImageScale FluxKontextMaxImageNode FluxKontextMultiReferenceLatentMethod
    FluxKontextProImageNode FluxProExpandNode FrameInterpolate FrameInterpolationModelLoader FreeU
    FreeU_V2 GITSScheduler GLIGENLoader GLIGENTextBoxApply GLSLShader GeminiImage2Node
    GeminiImageNode GeminiInputFiles GeminiNanoBanana2 GeminiNanoBanana2V2 GeminiNode
    GeminiVideoOmniV2 GenerateTracks GetICLoRAParameters GetImageSize GetMeshInfo
    GetVideoComponents GrokImageEditNode GrokImageEditNodeV2 GrokImageNode GrokVideoEditNode
    GrokVideoNode GrowMask HeyGenAvatarVideoNode HeyGenCreateAvatarNode HeyGenTalkingPhotoNode
    HeyGenTextToSpeechNode HeyGenVideoTranslateNode HiDreamO1PatchSeamSmoothing
    HiDreamO1ReferenceImages HitPawGeneralImageEnhance HitPawVideoEnhance Hunyuan3DPaintModelLoader
    Hunyuan3Dv2Conditioning Hunyuan3Dv2ConditioningMultiView HunyuanVideo15ImageToVideo
    HunyuanVideo15SuperResolution HyperTile HypernetworkLoader Ideogram4Scheduler ImageBatch
    ImageBlend ImageBlur ImageColorToMask ImageCompare ImageCompositeMasked ImageCrop
    ImageCropToMask ImageFromBatch ImageHistogram ImageInvert ImageOnlyCheckpointLoader
    ImageOnlyCheckpointSave ImagePadForOutpaint ImageQuantize ImageScale ImageScaleBy
    ImageScaleToMaxDimension ImageScaleToTotalPixels ImageSharpen ImageStitch ImageToMask
    ImageUpscaleWithModel InpaintModelConditioning InstructPixToPixConditioning InvertMask
    JoinImageWithAlpha JsonExtractString KSampler KSamplerAdvanced KSamplerSelect KarrasScheduler
    KlingFirstLastFrameNode KlingImageGenerationNode KlingImageToVideoWithAudio KlingMotionControl
    KlingOmniProEditVideoNode KlingOmniProFirstLastFrameNode KlingOmniProImageNode
    KlingOmniProImageToVideoNode KlingOmniProTextToVideoNode KlingOmniProVideoToVideoNode
    KlingVideoNode Krea2ImageNode Krea2StyleReferenceNode LTXAVTextEncoderLoader LTXVAddGuide
    LTXVAudioVAEDecode LTXVAudioVAEEncode LTXVAudioVAELoader LTXVConcatAVLatent LTXVConditioning
    LTXVCropGuides LTXVDualCFGGuider LTXVEmptyLatentAudio LTXVImgToVideo LTXVImgToVideoInplace
    LTXVLatentUpsampler LTXVPreprocess LTXVReferenceAudio LTXVScheduler LTXVSeparateAVLatent
    LatentAdd LatentApplyOperationCFG LatentBatch LatentBatchSeedBehavior LatentBlend
    LatentComposite LatentCompositeMasked LatentConcat LatentCrop LatentCut LatentCutToBatch
    LatentFlip LatentFromBatch LatentInterpolate LatentMultiply LatentOperationTonemapReinhard
    LatentRotate LatentSubtract LatentUpscale LatentUpscaleBy LatentUpscaleModelLoader Load3D
    LoadAudio LoadBackgroundRemovalModel LoadDA3Model LoadImage LoadImageMask LoadImageOutput
    LoadLatent LoadLoraModel LoadLoraTextEncoder LoadMediaPipeFaceLandmarker LoadMoGeModel
    LoadVideo LoraLoader LoraLoaderBypass LoraLoaderBypassModelOnly LoraLoaderModelOnly
    LotusConditioning LumaImageModifyNode LumaImageNode LumaReferenceNode MagnificImageRelightNode
    MagnificImageSkinEnhancerNode MagnificImageStyleTransferNode ManualSigmas MarkdownNote
    MaskComposite MaskPreview MaskToImage MeshSmoothNormals MeshToFile3D MeshyAnimateModelNode
    MeshyImageToModelNode MeshyRefineNode MeshyRigModelNode MeshyTextToModelNode MeshyTextureNode
    MiniMaxH3ImageToVideo MiniMaxH3ReferenceToVideo MiniMaxMusic3TextEncode MinimaxHailuoVideoNode
    MoGeGeometryToFOV MoGeInference MoGePanoramaInference MoGePointMapToMesh MoGeRender
    ModelMergeAdd ModelMergeBlocks ModelMergeSimple ModelMergeSubtract ModelNoiseScale
    ModelPatchLoader ModelSamplingAuraFlow ModelSamplingContinuousEDM ModelSamplingDiscrete
    ModelSamplingFlux ModelSamplingSD3 Morphology Note OpenAIChatConfig OpenAIChatNode
    OpenAIGPTImage1 OpenAIGPTImageNodeV2 OpenRouterImageNode OpticalFlowLoader PaintMesh Painter
    PatchModelAddDownscale PerpNeg PerturbedAttentionGuidance PhotoMakerEncode PhotoMakerLoader
    PiDConditioning Pixal3DConditioning PixverseImageToVideoNode PixverseV6ImageToVideoNode
    PolyexponentialScheduler PorterDuffImageComposite Preview3D Preview3DAdvanced PreviewAny
    PreviewAudio PreviewImage PrimitiveBoolean PrimitiveFloat PrimitiveInt PrimitiveNode
    PrimitiveString PrimitiveStringMultiline QuadrupleCLIPLoader QwenImageDiffsynthControlnet
    RTDETR_detect RandomNoise RebatchImages RebatchLatents RecordAudio RecraftColorRGB
    RecraftControls RecraftCreateStyleNode RecraftCreativeUpscaleNode RecraftCrispUpscaleNode
    RecraftRemoveBackgroundNode RecraftStyleV3DigitalIllustration
    RecraftStyleV3InfiniteStyleLibrary RecraftStyleV3LogoRaster RecraftStyleV3RealisticImage
    RecraftTextToImageNode RecraftVectorizeImageNode ReferenceLatent RegexExtract RegexReplace
    RemeshMesh RemoveBackground RenderSplat RenderUVAtlas RepeatImageBatch RepeatLatentBatch
    Reroute RescaleCFG ResizeAndPadImage ResizeImageMaskNode ResizeImagesByLongerEdge
    ResolutionSelector Rodin3D_Detail Rodin3D_Gen2 Rodin3D_Regular Rodin3D_Sketch Rodin3D_Smooth
    RunwayAleph2KeyframeNode RunwayAleph2PromptImageNode RunwayAleph2VideoToVideoNode
    RunwayTextToImageNode SAM3DBody_FaceExpression SAM3DBody_Loader SAM3DBody_Predict
    SAM3DBody_Render SAM3DBody_Smooth SAM3_Detect SAM3_VideoTrack SCAIL2ColoredMask
    SDPoseDrawKeypoints SDPoseKeypointExtractor SDTurboScheduler SD_4XUpscale_Conditioning
    SVD_img2vid_Conditioning SamplerARVideo SamplerCustom SamplerCustomAdvanced SamplerDPMPP_2M_SDE
    SamplerDPMPP_SDE SamplerEulerAncestral SamplerLCM Save3DAdvanced SaveAnimatedPNG
    SaveAnimatedWEBP SaveAudio SaveAudioAdvanced SaveAudioMP3 SaveGLB SaveImage SaveImageAdvanced
    SaveLatent SaveSVGNode SaveText SaveVideo SaveWEBM ScaleROPE SeedNode SeedVR2Conditioning
    SeedVR2PostProcessing SeedVR2Preprocess SeedVR2TemporalChunk SeedVR2TemporalMerge
    SelfAttentionGuidance SetFirstSigma SetLatentNoiseMask SetUnionControlNetType
    SkipLayerGuidanceDiT SkipLayerGuidanceDiTSimple SkipLayerGuidanceSD3 SolidMask
    SoniloTextToMusic SoniloVideoToMusic SplatToFile3D SplatToMesh SplitImageWithAlpha SplitSigmas
    StableCascade_EmptyLatentImage StableCascade_StageB_Conditioning StableCascade_StageC_VAEEncode
    StableZero123_Conditioning StringConcatenate StringReplace StyleModelApply StyleModelLoader
    SyncLipSyncNode SyncTalkingImageNode T5TokenizerOptions Tencent3DPartNode
    TencentImageToModelNode TencentModelTo3DUVNode TencentSmartTopologyNode TencentTextToModelNode
    TextEncodeAceStepAudio TextEncodeAceStepAudio1.5 TextEncodeBooguEdit TextEncodeQwenImageEdit
    TextEncodeQwenImageEditPlus TextGenerate TextGenerateLTX2Prompt ThresholdMask TomePatchModel
    TopazImageEnhanceV2 TrainLoraNode Trellis2Conditioning Trellis2ShapeStage Trellis2TextureStage
    Trellis2UpsampleStage TrimAudioDuration TrimVideoLatent TripleCLIPLoader TripoConversionNode
    TripoImageToModelNode TripoMultiviewToModelNode TripoP1ImageToModelNode TripoP1TextToModelNode
    TripoRetargetNode TripoRigNode TripoSplatConditioning TripoSplatPreprocessImage
    TripoSplatSamplingPreview TripoTextToModelNode TripoTextureNode UNETLoader
    UNetCrossAttentionMultiply UNetSelfAttentionMultiply UNetTemporalAttentionMultiply
    USOStyleReference UnwrapMesh UpscaleModelLoader VAEDecode VAEDecodeAudio VAEDecodeAudioTiled
    VAEDecodeHunyuan3D VAEDecodeTiled VAEDecodeTripoSplat VAEEncode VAEEncodeAudio
    VAEEncodeForInpaint VAEEncodeTiled VAELoader VAESave VOIDInpaintConditioning VOIDSampler
    VOIDWarpedNoise VOIDWarpedNoiseSource VPScheduler VaeDecodeShapeTrellis
    VaeDecodeStructureTrellis2 VaeDecodeTextureTrellis VideoLinearCFGGuidance Vidu2ImageToVideoNode
    Vidu2ReferenceVideoNode Vidu2StartEndToVideoNode Vidu2TextToVideoNode Vidu3ImageToVideoNode
    Vidu3TextToVideoNode ViduExtendVideoNode ViduImageToVideoNode ViduReferenceVideoNode
    ViduStartEndToVideoNode VoxelToMesh Wan22FunControlToVideo Wan22ImageToVideoLatent
    Wan3ImageToVideoApi Wan3ReferenceToVideoApi WanAnimate2Cache WanAnimate2ToVideo
    WanCameraEmbedding WanCameraImageToVideo WanDancerEncodeAudio WanDancerPadKeyframesList
    WanDancerVideo WanFirstLastFrameToVideo WanFunControlToVideo WanFunInpaintToVideo
    WanHuMoImageToVideo WanImageToVideo WanImageToVideoApi WanInfiniteTalkToVideo
    WanMoveConcatTrack WanMoveTrackToVideo WanMoveTracksFromCoords WanMoveVisualizeTracks
    WanReferenceVideoApi WanSCAILToVideo WanSoundImageToVideo WanSoundImageToVideoExtend
    WanTextToImageApi WanTextToVideoApi WanTrackToVideo WanVaceToVideo WavespeedFlashVSRNode
    WavespeedImageUpscaleNode WebcamCapture unCLIPCheckpointLoader unCLIPConditioning
    """
}
