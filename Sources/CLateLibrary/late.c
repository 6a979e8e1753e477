#include "CLateLibrary.h"

#include <dlfcn.h>
#include <glob.h>
#include <stdio.h>
#include <string.h>

/* The fault of an open library; NULL when it has everything. */
static const char *fill(const struct late_library *library, void *handle) {
  static _Thread_local char missing[128];
  for (size_t i = 0; i < library->function_count; i++) {
    const struct late_function *function = &library->functions[i];
    *function->address = dlsym(handle, function->name);
    if (*function->address) continue;
    snprintf(missing, sizeof missing, "it has no %s", function->name);
    return missing;
  }
  return library->fault ? library->fault() : NULL;
}

/* Loads one file. On failure, writes the fault to `reason`, unless a more useful one is there
   already: an existing library that does not fit is more useful to know than a name that does not
   exist. */
static void *load(
    struct late_library *library, const char *name, char *reason, size_t size, int *is_telling) {
  void *handle = dlopen(name, RTLD_LAZY | RTLD_LOCAL);
  const char *fault = handle ? fill(library, handle) : dlerror();
  if (handle && !fault) return handle;
  int exists = handle || (fault && !strstr(fault, "No such file"));
  if (!*is_telling && handle) snprintf(reason, size, "%s: %s", name, fault);
  else if (!*is_telling && (exists || !*reason)) snprintf(reason, size, "%s", fault ? fault : name);
  *is_telling = *is_telling || exists;
  if (!handle) return NULL;
  for (size_t i = 0; i < library->function_count; i++) *library->functions[i].address = NULL;
  dlclose(handle);
  return NULL;
}

const char *late_load(
    struct late_library *library, const char *prefix, char *reason, size_t size) {
  int is_telling = 0;
  void *handle = NULL;
  *reason = 0;
  for (size_t i = 0; !handle && library->names[i]; i++)
    handle = load(library, library->names[i], reason, size, &is_telling);

  char pattern[4096];
  glob_t found;
  int length = !handle && prefix && library->package_pattern
      ? snprintf(pattern, sizeof pattern, "%s/lib*/python3*/*-packages/%s", prefix,
                 library->package_pattern)
      : -1;
  if (length > 0 && (size_t)length < sizeof pattern && glob(pattern, 0, NULL, &found) == 0) {
    for (size_t i = 0; !handle && i < found.gl_pathc; i++)
      handle = load(library, found.gl_pathv[i], reason, size, &is_telling);
    globfree(&found);
  }
  library->handle = handle;
  return handle ? NULL : reason;
}
