package import SystemPackage

/// Why the model index could not be read or written.
package enum IndexError: Error, Sendable, Hashable {
  /// The system refused access to the index, its directory or a model file.
  case file(FileError)
  /// Another process kept the index locked for longer than we wait. Nothing was written.
  case busy(FilePath)
  /// The index cannot be written: its file or directory is read-only, or it was opened for reading.
  case readOnly(FilePath)
  /// The volume of the index is full. Nothing was written.
  case full(FilePath)
  /// A newer version of comfy wrote the index. It was left alone.
  case newer(FilePath)
  /// The file is not a model index: it is not an SQLite database, or it belongs to another program.
  /// It was left alone.
  case foreign(FilePath)
  /// The index is damaged, as became clear while it was used. If it was open for writing, it was
  /// renamed to `NAME.damaged-N`; the next one starts empty, and the model directories must be
  /// scanned again.
  case damaged(FilePath)
  /// There is a directory, a pipe or a device in the place of the index.
  case notRegular(FilePath)
  /// SQLite refused. `code` is its extended result code; `detail` is its text, for logs.
  case database(path: FilePath, code: Int32, detail: String)
  /// The model file changed while it was hashed, or since the index saw it. No hash was stored.
  case changed(FilePath)
  /// The path is not a regular file.
  case notAFile(FilePath)
  /// The path is not below the root that it was added under, or is not valid UTF-8.
  case outsideRoot(FilePath)
  /// The caller asked to stop. Earlier results are kept.
  case cancelled
}

extension IndexError {
  init(_ error: HashError) {
    switch error {
    case .file(let error): self = .file(error)
    case .notAFile(let path): self = .notAFile(path)
    case .changed(let path): self = .changed(path)
    case .cancelled: self = .cancelled
    }
  }
}
