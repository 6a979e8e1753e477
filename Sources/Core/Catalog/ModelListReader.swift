internal import SystemPackage

/// Reads a list in the format of ComfyUI-Manager's `model-list.json`.
///
/// Each entry has a file name, a URL and a `save_path` below the models directory, where `default`
/// means the folder of its `type`. Sizes are rounded texts, and there are no hashes.
struct ModelListReader {
  let path: FilePath
  let origin: CatalogOrigin

  /// The largest list that is read, in bytes.
  private static let limit = 64 << 20

  /// - Throws: ``CatalogError``.
  func entries() throws(CatalogError) -> [CatalogEntry] {
    let bytes: [UInt8]
    do throws(FileError) {
      bytes = try FileBytes.read(path, limit: Self.limit)
    } catch {
      throw .file(error)
    }
    let document: JSONDocument
    do throws(JSONError) {
      document = try JSONDocument(parsing: bytes)
    } catch {
      throw .json(path, error)
    }
    guard let models = document.root["models"], models.kind == .array else { throw .form(path) }
    return models.elements.compactMap { entry($0) }
  }

  /// `nil` for an entry that describes a whole repository, or that is invalid.
  private func entry(_ value: JSONValue) -> CatalogEntry? {
    guard let name = value["filename"]?.string, SafeFilename(name)?.string == name,
      let url = value["url"]?.string.flatMap({ try? SourceURL($0) }), url.namesAFile
    else { return nil }
    return CatalogEntry(name: name, category: category(of: value), url: url, origin: origin)
  }

  /// The first folder of `save_path`; folders below it are the author's own preference. The folder
  /// of a node pack is not a category.
  private func category(of value: JSONValue) -> Category? {
    let savePath = value["save_path"]?.string ?? "default"
    guard savePath != "default" else {
      return value["type"]?.string.flatMap { Self.folders[$0.lowercased()] }.map { Category($0) }
    }
    guard let path = try? RelativePath(savePath), let first = path.components.first,
      first != "custom_nodes"
    else { return nil }
    return Category(first)
  }

  /// The folders of the types that allow `save_path` to be `default`.
  private static let folders = [
    "checkpoint": "checkpoints", "checkpoints": "checkpoints", "unclip": "checkpoints",
    "clip": "text_encoders", "text_encoders": "text_encoders", "lora": "loras",
    "controlnet": "controlnet", "t2i-adapter": "controlnet", "t2i-style": "controlnet",
    "vae": "vae", "clip_vision": "clip_vision", "gligen": "gligen", "upscale": "upscale_models",
    "embedding": "embeddings", "embeddings": "embeddings", "unet": "diffusion_models",
    "diffusion_model": "diffusion_models",
  ]
}
