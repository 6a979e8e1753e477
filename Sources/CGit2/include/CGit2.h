#ifndef COMFY_CGIT2_H
#define COMFY_CGIT2_H

/* The functions of libgit2 that functions.h lists. Until comfy_git_load has succeeded, they fail. */

#include <git2.h>
#include <git2/sys/repository.h>

/* Loads libgit2: the system's, or else the one that a Python package brought below `prefix`, which may
   be NULL. NULL on success, else why there is none, valid until the next call. Not thread safe. */
const char *comfy_git_load(const char *prefix);

/* git_libgit2_init, without reading the certificates of the system: nothing here goes over the
   network. */
int comfy_git_init(void);

/* Whether a setting stands in a file of the repository; in the entry, the place of that differs
   between versions. */
int comfy_git_is_from_repository(const git_config_entry *entry);

int comfy_git_set_search_path(git_config_level_t level, const char *path);

int comfy_git_set_owner_validation(int enabled);

/* One parent or none. */
int comfy_git_commit_create(
    git_oid *id, git_repository *repository, const char *update_ref,
    const git_signature *author, const git_signature *committer, const char *message,
    const git_tree *tree, git_commit *parent);

#endif
