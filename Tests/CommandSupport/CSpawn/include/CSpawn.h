#ifndef CSPAWN_H
#define CSPAWN_H

#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

// What tests need of the C library beyond the part that Swift imports.

/// The streams of a program: either files, or a terminal that controls its new session.
typedef struct {
  const char *input;
  const char *output;
  const char *errors;
  /// Path of a terminal; NULL for files.
  const char *terminal;
} cspawn_streams;

/// Starts a program in a process group or session of its own, with default signal handling and no
/// descriptor but the three streams. `path` is searched nowhere. Returns 0 or an errno value.
int cspawn_start(const char *path, char *const arguments[], char *const environment[],
                 const char *directory, const cspawn_streams *streams, pid_t *process);

/// Opens the controlling side of a new pseudo-terminal, closed on exec, and writes the path of the
/// other side to `path`. Returns a descriptor, or -1 with errno set.
int cspawn_open_terminal(char *path, size_t size);

/// Columns of a character as the C library counts them in a UTF-8 locale; -1 for one that is not
/// printable.
int cspawn_columns(uint32_t scalar);

#endif
