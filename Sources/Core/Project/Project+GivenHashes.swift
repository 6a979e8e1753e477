extension GivenHashes {
  /// Reads the files of the workflows that have pending intents. A file that cannot be read gives
  /// no hashes.
  init(for intents: [PendingIntent], in project: Project) {
    self.init()
    let manifest = try? project.manifestIfPresent()
    for name in intents.map(\.workflow).unique {
      guard let recorded = manifest?.workflow(named: name),
        let workflow = try? project.readWorkflow(project.source(of: recorded))
      else { continue }
      add(workflow.references, ofWorkflow: name)
    }
  }
}
