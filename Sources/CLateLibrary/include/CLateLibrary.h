/* Libraries that are loaded when they are first needed: a command that does without one neither waits
   for it nor needs it to be installed. */

#ifndef COMFY_CLATELIBRARY_H
#define COMFY_CLATELIBRARY_H

#include <stddef.h>

/* A function that is used, and where its address goes. */
struct late_function {
  const char *name;
  void **address;
};

struct late_library {
  const struct late_function *functions;
  size_t function_count;
  /* What is wrong with a library that has all the functions, such as its age; NULL when nothing is. */
  const char *(*fault)(void);
  /* Names that the system may have it under, in the order of preference; ends with NULL. */
  const char *const *names;
  /* Files of a Python package that brings a copy, below the folder of packages: a pattern. The copy's
     own libraries are found beside its real path. */
  const char *package_pattern;
  /* The loaded library, for what it need not have; NULL until then. */
  void *handle;
};

/* Loads the first file that has every function and no fault; of the others nothing is kept.

   `prefix` is where to look for Python packages when the system has no such file, the folder above
   `lib`; NULL for nowhere. NULL on success. Otherwise why there is none, in `reason`. */
const char *late_load(
    struct late_library *library, const char *prefix, char *reason, size_t size);

/* The members of a table of functions, called `library`, that are listed in an X macro, and the list
   of them. */
#define LATE_MEMBER(name) __typeof__(name) *name;
#define LATE_FUNCTION(name) {#name, (void **)&library.name},

#endif
