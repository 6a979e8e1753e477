#include "CGit2.h"

#include "CLateLibrary.h"

#include <dlfcn.h>
#include <stdio.h>

/* Loading libgit2 with its own libraries (Kerberos, TLS, SSH) takes longer than a whole command
   that needs no repository, so libgit2 is loaded late. Each function that we use is defined here
   under its own name and passes its arguments on; before the library is loaded, it fails. */

/* The functions that only this file calls. */
#define FUNCTIONS_FOR_C(each) \
  each(git_commit_create) each(git_error_last) each(git_libgit2_init) each(git_libgit2_opts) \
  each(git_libgit2_version)

static struct {
#define STATUS(name, parameters, arguments) LATE_MEMBER(name)
#define VALUE(type, name, parameters, arguments) LATE_MEMBER(name)
#define VOID(name, parameters, arguments) LATE_MEMBER(name)
#include "functions.h"
#undef STATUS
#undef VALUE
#undef VOID
  FUNCTIONS_FOR_C(LATE_MEMBER)
} library;

static const struct late_function functions[] = {
#define STATUS(name, parameters, arguments) LATE_FUNCTION(name)
#define VALUE(type, name, parameters, arguments) LATE_FUNCTION(name)
#define VOID(name, parameters, arguments) LATE_FUNCTION(name)
#include "functions.h"
#undef STATUS
#undef VALUE
#undef VOID
    FUNCTIONS_FOR_C(LATE_FUNCTION)};

/* Loading */

/* The versions 1.MINOR whose structures this file knows. */
enum { FIRST_MINOR = 3, LAST_MINOR = 9 };

static int minor_version;

static const char *fault(void) {
  static _Thread_local char text[64];
  int major = 0, minor = 0, revision = 0;
  library.git_libgit2_version(&major, &minor, &revision);
  minor_version = minor;
  if (major == 1 && minor >= FIRST_MINOR && minor <= LAST_MINOR) return NULL;
  snprintf(
      text, sizeof text, "version %d.%d.%d is not between 1.%d and 1.%d", major, minor, revision,
      FIRST_MINOR, LAST_MINOR);
  return text;
}

/* Each minor version has its own name. The first is the one that this program was built with. */
static const char *const system_names[] = {
#ifdef __APPLE__
    "libgit2." LIBGIT2_SOVERSION ".dylib", "libgit2.1.9.dylib", "libgit2.1.8.dylib",
    "libgit2.1.7.dylib", "libgit2.dylib",
#else
    "libgit2.so." LIBGIT2_SOVERSION, "libgit2.so.1.9", "libgit2.so.1.8", "libgit2.so.1.7",
    "libgit2.so.1.6", "libgit2.so.1.5", "libgit2.so.1.4", "libgit2.so.1.3",
#endif
    NULL};

static struct late_library description = {
    .functions = functions, .function_count = sizeof functions / sizeof *functions, .fault = fault,
    .names = system_names, .package_pattern = "pygit2.libs/libgit2-*.so.*"};

static char failure[512] = "it was not asked for";

const char *comfy_git_load(const char *prefix) {
  return late_load(&description, prefix, failure, sizeof failure);
}

/* Forwarding */

#define STATUS(name, parameters, arguments) \
  int name parameters { return library.name ? library.name arguments : GIT_ERROR; }
#define VALUE(type, name, parameters, arguments) \
  type name parameters { return library.name ? library.name arguments : (type)0; }
#define VOID(name, parameters, arguments) \
  void name parameters { if (library.name) library.name arguments; }
#include "functions.h"
#undef STATUS
#undef VALUE
#undef VOID

const git_error *git_error_last(void) {
  static git_error not_loaded = {failure, GIT_ERROR_OS};
  return library.git_error_last ? library.git_error_last() : &not_loaded;
}

int git_libgit2_version(int *major, int *minor, int *revision) {
  return library.git_libgit2_version ? library.git_libgit2_version(major, minor, revision)
                                     : GIT_ERROR;
}

/* Structures that differ between versions */

struct entry_until_1_7 {
  const char *name, *value;
  unsigned int include_depth;
  int level;
};

struct entry_since_1_8 {
  const char *name, *value, *backend_type, *origin_path;
  unsigned int include_depth;
  int level;
};

int comfy_git_is_from_repository(const git_config_entry *entry) {
  int level = minor_version < 8 ? ((const struct entry_until_1_7 *)entry)->level
                                : ((const struct entry_since_1_8 *)entry)->level;
  return level >= GIT_CONFIG_LEVEL_LOCAL;
}

/* When libgit2 starts, it parses all certificates of the system (with mbed TLS, if it was built
   with that). This takes a third of the time of a commit. On ELF systems its call ends here,
   because symbols of the program take precedence over those of libraries. While libgit2 starts, the
   call does nothing; any other call is passed on to the real function. */

static _Thread_local int is_starting;

int mbedtls_x509_crt_parse_file(void *chain, const char *path) {
  if (is_starting) return 0;
  int (*meant)(void *, const char *) =
      description.handle ? dlsym(description.handle, "mbedtls_x509_crt_parse_file") : NULL;
  return meant && meant != mbedtls_x509_crt_parse_file ? meant(chain, path) : -1;
}

int comfy_git_init(void) {
  if (!library.git_libgit2_init) return GIT_ERROR;
  is_starting = 1;
  int status = library.git_libgit2_init();
  is_starting = 0;
  return status;
}

/* Swift cannot call variadic functions, so these have fixed arguments. */

int comfy_git_set_search_path(git_config_level_t level, const char *path) {
  if (!library.git_libgit2_opts) return GIT_ERROR;
  return library.git_libgit2_opts(GIT_OPT_SET_SEARCH_PATH, (int)level, path);
}

int comfy_git_set_owner_validation(int enabled) {
  if (!library.git_libgit2_opts) return GIT_ERROR;
  return library.git_libgit2_opts(GIT_OPT_SET_OWNER_VALIDATION, enabled);
}

int comfy_git_commit_create(
    git_oid *id, git_repository *repository, const char *update_ref,
    const git_signature *author, const git_signature *committer, const char *message,
    const git_tree *tree, git_commit *parent) {
  git_commit *parents[1] = {parent};
  if (!library.git_commit_create) return GIT_ERROR;
  /* The cast fits all versions of libgit2, which differ in the constness of the array. */
  return library.git_commit_create(
      id, repository, update_ref, author, committer, NULL, message, tree, parent == NULL ? 0 : 1,
      (void *)parents);
}
