internal import GRDB
public import SystemPackage

/// Queries. Models come in the order of their first location's path, each once.
///
/// Names and paths compare with `\` as `/`, and composed and decomposed Unicode alike; text that
/// can be no path matches nothing.
extension ModelIndex {
  /// The models with this hash: at most one for a full hash; for 16 digits every model whose
  /// sampled hash of either kind it is.
  public func models(withHash hash: ModelHash) throws(IndexError) -> [IndexedModel] { [] }

  /// The models with this SHA-256; at most one.
  public func models(withSHA256 hash: SHA256Hash) throws(IndexError) -> [IndexedModel] { [] }

  /// The models one of whose hashes, of any kind, starts with `prefix`.
  ///
  /// - Parameter prefix: 1…64 hexadecimal digits, any case; other text matches nothing.
  public func models(withHashPrefix prefix: String) throws(IndexError) -> [IndexedModel] { [] }

  /// The models at this path below a models directory: `checkpoints/sdxl/base.safetensors`.
  public func models(atPath path: String) throws(IndexError) -> [IndexedModel] { [] }

  /// As ``models(atPath:)``, upper and lower case alike.
  public func models(atPathIgnoringCase path: String) throws(IndexError) -> [IndexedModel] { [] }

  /// The models at `path` below a folder of `category`, whichever of its names the folder has:
  /// `sdxl/base.safetensors`.
  public func models(
    in category: Category, atPath path: String
  ) throws(IndexError) -> [IndexedModel] { [] }

  /// As ``models(in:atPath:)``, upper and lower case alike.
  public func models(
    in category: Category, atPathIgnoringCase path: String
  ) throws(IndexError) -> [IndexedModel] { [] }

  /// The models with a file of this whole name, upper and lower case alike, in any folder.
  ///
  /// - Parameter category: Only files of this category; `nil` for all.
  public func models(
    named name: String, in category: Category? = nil
  ) throws(IndexError) -> [IndexedModel] { [] }

  /// The models that `url`, compared as it is, is a source of.
  public func models(from url: String) throws(IndexError) -> [IndexedModel] { [] }

  /// The models with `text` somewhere in a path, upper and lower case alike.
  ///
  /// - Parameter limit: Most models that are returned; `nil` for all.
  public func models(
    containing text: String, limit: Int? = nil
  ) throws(IndexError) -> [IndexedModel] { [] }

  /// The model whose file lies at `path`, absolute; `nil` when the index does not know it.
  public func model(at path: FilePath) throws(IndexError) -> IndexedModel? { nil }

  /// Every model with a location, and those with a source only.
  ///
  /// - Parameter category: Only models with a file of this category; `nil` for all.
  public func models(in category: Category? = nil) throws(IndexError) -> [IndexedModel] { [] }

  /// The roots that have been scanned or entered, by path.
  public func roots() throws(IndexError) -> [ModelRoot] { [] }
}
