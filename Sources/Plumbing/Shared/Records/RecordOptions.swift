package import ArgumentParser

/// How records are written: `--json`, `-z`, `--format`.
package struct RecordOptions: ParsableArguments {
  @Flag(name: .long, help: "Write one JSON object per line.")
  package var json = false

  @Flag(name: [.customShort("z")], help: "End records in NUL and quote nothing.")
  package var nul = false

  @Option(name: .long, help: "Write each record as STRING with %(field) filled in.")
  package var format: String?

  package init() {}

  package func validate() throws {
    guard !(json && format != nil) else {
      throw ValidationError("--json and --format exclude each other")
    }
  }

  /// A writer of records to `stream`.
  ///
  /// - Throws: ``RecordFormat/SyntaxError``.
  package func writer(to stream: OutputStream, for kind: RecordKind) throws -> RecordWriter {
    RecordWriter(
      stream: stream, json: json, nul: nul,
      format: try format.map { text throws(RecordFormat.SyntaxError) in
        try RecordFormat(text, for: kind)
      })
  }
}

/// Writes records in the form that was asked for.
package struct RecordWriter: Sendable {
  let stream: OutputStream
  let json: Bool
  let nul: Bool
  let format: RecordFormat?

  /// Writes one record.
  package func write(_ record: Record) {
    stream.write(line(of: record), terminator: nul ? 0 : 10)
  }

  private func line(of record: Record) -> String {
    if json { return record.json }
    if let format { return format.line(of: record, quoting: !nul) }
    return record.kind.columns.map { name in
      let value = record[name]?.plain ?? ""
      return nul ? value : SafeText.quoted(value)
    }.joined(separator: "\t")
  }
}
