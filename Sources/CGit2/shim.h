#ifndef COMFY_CGIT2_SHIM_H
#define COMFY_CGIT2_SHIM_H

#include <git2.h>
#include <git2/sys/repository.h>

/* Swift imports no variadic functions. */

static inline int comfy_git_set_search_path(git_config_level_t level, const char *path) {
  return git_libgit2_opts(GIT_OPT_SET_SEARCH_PATH, (int)level, path);
}

static inline int comfy_git_set_owner_validation(int enabled) {
  return git_libgit2_opts(GIT_OPT_SET_OWNER_VALIDATION, enabled);
}

/* One parent or none, whichever way a libgit2 version spells the constness of the array. */
static inline int comfy_git_commit_create(
    git_oid *id, git_repository *repository, const char *update_ref,
    const git_signature *author, const git_signature *committer, const char *message,
    const git_tree *tree, git_commit *parent) {
  git_commit *parents[1] = {parent};
  return git_commit_create(
      id, repository, update_ref, author, committer, NULL, message, tree,
      parent == NULL ? 0 : 1, (void *)parents);
}

#endif
