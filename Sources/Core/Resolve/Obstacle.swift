public import SystemPackage

/// What keeps ComfyUI from loading a file where it looks for it.
public enum Obstacle: Sendable, Hashable {
  /// A file that ComfyUI opens, or a folder that it lists, may not be read.
  ///
  /// - isOwn: Whether the user owns it, and so may change its mode.
  case unreadable(FilePath, isDirectory: Bool, isOwn: Bool)
  /// A directory, or another thing that is not a file, has the file's name.
  case notAFile(FilePath, isDirectory: Bool)
  /// A link with the file's name leads nowhere.
  case danglingLink(FilePath)
  /// The value is no name of a file that ComfyUI lists: it has no extension of a model.
  case notListed
  /// Of the two files that the value stands for, this one is missing in the folder.
  case halfAPair(missing: String, folder: FilePath)
  /// Files of one name with different contents, of which ComfyUI may open any: the one that is meant,
  /// and the others.
  case rivals(FilePath, others: [FilePath])
}

extension Obstacle {
  /// That a file which ComfyUI lists below a folder cannot be read, or not be listed; `nil` when
  /// nothing is there, or nothing is wrong with it.
  ///
  /// - Parameter isReadable: Whether the file is known to be there and to be readable.
  init?(reading file: FilePath, below folder: FilePath, isReadable: Bool) {
    if !isReadable {
      guard FileStatus(reaching: file)?.isRegular == true else { return nil }
      if let obstacle = Obstacle(opening: file) {
        self = obstacle
        return
      }
    }
    // A folder that may be entered and not be listed hides what is in it.
    var directory = file
    repeat {
      directory.removeLastComponent()
      if directory.refusesReading {
        self = .unreadable(at: directory)
        return
      }
    } while directory != folder && directory.components.count > folder.components.count
    return nil
  }

  /// That a file cannot be read; `nil` when nothing is there, or nothing is wrong with it.
  init?(opening file: FilePath) {
    guard FileStatus(reaching: file)?.isRegular == true, file.refusesReading else { return nil }
    self = .unreadable(at: file)
  }

  /// What is in the way of a new file, or hides one that may be there; `nil` when nothing is.
  init?(inTheWayOf file: FilePath) {
    do throws(FileError) {
      guard try FileStatus(of: file, following: false) != nil else { return nil }
      guard let status = try FileStatus(of: file) else {
        self = .danglingLink(file)
        return
      }
      guard !status.isRegular else { return nil }
      self = .notAFile(file, isDirectory: status.isDirectory)
    } catch {
      guard error.errno == .permissionDenied, let closed = file.firstClosedDirectory else {
        return nil
      }
      self = .unreadable(at: closed)
    }
  }

  private static func unreadable(at path: FilePath) -> Obstacle {
    let status = FileStatus(reaching: path)
    return .unreadable(
      path, isDirectory: status?.isDirectory == true, isOwn: status?.isOwn == true)
  }
}

extension FilePath {
  /// The outermost directory on the way to this path that may not be entered, or link to something
  /// behind one.
  fileprivate var firstClosedDirectory: FilePath? {
    var directory = FilePath(root: root)
    for component in components {
      let next = directory.appending(component)
      do throws(FileError) {
        guard try FileStatus(of: next) != nil else { return nil }
      } catch {
        guard error.errno == .permissionDenied else { return nil }
        let isLink = (try? FileStatus(of: next, following: false)) != nil
        return isLink ? next : directory
      }
      directory = next
    }
    return nil
  }
}
