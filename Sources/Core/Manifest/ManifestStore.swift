public import SystemPackage

/// A manifest on disk.
public struct ManifestStore: Sendable {
  /// The path as the caller gives it. It may be a symbolic link.
  public let path: FilePath
  /// How long to wait for a live writer, in seconds.
  public var patience: Double

  /// The last manifest that was read or written. Text that has not changed is not parsed again.
  let last = LastManifest()

  /// The content of a new manifest: a section that records nothing.
  static let start = Array("[tool.comfydock]\n".utf8)

  package init(path: FilePath, patience: Double = 30) {
    self.path = path
    self.patience = patience
  }

  /// The nearest `pyproject.toml`, in `directory` or the closest directory above it. ComfyUI's own
  /// `pyproject.toml` is skipped, and so is that of a node package in its `custom_nodes`, unless it has
  /// our tables; in its folder, the manifest is that of the project in `user/default`.
  ///
  /// - Parameter directory: An absolute path.
  /// - Throws: ``ManifestError/notFound(from:)`` if there is none up to the root.
  public static func nearest(from directory: FilePath) throws(ManifestError) -> ManifestStore {
    var current = directory
    while true {
      let path = current.appending("pyproject.toml")
      if let comfyUI = ComfyUIFolder(at: current) {
        let store = ManifestStore(path: comfyUI.projectDirectory.appending("pyproject.toml"))
        if FileStatus(reaching: store.path) != nil { return store }
      }
      do {
        if try FileStatus(of: path, following: false) != nil, !isForeign(path) {
          return ManifestStore(path: path)
        }
      } catch {
        throw .file(error)
      }
      let parent = current.removingLastComponent()
      guard parent != current, !parent.isEmpty else { throw .notFound(from: directory) }
      current = parent
    }
  }

  /// Whether a `pyproject.toml` belongs to ComfyUI's own repository, or to a node package in it that
  /// nobody made a project.
  static func isForeign(_ path: FilePath) -> Bool {
    isOfComfyUI(path) || isOfNodePackage(path)
  }

  /// Whether a `pyproject.toml` is below ComfyUI's `custom_nodes` and has none of our tables.
  private static func isOfNodePackage(_ path: FilePath) -> Bool {
    let directory = path.removingLastComponent()
    guard let comfyUI = ComfyUIFolder(around: directory),
      directory.starts(with: comfyUI.path.appending("custom_nodes"))
    else { return false }
    guard let bytes = try? AtomicFile.read(path)?.bytes,
      let document = try? TOMLDocument(parsing: bytes)
    else { return true }
    let tool = document.child("tool", of: TOMLDocument.root)
    return !(ManifestSchema.sections + ["comfy"]).contains { section in
      tool.flatMap { document.child(section, of: $0) } != nil
    }
  }

  private static func isOfComfyUI(_ path: FilePath) -> Bool {
    guard ComfyUIFolder(at: path.removingLastComponent()) != nil,
      let bytes = try? AtomicFile.read(path)?.bytes,
      let document = try? TOMLDocument(parsing: bytes)
    else { return false }
    let project = document.child("project", of: TOMLDocument.root)
    let name = project.flatMap { document.child("name", of: $0) }.flatMap(document.string)
    return name == "ComfyUI"
  }

  /// Reads the manifest without the lock, because writers replace the file as a whole. A manifest
  /// that was read ahead is returned first, unless the file seems to have changed since. While
  /// there is a ``draft``, that is returned.
  ///
  /// - Throws: ``ManifestError/file(_:)``, also if the file is absent, and
  ///   ``ManifestError/syntax(path:line:column:reason:)``.
  package func read() throws(ManifestError) -> Manifest {
    if let draft { return draft }
    if let ahead = last.takeAhead(), let now = try? FileStatus(of: path),
      now.isUnchanged(since: ahead.status)
    {
      return ahead.manifest
    }
    if let now = FileStatus(reaching: path), let known = last.manifest(ifStill: now) {
      return known
    }
    guard
      let (bytes, status) = try filed({ () throws(FileError) in
        try AtomicFile.read(path, expecting: last.bytes)
      })
    else { throw .file(FileError(.open, path, .noSuchFileOrDirectory)) }
    return try last.manifest(parsing: bytes, path: path, status: status)
  }

  /// The manifest with changes that wait to be written; `nil` if none wait. Updates do not look at
  /// it.
  var draft: Manifest? {
    get { last.draft }
    nonmutating set { last.draft = newValue }
  }

  /// Starts to read the manifest in the background. ``read()`` and updates wait for it, and parse
  /// again only what has changed since. They also report what went wrong.
  public func readAhead() {
    last.begin { [path] in
      guard let found = try? AtomicFile.read(path),
        let manifest = try? Manifest(parsing: found.bytes, path: path)
      else { return nil }
      return (manifest, found.status)
    }
  }

  /// Changes the manifest: locks, rereads, applies, checks, writes a sibling file, renames and
  /// synchronises.
  ///
  /// Nothing is written if `change` throws or changes nothing. Several changes are written at once;
  /// each is checked by itself.
  ///
  /// - Parameters:
  ///   - creating: Whether an absent file counts as ``start`` instead of being an error.
  ///   - steps: The number of changes.
  ///   - change: Makes the change with a number, from 0 on. It is called under the lock, and called
  ///     again on a fresh copy if another program replaced the file meanwhile. It must have no
  ///     effect except on its argument.
  ///   - recording: What to do besides writing; nothing by default.
  ///   - recorded: Called once, still under the lock, after the file was written, and also if
  ///     nothing changed. The place for a commit of exactly these bytes.
  /// - Returns: The content before and now.
  package func update<Result>(
    creating: Bool = false, steps: Int = 1,
    _ change: (_ step: Int, inout Manifest) throws(ManifestError) -> Void,
    recording: OwedRecording? = nil, recorded: (ManifestUpdate) -> Result
  ) throws(ManifestError) -> Result {
    let target = try filed { () throws(FileError) in try path.followingLinks() }
    let lock = try locked(target)
    let file = AtomicFile(target)
    if let recording, let note = lock.inheritance {
      let found = try filed { () throws(FileError) in try AtomicFile.read(target) }
      if let owed = OwedRecording.owed(by: note, if: found?.bytes) {
        recording.settle(target, owed)
      }
      lock.forget()
    }
    file.sweep()
    let attempts = 50
    for _ in 0..<attempts {
      let found = try filed { () throws(FileError) in
        try AtomicFile.read(target, expecting: last.bytes)
      }
      guard found != nil || creating else {
        throw .file(FileError(.open, path, .noSuchFileOrDirectory))
      }
      let start = try last.manifest(parsing: found?.bytes ?? Self.start, path: path)
      var isPrepared = false
      let (after, states) = try states(of: start, steps, change) { unchecked in
        let update = ManifestUpdate(file: file.path, before: found?.bytes, states: unchecked)
        guard let recording, update.changed else { return }
        recording.prepare(update)
        isPrepared = true
      }
      var update = ManifestUpdate(file: file.path, before: found?.bytes, states: states)
      guard update.changed else { return recorded(update) }
      if let recording {
        if !isPrepared { recording.prepare(update) }
        lock.leave(OwedRecording.note(recording.message(), for: update.after))
      }
      update.written = try filed { () throws(FileError) in
        try file.replace(with: update.after, seen: found?.status)
      }
      guard update.written != nil else { continue }
      last.keep(after)
      return recorded(update)
    }
    throw .contended(path: path, attempts: attempts)
  }

  /// Whether a lock file is beside the manifest: that of a writer, or one that a killed writer
  /// left.
  var isLocked: Bool {
    guard let target = try? path.followingLinks() else { return false }
    return Self.lock(of: target).exists
  }

  private static func lock(of target: FilePath) -> FilePath {
    target.removingLastComponent().appending((target.lastComponent?.string ?? "") + ".lock")
  }

  /// The manifest after all changes, with none left to make, and the text after each change.
  ///
  /// - Parameter unchecked: Called with these texts, if the last change renders one, before that is
  ///   checked.
  private func states(
    of start: Manifest, _ steps: Int,
    _ change: (_ step: Int, inout Manifest) throws(ManifestError) -> Void,
    unchecked: ([[UInt8]]) -> Void
  ) throws(ManifestError) -> (last: Manifest, texts: [[UInt8]]) {
    var last = start
    var texts: [[UInt8]] = []
    for step in 0..<steps {
      try change(step, &last)
      if last.isChanged {
        let document = try last.renderedDocument {
          if step == steps - 1 { unchecked(texts + [$0]) }
        }
        last = Manifest(document, path: path)
      }
      texts.append(last.document.bytes)
    }
    return (last, texts)
  }

  private func locked(_ target: FilePath) throws(ManifestError) -> FileLock {
    let path = Self.lock(of: target)
    do {
      return try FileLock(path, patience: patience)
    } catch {
      switch error {
      case .held(let holder): throw .locked(lock: path, holder: holder)
      case .file(let error): throw .file(error)
      }
    }
  }

  private func filed<Value>(
    _ body: () throws(FileError) -> Value
  ) throws(ManifestError) -> Value {
    do {
      return try body()
    } catch {
      throw .file(error)
    }
  }

  /// Changes the manifest; see ``update(creating:steps:_:recording:recorded:)``.
  @discardableResult
  package func update(
    creating: Bool = false, _ change: (inout Manifest) throws(ManifestError) -> Void
  ) throws(ManifestError) -> ManifestUpdate {
    try update(
      creating: creating, { (_, manifest) throws(ManifestError) in try change(&manifest) },
      recorded: { $0 })
  }
}

/// What an update found and left.
package struct ManifestUpdate: Sendable, Hashable {
  /// The file that was written, symbolic links followed.
  package let file: FilePath
  /// The content before; `nil` if the file is new.
  package let before: [UInt8]?
  /// The content after each step; at least one. Only the last was ever on disk.
  package let states: [[UInt8]]
  /// The content now.
  package var after: [UInt8] { states.last ?? before ?? [] }
  /// The status of the written file; `nil` before that.
  var written: FileStatus?
  /// Whether any byte changed, and so whether anything was written.
  package var changed: Bool { before != after }
}
