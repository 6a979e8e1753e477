/// A folder under the models directory: `checkpoints`, `loras`, `diffusion_models`, …
///
/// Legacy names are replaced by their present names: `unet` by `diffusion_models`, `clip` by
/// `text_encoders`. Custom nodes add their own categories, so any text is allowed. A category may
/// have a sub-folder: `xlabs/loras`, `LLM/gguf`.
public struct Category: Sendable, Hashable, CustomStringConvertible {
  /// The canonical name.
  public let name: String

  /// Takes a folder name, `clip` and `unet` included.
  public init(_ name: some StringProtocol) {
    switch name {
    case "unet": self.name = "diffusion_models"
    case "clip": self.name = "text_encoders"
    default: self.name = String(name)
    }
  }

  /// Takes the key of a folder. Packages register some folders under keys that are not folder
  /// names.
  public init(folderKey key: some StringProtocol) {
    self.init(Self.folders[String(key)] ?? String(key))
  }

  /// Folders whose key is not the folder's path.
  private static let folders = [
    "unet_gguf": "diffusion_models", "model_gguf": "diffusion_models",
    "clip_gguf": "text_encoders", "xlabs_loras": "xlabs/loras",
    "xlabs_controlnets": "xlabs/controlnets", "xlabs_ipadapters": "xlabs/ipadapters",
    "cogvideox_loras": "CogVideo/loras", "llm": "LLM", "ultralytics_bbox": "ultralytics/bbox",
    "ultralytics_segm": "ultralytics/segm", "facedetection_models": "facedetection",
    "rmbg": "RMBG",
  ]

  /// The folder's name.
  public var description: String { name }

  /// The initial criticality of a reference in this category.
  public var startingCriticality: Criticality {
    Self.flexible.contains(name) ? .flexible : .required
  }

  private static let flexible: Set<String> = [
    "checkpoints", "vae", "text_encoders", "loras", "style_models", "embeddings",
    "upscale_models",
  ]
}
