extension GivenHashes {
  /// Reads the files of the workflows that have pending intents. A file that cannot be read gives
  /// no hashes.
  init(for intents: [PendingIntent], in project: Project) {
    self.init()
    for name in intents.map(\.workflow).unique {
      guard let source = try? project.workflowSources([name]).first,
        let workflow = try? project.readWorkflow(source)
      else { continue }
      add(workflow.references, ofWorkflow: name)
    }
  }
}
