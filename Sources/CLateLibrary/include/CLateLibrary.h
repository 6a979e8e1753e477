/* Libraries that are loaded when they are first needed. A command that does not use a library
   neither waits for it nor needs it to be installed. */

#ifndef COMFY_CLATELIBRARY_H
#define COMFY_CLATELIBRARY_H

#include <stddef.h>

/* A function that we use, and where to store its address. */
struct late_function {
  const char *name;
  void **address;
};

struct late_library {
  const struct late_function *functions;
  size_t function_count;
  /* Returns the fault of a library that has all functions, such as its age; NULL when it has
     none. */
  const char *(*fault)(void);
  /* Names of the library on the system, in the order of preference; ends with NULL. */
  const char *const *names;
  /* A pattern for the files of a Python package that contains a copy, below the folder of packages.
     The copy's own libraries are found beside its real path. */
  const char *package_pattern;
  /* The loaded library, for looking up optional functions; NULL until it is loaded. */
  void *handle;
};

/* Loads the first file that has every function and no fault; the others are unloaded.

   `prefix` is where to look for Python packages when the system has no such file: the folder above
   `lib`, or NULL for nowhere. Returns NULL on success, otherwise `reason`, which has the error. */
const char *late_load(
    struct late_library *library, const char *prefix, char *reason, size_t size);

/* For the functions listed in an X macro: the members of a table called `library`, and the entries
   of the list of functions. */
#define LATE_MEMBER(name) __typeof__(name) *name;
#define LATE_FUNCTION(name) {#name, (void **)&library.name},

#endif
