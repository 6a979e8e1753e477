extension Project {
  /// Asks Civitai for the file whose hash the workflow gives, unless offline mode is on. Writes
  /// nothing.
  ///
  /// - Parameter cancellation: Ends the question.
  /// - Returns: The file's URL; `nil` if the workflow gives no BLAKE3 or SHA-256, or Civitai does
  ///   not know it.
  /// - Throws: ``SettingError``, ``MirrorError``, ``GitError``.
  package func sourceByHash(
    of reference: ModelReference, cancellation: Cancellation = .never
  ) throws -> SourceURL? {
    guard try !settings.flag(.offline), let hash = GivenHash(reference) else { return nil }
    let survey = SourceSurvey(
      settings: try FetchSettings(self), environment: environment, cancellation: cancellation)
    return survey.source(holding: hash)
  }
}

extension SourceSurvey {
  /// The URL of the file with a hash, if Civitai has it.
  fileprivate func source(holding hash: GivenHash) -> SourceURL? {
    let request: SourceRequest? =
      switch hash {
      case .blake3(let hash): CivitaiLookup.request(holding: hash, mirrors: settings.mirrors)
      case .sha256(let hash): CivitaiLookup.request(holding: hash, mirrors: settings.mirrors)
      }
    guard let version = request.flatMap({ version($0) }), !version.isArchived else { return nil }
    return version.source(of: hash)
  }
}

extension CivitaiVersion {
  /// The URL of the version's file with a hash. It is the download URL that the server gives, if
  /// that belongs to this version; else the version's number alone, if the file is its primary one.
  func source(of hash: GivenHash) -> SourceURL? {
    guard let file = files.first(where: { $0.has(hash) }) else { return nil }
    if let url = file.downloadURL, case .civitai(let told) = url.location, told.version == id {
      return url
    }
    return file.isPrimary ? try? SourceURL("https://civitai.com/api/download/models/\(id)") : nil
  }
}

extension CivitaiVersion.File {
  func has(_ hash: GivenHash) -> Bool {
    switch hash {
    case .blake3(let hash): blake3 == hash
    case .sha256(let hash): sha256 == hash
    }
  }
}
