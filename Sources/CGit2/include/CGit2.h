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

/* Writes a blob that has no name yet into the repository's own store, as git_odb_open_wstream does,
   which would compute the name as well. GIT_PASSTHROUGH where the repository has no such store. */
int comfy_git_blob_write(
    git_odb_stream **stream, git_repository *repository, const void *bytes, size_t count);

/* Gives a blob that was written its name. */
int comfy_git_blob_name(git_odb_stream *stream, const git_oid *id);

/* Forgets what was not given a name. */
void comfy_git_blob_free(git_odb_stream *stream);

/* One parent or none. */
int comfy_git_commit_create(
    git_oid *id, git_repository *repository, const char *update_ref,
    const git_signature *author, const git_signature *committer, const char *message,
    const git_tree *tree, git_commit *parent);

#endif
