/// One place in a workflow that names a model file.
public struct ModelReference: Sendable, Hashable {
  /// ComfyUI's execution id: `10`, or `143:190:10` for a node inside subgraphs.
  public var nodeID: String
  /// The node's type (`class_type` in the API format).
  public var nodeType: String
  /// The node's title, when it has one of its own.
  public var title: String?
  /// Where in the node the name stands.
  public var place: WidgetPlace
  /// The name of the node's input, where the file or the loader table tells it.
  public var input: String?
  /// The text as written in the workflow, untouched.
  public var widgetValue: String
  /// The file name or relative path: ``widgetValue`` trimmed, with `\` turned into `/`.
  public var name: String
  /// Folder below the models directory, canonical; `nil` when nothing tells.
  public var category: Category?
  /// Further categories the same input lists, in its order.
  public var alsoCategories: [Category]
  /// Whether the node runs.
  public var state: ReferenceState
  /// Which rule found the reference.
  public var via: ReferenceRule
  /// Node id of the node that supplies the value, when it is not the node itself.
  public var setBy: String?
  /// URL that the workflow itself gives for the file.
  public var url: String?
  /// `directory` of the matching `properties.models` entry, as written.
  public var directory: String?
  /// Hash that the workflow gives, as written.
  public var hash: String?
  /// Algorithm of ``hash`` as written: `SHA256`, `BLAKE3`, …
  public var hashType: String?
  /// The file does not tell whether the value is used at run time.
  public var isUncertain: Bool

  public init(
    nodeID: String, nodeType: String, title: String? = nil, place: WidgetPlace,
    input: String? = nil, widgetValue: String, name: String? = nil, category: Category? = nil,
    alsoCategories: [Category] = [], state: ReferenceState = .active, via: ReferenceRule = .table,
    setBy: String? = nil, url: String? = nil, directory: String? = nil, hash: String? = nil,
    hashType: String? = nil, isUncertain: Bool = false
  ) {
    self.nodeID = nodeID
    self.nodeType = nodeType
    self.title = title
    self.place = place
    self.input = input
    self.widgetValue = widgetValue
    self.name = name ?? ModelReference.name(of: widgetValue)
    self.category = category
    self.alsoCategories = alsoCategories
    self.state = state
    self.via = via
    self.setBy = setBy
    self.url = url
    self.directory = directory
    self.hash = hash
    self.hashType = hashType
    self.isUncertain = isUncertain
  }

  /// What the manifest knows the reference again by.
  public var key: ReferenceKey {
    ReferenceKey(nodeID: nodeID, nodeType: nodeType, place: place, widgetValue: shownValue)
  }

  /// ``widgetValue`` fit to be shown and stored: where it is a URL, its secrets are masked.
  public var shownValue: String {
    widgetValue.contains("://") ? Redaction.redact(widgetValue) : widgetValue
  }

  /// The last component of ``name``.
  public var filename: String {
    name.split(separator: "/").last.map(String.init) ?? name
  }

  /// A widget value as a name: ASCII white space trimmed at both ends, `\` turned into `/`.
  public static func name(of widgetValue: String) -> String {
    let isSpace: (Unicode.Scalar) -> Bool = { $0.properties.isWhitespace }
    var scalars = widgetValue.unicodeScalars[...]
    while let first = scalars.first, isSpace(first) { scalars.removeFirst() }
    while let last = scalars.last, isSpace(last) { scalars.removeLast() }
    return String(String.UnicodeScalarView(scalars.map { $0 == "\\" ? "/" : $0 }))
  }
}

/// Where in a node a value stands.
public enum WidgetPlace: Sendable, Hashable {
  /// Zero-based index into the node's own `widgets_values`.
  case widget(Int)
  /// Name of an input: API format, and `widgets_values` in object form.
  case input(String)
  /// The file does not tell.
  case unknown
}

/// The identity of a reference in the manifest: another value in the same place is another key.
public struct ReferenceKey: Sendable, Hashable {
  public var nodeID: String
  public var nodeType: String
  public var place: WidgetPlace
  public var widgetValue: String

  public init(nodeID: String, nodeType: String, place: WidgetPlace, widgetValue: String) {
    self.nodeID = nodeID
    self.nodeType = nodeType
    self.place = place
    self.widgetValue = widgetValue
  }
}

/// Whether the node of a reference runs.
public enum ReferenceState: String, Sendable, Hashable, CaseIterable {
  case active
  /// Mode 2, the node's own or its parent's.
  case muted
  /// Mode 4, the node's own or its parent's.
  case bypassed
  /// The row or switch on the node is off.
  case off
}

/// Which rule found a reference.
public enum ReferenceRule: String, Sendable, Hashable, CaseIterable {
  case table
  case fileExtension = "extension"
  case urlWidget = "url_widget"
  case embedding
  case loraTag = "lora_tag"
  case loraRow = "lora_row"
  case groupNode = "group_node"
}
