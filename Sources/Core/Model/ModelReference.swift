/// One place in a workflow that names a model file.
public struct ModelReference: Sendable, Hashable {
  /// ComfyUI's execution id: `10`, or `143:190:10` for a node inside subgraphs.
  public var nodeID: String
  /// ``nodeID`` without the placements of subgraphs: `DEFINITION:10` for a node of a subgraph, as
  /// comfydock and comfygit write it; `nil` outside subgraphs.
  public var definitionNodeID: String?
  /// The node's type (`class_type` in the API format).
  public var nodeType: String
  /// The node's title, if it has its own.
  public var title: String?
  /// Where in the node the name is.
  public var place: WidgetPlace
  /// The name of the node's input, if the file or the loader table gives it.
  public var input: String?
  /// The text as written in the workflow, untouched.
  public var widgetValue: String
  /// The file name or relative path: ``widgetValue`` trimmed, with `\` turned into `/`.
  public var name: String
  /// The folders that the widget lists, in ComfyUI's order; empty if unknown. A download goes to
  /// the first one.
  public var categories: [Category]
  /// Whether the node runs.
  public var state: ReferenceState
  /// Which rule found the reference.
  public var via: ReferenceRule
  /// Node id of the node that supplies the value, if that is a different node.
  public var setBy: String?
  /// URL that the workflow itself gives for the file.
  public var url: String?
  /// `directory` of the matching `properties.models` entry, as written.
  public var directory: String?
  /// Hash that the workflow gives, as written.
  public var hash: String?
  /// Algorithm of ``hash`` as written: `SHA256`, `BLAKE3`, …
  public var hashType: String?
  /// Whether the node downloads the file itself when it first runs, so that nobody has to provide
  /// it.
  public var isAutomatic: Bool
  /// Whether the file does not show if the value is used at run time.
  public var isUncertain: Bool

  package init(
    nodeID: String, nodeType: String, title: String? = nil, place: WidgetPlace,
    input: String? = nil, widgetValue: String, name: String? = nil, category: Category? = nil,
    alsoCategories: [Category] = [], state: ReferenceState = .active, via: ReferenceRule = .table,
    setBy: String? = nil, url: String? = nil, directory: String? = nil, hash: String? = nil,
    hashType: String? = nil, isAutomatic: Bool = false, isUncertain: Bool = false
  ) {
    self.nodeID = nodeID
    self.nodeType = nodeType
    self.title = title
    self.place = place
    self.input = input
    self.widgetValue = widgetValue
    self.name = name ?? ModelReference.name(of: widgetValue)
    categories = [category].compactMap { $0 } + alsoCategories
    self.state = state
    self.via = via
    self.setBy = setBy
    self.url = url
    self.directory = directory
    self.hash = hash
    self.hashType = hashType
    self.isAutomatic = isAutomatic
    self.isUncertain = isUncertain
  }

  /// The key under which the manifest records the reference.
  public var key: ReferenceKey {
    ReferenceKey(nodeID: nodeID, nodeType: nodeType, place: place, widgetValue: shownValue)
  }

  /// The keys under which a manifest may record the reference, ``key`` first: with the node's
  /// execution id or with ``definitionNodeID``, and with the widget's index or the input's name, so
  /// that a workflow that is saved in the other format keeps its record.
  public var recordedKeys: [ReferenceKey] {
    let nodeIDs = [nodeID, definitionNodeID].compactMap { $0 }
    let places = [place, otherPlace].compactMap { $0 }
    let value = shownValue
    return nodeIDs.flatMap { id in
      places.map {
        ReferenceKey(nodeID: id, nodeType: nodeType, place: $0, widgetValue: value)
      }
    }
  }

  /// ``place`` as the other format of workflow files gives it; `nil` if that is unknown.
  private var otherPlace: WidgetPlace? {
    switch place {
    case .widget(let index): input.map { .input($0, index: index) }
    case .input(_, let index): index.map { .widget($0) }
    case .unknown: nil
    }
  }

  /// ``widgetValue`` in a form that may be shown and stored: secrets in a URL are masked.
  public var shownValue: String { Self.shown(widgetValue) }

  private static func shown(_ value: String) -> String {
    hasAddress(value) ? Redaction.redact(value) : value
  }

  /// Whether ``widgetValue`` has an address in it.
  package var isAddress: Bool { Self.hasAddress(widgetValue) }

  private static func hasAddress(_ value: String) -> Bool {
    // The search for several letters is slow, and most values have none of them.
    value.utf8.contains(UInt8(ascii: ":")) && value.contains("://")
  }

  /// The first of ``categories``. Setting it replaces the first one; `nil` empties the list.
  public var category: Category? {
    get { categories.first }
    set {
      guard let newValue else { return categories = [] }
      categories = [newValue] + alsoCategories.filter { $0 != newValue }
    }
  }

  /// The other folders that the widget lists, in ComfyUI's order.
  public var alsoCategories: [Category] { Array(categories.dropFirst()) }

  /// How the node finds a file by ``name``.
  package var nameRule: NameRule {
    switch via {
    case .embedding: .withoutExtension
    case .loraTag: .tag
    case .loraRow: ModelExtension(of: name) == nil ? .tag : .path
    case .table, .fileExtension, .urlWidget, .groupNode, .link: .path
    }
  }

  /// Whether the workflow needs the file on this machine before it runs: the node runs, and does
  /// not download the file itself.
  public var isNeeded: Bool { state == .active && !isAutomatic }

  /// Whether the node runs and downloads the file itself.
  package var isLeftToItsNode: Bool { state == .active && isAutomatic }

  /// The last component of ``name``.
  public var filename: String {
    guard name.utf8.contains(UInt8(ascii: "/")) else { return name }
    return name.split(separator: "/").last.map(String.init) ?? name
  }

  /// A widget value as a name: secrets in a URL masked, whitespace trimmed at both ends, `\` turned
  /// into `/`. A name may be shown and stored.
  public static func name(of widgetValue: String) -> String {
    let trimmed = shown(widgetValue).trimmingWhitespace
    guard trimmed.utf8.contains(UInt8(ascii: "\\")) else { return String(trimmed) }
    return String(String.UnicodeScalarView(trimmed.unicodeScalars.map { $0 == "\\" ? "/" : $0 }))
  }
}

/// How a node finds a file by its name in the folders of a category.
package enum NameRule: Sendable, Hashable {
  /// By the whole path below the folder.
  case path
  /// By the path below the folder; the extension may be left out, as in `embedding:NAME`.
  case withoutExtension
  /// By the path below the folder or the file name alone, both without extension, as in
  /// `<lora:NAME:1>` and the rows of LoRA managers.
  case tag
}

/// Where in a node a value is.
public enum WidgetPlace: Sendable {
  /// Zero-based index into the node's own `widgets_values`.
  case widget(Int)
  /// Name of an input, in the API format and in `widgets_values` in object form. The index is the
  /// one of the UI format, if the loader table has it, because other tools that read the manifest
  /// need one. The name alone identifies the input.
  case input(String, index: Int? = nil)
  /// The file does not say.
  case unknown
}

extension WidgetPlace: Hashable {
  /// Whether both are the same widget of a node.
  public static func == (one: WidgetPlace, other: WidgetPlace) -> Bool {
    switch (one, other) {
    case (.widget(let index), .widget(let otherIndex)): index == otherIndex
    case (.input(let name, _), .input(let otherName, _)): name == otherName
    case (.unknown, .unknown): true
    case (.widget, _), (.input, _), (.unknown, _): false
    }
  }

  /// Agrees with `==`.
  public func hash(into hasher: inout Hasher) {
    switch self {
    case .widget(let index): hasher.combine(index)
    case .input(let name, _): hasher.combine(name)
    case .unknown: break
    }
  }
}

/// The identity of a reference in the manifest. A different value in the same place is a different
/// key.
public struct ReferenceKey: Sendable, Hashable {
  /// ComfyUI's execution id: `143:190:10` within subgraphs.
  public var nodeID: String
  /// The node's class, as in the workflow.
  public var nodeType: String
  /// Which widget or input has the value.
  public var place: WidgetPlace
  /// The value, as in the workflow.
  public var widgetValue: String

  /// The place of a value in a workflow.
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
  /// Mode 2, of the node or of its parent.
  case muted
  /// Mode 4, of the node or of its parent.
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
  /// A file name that is passed over a link to another node; that node determines the folder.
  case link
}
