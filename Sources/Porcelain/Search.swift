internal import ArgumentParser
internal import ComfyCore
internal import Plumbing

/// `comfy search`: the models on this machine whose paths hold every word.
struct Search: Command {
  static let configuration = CommandConfiguration(
    commandName: "search", abstract: "Find models on this machine by words of their paths.")

  @OptionGroup var options: ProjectOptions
  @OptionGroup var records: RecordOptions

  @Option(
    name: .long, help: ArgumentHelp("Only this category.", valueName: "folder"),
    completion: .category)
  var category: Category?
  @Option(name: .long, help: ArgumentHelp("Show at most this many models.", valueName: "count"))
  var limit = 50

  @Argument(
    help: ArgumentHelp("Words in the path, or the start of a hash.", valueName: "word"))
  var words: [String]

  var reportsJSON: Bool { records.json }

  func validate() throws {
    guard limit > 0 else { throw ValidationError("--limit is at least 1") }
  }

  func run(in context: Context) throws -> ExitStatus {
    let isForPrograms = records.json || records.nul || records.format != nil
    let writer = try isForPrograms ? records.writer(to: context.output, for: .model) : nil
    let index = try options.project(in: context).openIndex(for: .read)
    let found = try index.locations(matching: words, in: category, limit: limit)
    if let writer {
      for hit in found.hits { writer.write(.model(hit.model, at: hit.location)) }
    } else {
      show(found.hits, context)
    }
    if found.count > found.hits.count {
      context.say("note: \(found.count - found.hits.count) more; --limit shows them")
    }
    guard found.hits.isEmpty else { return .done }
    // A program gets no guesses.
    let alike = isForPrograms ? [] : try alike(in: index, category)
    let text = words.joined(separator: " ")
    context.say(
      "no model on this machine has '\(text)' in its path"
        + (alike.isEmpty ? "" : "; the most similar names are:"))
    show(alike, context)
    return .remains
  }

  /// The models whose names are most like the words.
  private func alike(in index: ModelIndex, _ category: Category?) throws -> [ModelHit] {
    try ModelSearch(index).results(
      for: words.joined(separator: " "), in: category, limit: min(limit, Self.mostAlike)
    ).map { ModelHit(model: $0.candidate.model, location: $0.candidate.location) }
  }

  /// Guesses become noise soon.
  private static let mostAlike = 10

  private func show(_ hits: [ModelHit], _ context: Context) {
    var table = Table([
      Table.Column("SIZE", .trailing), Table.Column("HASH"), Table.Column("PATH", isFlexible: true),
    ])
    for hit in hits {
      let hash = String(hit.model.hash?.hex.prefix(8) ?? "-")
      table.append([
        StyledText(Quantity.size(hit.model.size)), StyledText(hash),
        StyledText(hit.location.relativePath.string),
      ])
    }
    guard !hits.isEmpty else { return }
    for line in table.lines(width: nil, ellipsis: "...") {
      context.output.write(line: line.rendered(usesColor: false))
    }
  }
}
