/// The folders of values that are on one node and are passed over a link to a loader on another.
///
/// Only the loader's input says which models such a value names; the value's own node does not.
struct LinkedFolders {
  /// The folders by the execution id of the value's node; empty if loaders disagree.
  private var folders: [String: [Category]] = [:]

  /// Notes that a value of node `id` goes to `input`.
  mutating func note(_ input: LoaderInput, of id: String) {
    guard !input.isHelper, !input.categories.isEmpty else { return }
    if folders[id, default: input.categories] != input.categories {
      folders[id] = []
    } else {
      folders[id] = input.categories
    }
  }

  /// Gives each reference without a folder that of the loader, if its node names only one file.
  func apply(to references: inout [ModelReference]) {
    guard !folders.isEmpty else { return }
    let open = references.indices.filter {
      references[$0].categories.isEmpty && folders[references[$0].nodeID]?.isEmpty == false
        && [.fileExtension, .urlWidget].contains(references[$0].via)
    }
    for (id, places) in Dictionary(grouping: open, by: { references[$0].nodeID }) {
      guard Set(places.map { references[$0].name }).count == 1 else { continue }
      for place in places {
        references[place].categories = folders[id] ?? []
        references[place].via = .link
      }
    }
  }
}
