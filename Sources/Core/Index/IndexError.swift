package import SystemPackage

/// Why the model index could not answer or be written.
package enum IndexError: Error, Sendable, Hashable {
  /// The index, its directory or a model file was refused by the system.
  case file(FileError)
  /// Another process held the index for longer than we wait; nothing was written.
  case busy(FilePath)
  /// The index can not be written: its file or directory is read-only, or it was opened to read.
  case readOnly(FilePath)
  /// The volume of the index is full; nothing was written.
  case full(FilePath)
  /// A newer version of comfy wrote the index; it was left alone.
  case newer(FilePath)
  /// The file is no model index: not an SQLite database, or one of another program. It was left alone.
  case foreign(FilePath)
  /// The index turned out damaged while in use. Opened to write, it was renamed to
  /// `NAME.damaged-N`: the next one starts empty, and model directories must be scanned anew.
  case damaged(FilePath)
  /// A directory, a pipe or a device is where the index should be.
  case notRegular(FilePath)
  /// SQLite refused: its extended result code, and its own words for logs.
  case database(path: FilePath, code: Int32, detail: String)
  /// The model file changed while it was hashed, or since the index saw it; no hash was stored.
  case changed(FilePath)
  /// The path names no regular file.
  case notAFile(FilePath)
  /// The path is not below the root it was entered under, or is not valid UTF-8.
  case outsideRoot(FilePath)
  /// The caller asked to stop; what was found before is kept.
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
