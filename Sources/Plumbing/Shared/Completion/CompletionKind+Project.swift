package import ArgumentParser

extension CompletionKind {
  /// Workflows of the manifest, and workflow files.
  package static var workflow: CompletionKind {
    .offering { words, _, prefix in
      let project = CompletionProject(words)
      return project.workflowNames + project.workflowFiles(prefix)
    }
  }

  /// Workflows of the manifest.
  package static var recordedWorkflow: CompletionKind {
    .offering { words, _, _ in CompletionProject(words).workflowNames }
  }

  /// Workflows of the manifest with pending intents.
  package static var pendingWorkflow: CompletionKind {
    .offering { words, _, _ in CompletionProject(words).pendingWorkflowNames }
  }

  /// The models that the workflow before it names, in the manifest or in its file.
  package static var model: CompletionKind {
    .offering { words, position, _ in CompletionProject(words).modelNames(before: position) }
  }

  /// The node types of the workflow before it.
  package static var nodeType: CompletionKind {
    .offering { words, position, _ in CompletionProject(words).nodeTypes(before: position) }
  }

  /// The node types that something is decided about in the workflow before it.
  package static var decidedNodeType: CompletionKind {
    .offering { words, position, _ in CompletionProject(words).decidedNodeTypes(before: position) }
  }

  /// The entries of the workflow before it.
  package static var recordedModel: CompletionKind {
    .offering { words, position, _ in CompletionProject(words).entryNames(before: position) }
  }

  /// Folders below the models directory with models of the manifest.
  package static var category: CompletionKind {
    .offering { words, _, _ in CompletionProject(words).categories }
  }

  /// Model files on this machine: names, or paths below the models directory once one is begun.
  package static var modelFile: CompletionKind {
    .offering { words, _, prefix in CompletionProject(words).modelFiles(prefix) }
  }

  /// What a loader may be given: paths of model files below the folders of their categories.
  package static var loaderValue: CompletionKind {
    .offering { words, _, prefix in CompletionProject(words).loaderValues(prefix) }
  }

  /// Ids of the nodes that name models in the workflow on the line.
  package static var node: CompletionKind {
    .offering { words, _, _ in CompletionProject(words).nodeIDs }
  }
}

extension CompletionKind {
  /// Texts that are offered as they are.
  private static func offering(
    _ texts: @escaping @Sendable ([String], Int, String) -> [String]
  ) -> CompletionKind {
    .custom { words, position, prefix in
      // One that holds a line end would be two, and other signs like it could steer the terminal; one
      // that begins with a dash would be an option.
      let texts = texts(words, position, prefix).filter {
        SafeText.escaped($0) == $0 && !$0.hasPrefix("-")
      }
      // A colon starts an explanation there.
      guard case .zsh? = CompletionShell.requesting else { return texts }
      return texts.map { $0.replacing(":", with: #"\:"#) }
    }
  }
}
