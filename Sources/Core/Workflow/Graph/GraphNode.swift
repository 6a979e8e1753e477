/// A node of a UI graph: its relevant members, as cursors into the document.
struct GraphNode {
  var id = ""
  var type = ""
  var title: String?
  var mode = 0
  /// Input slots that have a link or belong to a widget, in order.
  var slots: [GraphSlot] = []
  /// `widgets_values`: array or object.
  var values: JSONValue?
  /// `widgets_values_named`.
  var namedValues: JSONValue?
  var properties: JSONValue?
  private var inputs: JSONValue?

  init(_ node: JSONValue) {
    for (name, value) in node.members {
      switch name {
      case "id": id = Self.id(value) ?? ""
      case "type": type = value.string ?? ""
      case "title": title = value.string
      case "mode": mode = value.int ?? 0
      case "inputs": inputs = value
      case "widgets_values": values = value.isNull ? nil : value
      case "widgets_values_named": namedValues = value.kind == .object ? value : nil
      case "properties": properties = value.kind == .object ? value : nil
      default: break
      }
    }
    for (position, slot) in (inputs?.elements ?? node.elements).enumerated() {
      if let slot = GraphSlot(slot, position: position) { slots.append(slot) }
    }
  }

  /// See ``NodeTypeUse/signature``; `nil` without inputs.
  var signature: String? {
    var types: [String: String] = [:]
    for input in inputs?.elements.map(\.self) ?? [] {
      guard let name = input["name"]?.string, let type = input["type"]?.string else { continue }
      types[name] = type
    }
    let inputs = types.sorted { $0.key.utf8.lexicographicallyPrecedes($1.key.utf8) }
    return inputs.isEmpty ? nil : inputs.map { "\($0.key):\($0.value)" }.joined(separator: "|")
  }

  /// An id as ComfyUI writes it in execution ids: a string, or the digits of a number.
  static func id(_ value: JSONValue) -> String? {
    switch value.kind {
    case .string: value.string
    case .number: value.int.map { String($0) } ?? value.source
    case .null, .bool, .array, .object: nil
    }
  }

  /// The node's own state; `active` if the file does not give one.
  var ownState: ReferenceState {
    switch mode {
    case 2: .muted
    case 4: .bypassed
    default: .active
    }
  }
}

/// An input slot of a node.
struct GraphSlot {
  /// Index in the node's `inputs`; links refer to inputs by this index.
  var position: Int
  var name: String
  /// Name of the widget that the slot belongs to.
  var widget: String?
  /// Id of the link that ends here.
  var link: String?

  /// `nil` for a slot that has neither a link nor a widget.
  init?(_ slot: JSONValue, position: Int) {
    self.position = position
    name = ""
    for (member, value) in slot.members {
      switch member {
      case "name": name = value.string ?? ""
      case "widget" where value.kind == .object: widget = value["name"]?.string ?? ""
      case "link": link = GraphNode.id(value)
      default: break
      }
    }
    guard widget != nil || link != nil else { return nil }
    if widget == "" { widget = name }
  }
}
