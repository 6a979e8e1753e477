#ifndef COMFY_CGIT2_H
#define COMFY_CGIT2_H

/* The functions of libgit2, loaded on first use; see forward.c for those that can be called. */

#include <git2.h>
#include <git2/sys/odb_backend.h>
#include <git2/sys/repository.h>

/* git_libgit2_init, without reading the certificates of the system: nothing here goes over the
   network. */
int comfy_git_init(void);

int comfy_git_set_search_path(git_config_level_t level, const char *path);

int comfy_git_set_owner_validation(int enabled);

/* Stores a blob whose name is known, as git_odb_write does when it has computed the name.
   GIT_PASSTHROUGH where the repository has no such store. */
int comfy_git_blob_store(
    git_repository *repository, const git_oid *id, const void *bytes, size_t count);

/* One parent or none. */
int comfy_git_commit_create(
    git_oid *id, git_repository *repository, const char *update_ref,
    const git_signature *author, const git_signature *committer, const char *message,
    const git_tree *tree, git_commit *parent);

#endif
