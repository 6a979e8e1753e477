#ifndef COMFY_CGIT2_H
#define COMFY_CGIT2_H

/* The functions of libgit2 that functions.h lists. They fail until comfy_git_load has succeeded. */

#include <git2.h>
#include <git2/sys/repository.h>

/* Loads libgit2: the system's, or else the one of a Python package below `prefix`, which may be
   NULL. Returns NULL on success, otherwise the error, valid until the next call. Not thread
   safe. */
const char *comfy_git_load(const char *prefix);

/* git_libgit2_init, but without reading the certificates of the system, because we do not use the
   network through libgit2. */
int comfy_git_init(void);

/* Whether a setting comes from a file of the repository. The layout of the entry differs between
   versions. */
int comfy_git_is_from_repository(const git_config_entry *entry);

int comfy_git_set_search_path(git_config_level_t level, const char *path);

int comfy_git_set_owner_validation(int enabled);

/* `parent` may be NULL, for a commit without a parent. */
int comfy_git_commit_create(
    git_oid *id, git_repository *repository, const char *update_ref,
    const git_signature *author, const git_signature *committer, const char *message,
    const git_tree *tree, git_commit *parent);

#endif
