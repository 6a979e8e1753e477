internal import SystemPackage

/// What is no longer needed: rows about files, never files.
package struct PrunePlan: Sendable, Hashable {
  /// Locations in the index whose files are gone, by path.
  package var locations: [IndexedLocation] = []
  /// Global rows of the manifest that no workflow uses, in file order.
  package var models: [ManifestModel] = []
  /// Roots that do not exist or are empty, for example because a volume is not mounted. What the
  /// index knows below them is kept.
  package var absentRoots: [ModelRoot] = []

  package init() {}

  /// Whether there is nothing to remove.
  package var isEmpty: Bool { locations.isEmpty && models.isEmpty }
}

extension Project {
  /// Finds the index rows whose files are gone, and the models in the manifest that no workflow
  /// uses. Without a manifest, only the index is searched.
  ///
  /// - Parameter progress: Files of the index that were checked, and the number of all.
  /// - Throws: ``ManifestError``, ``IndexError``.
  package func planPrune(
    cancellation: Cancellation = .never, progress: (_ done: Int, _ of: Int) -> Void = { _, _ in }
  ) throws -> PrunePlan {
    var plan = PrunePlan()
    plan.models = try manifestIfPresent()?.unusedModels ?? []
    let index = try openIndex(for: .read)
    let locations = try index.models().flatMap(\.locations)
    var gone: [IndexedLocation] = []
    for (place, location) in locations.enumerated() {
      if cancellation.isRequested() { throw IndexError.cancelled }
      progress(place, locations.count)
      if location.presence == .gone { gone.append(location) }
    }
    for root in gone.map(\.root).unique {
      let walk = try ModelWalk(root, cancellation: cancellation)
      guard !walk.isEmpty else {
        plan.absentRoots.append(root)
        continue
      }
      // A folder may be a link to a volume that is not mounted.
      let unseen = walk.unseenPaths
      plan.locations += gone.filter { location in
        location.root == root
          && !unseen.contains { location.relativePath.string.utf8.starts(with: $0) }
      }
    }
    plan.locations.sort { $0.path.string < $1.path.string }
    return plan
  }

  /// Removes the rows in a plan. Rows that changed since it was made are left. The manifest is
  /// written and committed once; no model file is touched.
  ///
  /// - Returns: The change of the manifest; `nil` if the plan has no models.
  /// - Throws: ``ManifestError``, ``IndexError``.
  package func prune(_ plan: PrunePlan) throws -> Recording? {
    if !plan.locations.isEmpty {
      let index = try openIndex(for: .write)
      for location in plan.locations where location.presence == .gone {
        try index.removeLocation(location.path)
      }
    }
    return try forget(plan.models)
  }

  /// Removes rows from the manifest that no workflow uses now.
  func forget(_ models: [ManifestModel]) throws -> Recording? {
    guard !models.isEmpty else { return nil }
    let hashes = Set(models.map(\.hash))
    let message = { CommitMessage(action: "prune", models: models.map(\.filename).unique) }
    return try record(message: message) { manifest throws(ManifestError) in
      for model in manifest.unusedModels where hashes.contains(model.hash) {
        manifest.removeModel(withHash: model.hash)
      }
    }
  }
}

/// What is at an indexed location.
enum LocationPresence {
  case asIndexed, changed, gone
  /// The file cannot be reached.
  case unknown
}

extension IndexedLocation {
  /// What is there now, judged by size and modification time.
  var presence: LocationPresence {
    do throws(FileError) {
      guard let status = try FileStatus(of: path), status.isRegular else { return .gone }
      return isUnchanged ? .asIndexed : .changed
    } catch {
      return error.errno == .notDirectory ? .gone : .unknown
    }
  }
}
