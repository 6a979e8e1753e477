internal import GRDB

/// Tables of the index, version by version.
enum IndexSchema {
  /// The steps from an empty database to the current schema. A step is never changed after its
  /// release.
  static var migrator: DatabaseMigrator {
    var migrator = DatabaseMigrator()
    migrator.registerMigration("1") { database in
      for statement in first { try database.execute(sql: statement) }
    }
    migrator.registerMigration("2") { database in
      try database.execute(sql: "ALTER TABLE location ADD COLUMN ctime INTEGER")
    }
    return migrator
  }

  private static let first = [
    """
    CREATE TABLE root (
      id INTEGER PRIMARY KEY,
      path TEXT NOT NULL,
      category TEXT NOT NULL,
      UNIQUE (path, category)
    )
    """,
    """
    CREATE TABLE model (
      id INTEGER PRIMARY KEY,
      blake3 TEXT UNIQUE,
      sha256 TEXT,
      short_comfydock TEXT NOT NULL,
      short_comfygit TEXT NOT NULL,
      size INTEGER NOT NULL,
      tensor_count INTEGER,
      parameter_count INTEGER,
      data_types TEXT
    )
    """,
    """
    CREATE TABLE location (
      id INTEGER PRIMARY KEY,
      root_id INTEGER NOT NULL REFERENCES root (id),
      model_id INTEGER NOT NULL REFERENCES model (id),
      path TEXT NOT NULL,
      path_key TEXT NOT NULL,
      path_folded TEXT NOT NULL,
      name_folded TEXT NOT NULL,
      below_folded TEXT NOT NULL,
      category TEXT,
      size INTEGER NOT NULL,
      mtime INTEGER NOT NULL,
      inode INTEGER NOT NULL,
      device INTEGER NOT NULL,
      UNIQUE (root_id, path)
    )
    """,
    """
    CREATE TABLE source (
      id INTEGER PRIMARY KEY,
      model_id INTEGER NOT NULL REFERENCES model (id),
      url TEXT NOT NULL,
      origin TEXT NOT NULL,
      UNIQUE (model_id, url)
    )
    """,
    "CREATE INDEX model_sha256 ON model (sha256)",
    "CREATE INDEX model_comfydock ON model (short_comfydock)",
    "CREATE INDEX model_comfygit ON model (short_comfygit)",
    "CREATE INDEX location_model ON location (model_id)",
    "CREATE INDEX location_path ON location (path_folded)",
    "CREATE INDEX location_name ON location (name_folded, category)",
    "CREATE INDEX location_below ON location (category, below_folded)",
    "CREATE INDEX location_file ON location (inode, device)",
    "CREATE INDEX source_url ON source (url)",
  ]
}
