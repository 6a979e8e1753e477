#include "CGit2.h"

#include <dlfcn.h>
#include <pthread.h>

/* libgit2 is loaded when the first of its functions is called: its own libraries (Kerberos, TLS,
   SSH) cost more to load than a whole command that needs no repository. Each function that is used
   is defined here under its own name and passes its arguments on. */

#ifdef __APPLE__
#define LIBRARY_NAME "libgit2." LIBGIT2_SOVERSION ".dylib"
#else
#define LIBRARY_NAME "libgit2.so." LIBGIT2_SOVERSION
#endif

static pthread_once_t once = PTHREAD_ONCE_INIT;
static void *library;
static char reason[512] = "libgit2 cannot be loaded";
static git_error load_error = {reason, GIT_ERROR_OS};

static void load(void) {
  library = dlopen(LIBRARY_NAME, RTLD_LAZY | RTLD_LOCAL);
  if (library) return;
  const char *text = dlerror();
  size_t length = 0;
  for (; text && text[length] && length + 1 < sizeof reason; length++) reason[length] = text[length];
  reason[length] = 0;
}

static void *find(void **slot, const char *name) {
  void *found = __atomic_load_n(slot, __ATOMIC_ACQUIRE);
  if (found) return found;
  pthread_once(&once, load);
  found = library ? dlsym(library, name) : NULL;
  __atomic_store_n(slot, found, __ATOMIC_RELEASE);
  return found;
}

/* The function of that name in the library, looked up once; NULL when it cannot be had. */
#define FIND(name) ({ static void *slot; (__typeof__(name) *)find(&slot, #name); })

/* Without the library a status is GIT_ERROR, a value zero; the reason is git_error_last's. */
#define STATUS1(name, A) \
  int name(A a) { __typeof__(name) *f = FIND(name); return f ? f(a) : GIT_ERROR; }
#define STATUS2(name, A, B) \
  int name(A a, B b) { __typeof__(name) *f = FIND(name); return f ? f(a, b) : GIT_ERROR; }
#define STATUS3(name, A, B, C) \
  int name(A a, B b, C c) { __typeof__(name) *f = FIND(name); return f ? f(a, b, c) : GIT_ERROR; }
#define STATUS4(name, A, B, C, D) \
  int name(A a, B b, C c, D d) { \
    __typeof__(name) *f = FIND(name); \
    return f ? f(a, b, c, d) : GIT_ERROR; \
  }
#define STATUS5(name, A, B, C, D, E) \
  int name(A a, B b, C c, D d, E e) { \
    __typeof__(name) *f = FIND(name); \
    return f ? f(a, b, c, d, e) : GIT_ERROR; \
  }
#define STATUS6(name, A, B, C, D, E, F) \
  int name(A a, B b, C c, D d, E e, F g) { \
    __typeof__(name) *f = FIND(name); \
    return f ? f(a, b, c, d, e, g) : GIT_ERROR; \
  }
#define STATUS7(name, A, B, C, D, E, F, G) \
  int name(A a, B b, C c, D d, E e, F g, G h) { \
    __typeof__(name) *f = FIND(name); \
    return f ? f(a, b, c, d, e, g, h) : GIT_ERROR; \
  }
#define VALUE1(type, name, A) \
  type name(A a) { __typeof__(name) *f = FIND(name); return f ? f(a) : (type)0; }
#define VALUE2(type, name, A, B) \
  type name(A a, B b) { __typeof__(name) *f = FIND(name); return f ? f(a, b) : (type)0; }
#define VALUE3(type, name, A, B, C) \
  type name(A a, B b, C c) { __typeof__(name) *f = FIND(name); return f ? f(a, b, c) : (type)0; }
#define VOID1(name, A) \
  void name(A a) { __typeof__(name) *f = FIND(name); if (f) f(a); }

STATUS5(git_attr_get, const char **, git_repository *, uint32_t, const char *, const char *)
VALUE1(git_attr_value_t, git_attr_value, const char *)
STATUS4(git_blob_create_from_buffer, git_oid *, git_repository *, const void *, size_t)
STATUS3(git_blob_create_from_workdir, git_oid *, git_repository *, const char *)
VALUE1(const void *, git_blob_rawcontent, const git_blob *)
VALUE1(git_object_size_t, git_blob_rawsize, const git_blob *)
VALUE1(const git_signature *, git_commit_author, const git_commit *)
VOID1(git_buf_dispose, git_buf *)
VOID1(git_commit_free, git_commit *)
VALUE1(const git_oid *, git_commit_id, const git_commit *)
STATUS3(git_commit_lookup, git_commit **, git_repository *, const git_oid *)
VALUE1(const char *, git_commit_message_raw, const git_commit *)
STATUS3(git_commit_parent, git_commit **, const git_commit *, unsigned int)
VALUE2(const git_oid *, git_commit_parent_id, const git_commit *, unsigned int)
VALUE1(unsigned int, git_commit_parentcount, const git_commit *)
VALUE1(git_time_t, git_commit_time, const git_commit *)
VALUE1(const git_oid *, git_commit_tree_id, const git_commit *)
STATUS2(git_commit_tree, git_tree **, const git_commit *)
STATUS5(git_config_add_file_ondisk, git_config *, const char *, git_config_level_t,
    const git_repository *, int)
VOID1(git_config_free, git_config *)
VOID1(git_config_iterator_free, git_config_iterator *)
STATUS2(git_config_iterator_new, git_config_iterator **, const git_config *)
STATUS4(git_config_multivar_iterator_new, git_config_iterator **, const git_config *,
    const char *, const char *)
STATUS1(git_config_new, git_config **)
STATUS2(git_config_next, git_config_entry **, git_config_iterator *)
STATUS3(git_config_open_level, git_config **, const git_config *, git_config_level_t)
STATUS3(git_config_set_string, git_config *, const char *, const char *)
STATUS4(git_filter_list_apply_to_buffer, git_buf *, git_filter_list *, const char *, size_t)
VOID1(git_filter_list_free, git_filter_list *)
STATUS6(git_filter_list_load, git_filter_list **, git_repository *, git_blob *, const char *,
    git_filter_mode_t, uint32_t)
STATUS3(git_ignore_path_is_ignored, int *, git_repository *, const char *)
STATUS2(git_index_add, git_index *, const git_index_entry *)
VALUE1(size_t, git_index_entrycount, const git_index *)
VOID1(git_index_free, git_index *)
VALUE2(const git_index_entry *, git_index_get_byindex, git_index *, size_t)
VALUE3(const git_index_entry *, git_index_get_bypath, git_index *, const char *, int)
STATUS2(git_index_open, git_index **, const char *)
STATUS1(git_index_write, git_index *)
STATUS3(git_libgit2_version, int *, int *, int *)
VOID1(git_message_trailer_array_free, git_message_trailer_array *)
STATUS2(git_message_trailers, git_message_trailer_array *, const char *)
VOID1(git_object_free, git_object *)
VALUE1(const git_oid *, git_object_id, const git_object *)
STATUS3(git_object_peel, git_object **, const git_object *, git_object_t)
VOID1(git_odb_free, git_odb *)
VALUE1(const void *, git_odb_object_data, git_odb_object *)
VOID1(git_odb_object_free, git_odb_object *)
VALUE1(size_t, git_odb_object_size, git_odb_object *)
STATUS3(git_odb_read, git_odb_object **, git_odb *, const git_oid *)
STATUS2(git_oid_equal, const git_oid *, const git_oid *)
STATUS2(git_oid_fmt, char *, const git_oid *)
STATUS2(git_oid_fromstr, git_oid *, const char *)
STATUS7(git_reference_create_matching, git_reference **, git_repository *, const char *,
    const git_oid *, int, const git_oid *, const char *)
VOID1(git_reference_free, git_reference *)
STATUS3(git_reference_lookup, git_reference **, git_repository *, const char *)
STATUS3(git_reference_name_to_id, git_oid *, git_repository *, const char *)
VALUE1(const char *, git_reference_symbolic_target, const git_reference *)
VOID1(git_repository_free, git_repository *)
STATUS5(git_repository_hashfile, git_oid *, git_repository *, const char *, git_object_t,
    const char *)
STATUS1(git_repository_head_detached, git_repository *)
STATUS1(git_repository_head_unborn, git_repository *)
STATUS3(git_repository_init_ext, git_repository **, const char *, git_repository_init_options *)
STATUS2(git_repository_init_options_init, git_repository_init_options *, unsigned int)
STATUS4(git_repository_open_ext, git_repository **, const char *, unsigned int, const char *)
STATUS2(git_repository_odb, git_odb **, git_repository *)
STATUS2(git_repository_set_config, git_repository *, git_config *)
STATUS3(git_repository_set_ident, git_repository *, const char *, const char *)
STATUS3(git_repository_set_workdir, git_repository *, const char *, int)
VALUE1(const char *, git_repository_workdir, const git_repository *)
STATUS3(git_revparse_single, git_object **, git_repository *, const char *)
VOID1(git_signature_free, git_signature *)
STATUS5(git_signature_new, git_signature **, const char *, const char *, git_time_t, int)
STATUS5(git_tree_create_updated, git_oid *, git_repository *, git_tree *, size_t,
    const git_tree_update *)
STATUS3(git_tree_entry_bypath, git_tree_entry **, const git_tree *, const char *)
VALUE1(git_filemode_t, git_tree_entry_filemode, const git_tree_entry *)
VOID1(git_tree_entry_free, git_tree_entry *)
VALUE1(const git_oid *, git_tree_entry_id, const git_tree_entry *)
VOID1(git_tree_free, git_tree *)
STATUS3(git_tree_lookup, git_tree **, git_repository *, const git_oid *)

const git_error *git_error_last(void) {
  __typeof__(git_error_last) *f = FIND(git_error_last);
  return f ? f() : &load_error;
}

/* At its start libgit2 parses the certificates of the whole system, with mbed TLS where it was built
   with that: a third of all that a commit costs. On ELF systems its call ends here, since symbols of
   the program come before those of libraries; while libgit2 starts there are none to read, and any
   other call goes on to where it was meant to go. */

static _Thread_local int is_starting;

int mbedtls_x509_crt_parse_file(void *chain, const char *path) {
  static void *slot;
  if (is_starting) return 0;
  int (*f)(void *, const char *) = find(&slot, "mbedtls_x509_crt_parse_file");
  return f && f != mbedtls_x509_crt_parse_file ? f(chain, path) : -1;
}

int comfy_git_init(void) {
  __typeof__(git_libgit2_init) *f = FIND(git_libgit2_init);
  is_starting = 1;
  int status = f ? f() : GIT_ERROR;
  is_starting = 0;
  return status;
}

/* Variadic, and so out of Swift's reach as well: by way of functions with fixed arguments. */

int comfy_git_set_search_path(git_config_level_t level, const char *path) {
  __typeof__(git_libgit2_opts) *f = FIND(git_libgit2_opts);
  return f ? f(GIT_OPT_SET_SEARCH_PATH, (int)level, path) : GIT_ERROR;
}

int comfy_git_set_owner_validation(int enabled) {
  __typeof__(git_libgit2_opts) *f = FIND(git_libgit2_opts);
  return f ? f(GIT_OPT_SET_OWNER_VALIDATION, enabled) : GIT_ERROR;
}

int comfy_git_blob_write(
    git_odb_stream **stream, git_repository *repository, const void *bytes, size_t count) {
  __typeof__(git_odb_num_backends) *number = FIND(git_odb_num_backends);
  __typeof__(git_odb_get_backend) *get = FIND(git_odb_get_backend);
  git_odb *odb = NULL;
  *stream = NULL;
  if (!number || !get) return GIT_ERROR;
  int status = git_repository_odb(&odb, repository);
  if (status < 0) return status;
  /* Those of the repository itself come before its alternates; packs can't be written to. */
  status = GIT_PASSTHROUGH;
  for (size_t index = 0; index < number(odb) && status == GIT_PASSTHROUGH; index++) {
    git_odb_backend *backend = NULL;
    if (get(&backend, odb, index) < 0 || !backend || !backend->writestream) continue;
    status = backend->writestream(stream, backend, count, GIT_OBJECT_BLOB);
  }
  git_odb_free(odb);
  return status < 0 ? status : (*stream)->write(*stream, bytes, count);
}

int comfy_git_blob_name(git_odb_stream *stream, const git_oid *id) {
  return stream->finalize_write(stream, id);
}

void comfy_git_blob_free(git_odb_stream *stream) {
  if (stream) stream->free(stream);
}

int comfy_git_commit_create(
    git_oid *id, git_repository *repository, const char *update_ref,
    const git_signature *author, const git_signature *committer, const char *message,
    const git_tree *tree, git_commit *parent) {
  __typeof__(git_commit_create) *f = FIND(git_commit_create);
  git_commit *parents[1] = {parent};
  /* Whichever way a libgit2 version spells the constness of the array. */
  return f ? f(
                 id, repository, update_ref, author, committer, NULL, message, tree,
                 parent == NULL ? 0 : 1, (void *)parents)
           : GIT_ERROR;
}
