/// Node types that exist in the browser only, or that a package creates while ComfyUI starts. Lists
/// that are made from Python sources lack them.
enum KnownNodeTypes {
  private static let repositories = [
    "SetNode": "https://github.com/kijai/ComfyUI-KJNodes",
    "GetNode": "https://github.com/kijai/ComfyUI-KJNodes",
  ]

  /// Suffixes of node types that wrap another node type.
  private static let wrappers = ["DisTorch2MultiGPU", "DisTorchMultiGPU", "MultiGPU"]

  /// The repository of the package that brings a type; `nil` for any other type.
  static func repository(of nodeType: String) -> String? {
    if let known = repositories[nodeType] { return known }
    if nodeType.hasSuffix(" (rgthree)") { return "https://github.com/rgthree/rgthree-comfy" }
    let isWrapped = wrappers.contains { nodeType.hasSuffix($0) && nodeType.count > $0.count }
    return isWrapped ? "https://github.com/pollockjj/ComfyUI-MultiGPU" : nil
  }
}
