/// What a model manager needs from a workflow file.
public struct Workflow: Sendable, Hashable {
  /// The way the file stores the graph.
  public var format: WorkflowFormat
  /// The kind of file that contained the graph.
  public var container: WorkflowContainer
  /// Every place that names a model, in node order; nodes inside a subgraph come at its place.
  public var references: [ModelReference]
  /// Model entries of the file that no reference uses: those of nodes in node order, then those
  /// of the whole file.
  public var staleEntries: [StaleEntry]
  /// Every node type that is placed, in order of first appearance.
  public var nodeTypes: [NodeTypeUse]
  /// Models that nodes need although no value names a file, in node order.
  package var impliedModels: [ImpliedModel] = []
  /// The URLs in its notes and other texts.
  package var links = WorkflowLinks()

  package init(
    format: WorkflowFormat, container: WorkflowContainer = .json,
    references: [ModelReference] = [], staleEntries: [StaleEntry] = [],
    nodeTypes: [NodeTypeUse] = []
  ) {
    self.format = format
    self.container = container
    self.references = references
    self.staleEntries = staleEntries
    self.nodeTypes = nodeTypes
  }
}

/// The two ways ComfyUI writes a graph.
public enum WorkflowFormat: String, Sendable, Hashable {
  /// What the editor saves: an object with a `nodes` array.
  case ui
  /// What the editor sends to the server to run: an object of objects with `class_type` and
  /// `inputs`.
  case api
}

/// The kinds of file that carry a graph, recognised by their first bytes.
public enum WorkflowContainer: String, Sendable, Hashable {
  case json, png, webp, flac, mp4, webm
}

/// A `models` entry that no reference of its node, or of the whole file, uses.
public struct StaleEntry: Sendable, Hashable {
  /// ComfyUI's execution id; `nil` for an entry of the whole file.
  public var nodeID: String?
  /// The node's class; `nil` at the top level of the file.
  public var nodeType: String?
  /// As written.
  public var name: String
  /// The URL that the workflow gives for it.
  public var url: String?
  /// `directory` as written.
  public var directory: String?
  /// ``directory`` as a category.
  public var category: Category?

  package init(
    nodeID: String?, nodeType: String?, name: String, url: String? = nil,
    directory: String? = nil, category: Category? = nil
  ) {
    self.nodeID = nodeID
    self.nodeType = nodeType
    self.name = name
    self.url = url
    self.directory = directory
    self.category = category
  }
}

/// A node type of a workflow, and the package that the workflow says it comes from.
public struct NodeTypeUse: Sendable, Hashable {
  /// The node's class, as in the workflow.
  public var nodeType: String
  /// `properties.cnr_id`: name in the Comfy registry. If nodes disagree, the first one that names a
  /// package counts.
  public var registryID: String?
  /// `properties.aux_id`: `owner/repository` on GitHub.
  public var repositoryID: String?
  /// `properties.ver`: a version, or a commit.
  public var version: String?
  /// Execution ids of the nodes of this type, in node order.
  public var nodeIDs: [String]
  /// The inputs of the first node that has some, in the notation of package registries: `NAME:TYPE`
  /// in the order of the names, separated by `|`.
  public var signature: String?
  /// Whether ComfyUI itself has a node of this name.
  public var isBuiltInName: Bool

  package init(
    nodeType: String, registryID: String? = nil, repositoryID: String? = nil,
    version: String? = nil, nodeIDs: [String] = [], signature: String? = nil,
    isBuiltInName: Bool = false
  ) {
    self.nodeType = nodeType
    self.registryID = registryID
    self.repositoryID = repositoryID
    self.version = version
    self.nodeIDs = nodeIDs
    self.signature = signature
    self.isBuiltInName = isBuiltInName
  }

  /// Where the type comes from: what the file says or, if it says nothing, whether ComfyUI has such
  /// a node.
  public var origin: NodeOrigin {
    if registryID == "comfy-core" { return .builtIn }
    guard registryID == nil, repositoryID == nil else { return .custom }
    return isBuiltInName ? .builtIn : .custom
  }
}

/// Where a node type comes from.
public enum NodeOrigin: String, Sendable, Hashable {
  /// ComfyUI itself: the file says `comfy-core`, or the type is one of its published nodes.
  case builtIn = "built-in"
  /// A package of custom nodes, which the file may or may not name.
  case custom
}
