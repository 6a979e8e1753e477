/* The functions of libgit2 that Swift calls, one entry each: the result, the name, the parameters
   and the arguments. Define the macros STATUS, VALUE and VOID before including this file; they
   decide what becomes of the entries. A STATUS is negative when the call failed. */

STATUS(git_attr_get, (const char **a, git_repository *b, uint32_t c, const char *d, const char *e),
    (a, b, c, d, e))
VALUE(git_attr_value_t, git_attr_value, (const char *a), (a))
STATUS(git_blob_create_from_buffer, (git_oid *a, git_repository *b, const void *c, size_t d),
    (a, b, c, d))
STATUS(git_blob_create_from_workdir, (git_oid *a, git_repository *b, const char *c), (a, b, c))
VALUE(const void *, git_blob_rawcontent, (const git_blob *a), (a))
VALUE(git_object_size_t, git_blob_rawsize, (const git_blob *a), (a))
VALUE(const git_signature *, git_commit_author, (const git_commit *a), (a))
VOID(git_buf_dispose, (git_buf *a), (a))
VOID(git_commit_free, (git_commit *a), (a))
VALUE(const git_oid *, git_commit_id, (const git_commit *a), (a))
STATUS(git_commit_lookup, (git_commit **a, git_repository *b, const git_oid *c), (a, b, c))
VALUE(const char *, git_commit_message_raw, (const git_commit *a), (a))
STATUS(git_commit_parent, (git_commit **a, const git_commit *b, unsigned int c), (a, b, c))
VALUE(const git_oid *, git_commit_parent_id, (const git_commit *a, unsigned int b), (a, b))
VALUE(unsigned int, git_commit_parentcount, (const git_commit *a), (a))
VALUE(git_time_t, git_commit_time, (const git_commit *a), (a))
VALUE(const git_oid *, git_commit_tree_id, (const git_commit *a), (a))
STATUS(git_commit_tree, (git_tree **a, const git_commit *b), (a, b))
STATUS(git_config_add_file_ondisk, (git_config *a, const char *b, git_config_level_t c,
        const git_repository *d, int e), (a, b, c, d, e))
VOID(git_config_free, (git_config *a), (a))
VOID(git_config_iterator_free, (git_config_iterator *a), (a))
STATUS(git_config_iterator_new, (git_config_iterator **a, const git_config *b), (a, b))
STATUS(git_config_multivar_iterator_new, (git_config_iterator **a, const git_config *b,
        const char *c, const char *d), (a, b, c, d))
STATUS(git_config_new, (git_config **a), (a))
STATUS(git_config_next, (git_config_entry **a, git_config_iterator *b), (a, b))
STATUS(git_config_open_level, (git_config **a, const git_config *b, git_config_level_t c),
    (a, b, c))
STATUS(git_config_set_string, (git_config *a, const char *b, const char *c), (a, b, c))
STATUS(git_filter_list_apply_to_buffer, (git_buf *a, git_filter_list *b, const char *c, size_t d),
    (a, b, c, d))
VOID(git_filter_list_free, (git_filter_list *a), (a))
STATUS(git_filter_list_load, (git_filter_list **a, git_repository *b, git_blob *c, const char *d,
        git_filter_mode_t e, uint32_t f), (a, b, c, d, e, f))
STATUS(git_ignore_path_is_ignored, (int *a, git_repository *b, const char *c), (a, b, c))
STATUS(git_index_add, (git_index *a, const git_index_entry *b), (a, b))
VALUE(size_t, git_index_entrycount, (const git_index *a), (a))
VOID(git_index_free, (git_index *a), (a))
VALUE(const git_index_entry *, git_index_get_byindex, (git_index *a, size_t b), (a, b))
VALUE(const git_index_entry *, git_index_get_bypath, (git_index *a, const char *b, int c),
    (a, b, c))
STATUS(git_index_open, (git_index **a, const char *b), (a, b))
STATUS(git_index_write, (git_index *a), (a))
VOID(git_object_free, (git_object *a), (a))
VALUE(const git_oid *, git_object_id, (const git_object *a), (a))
STATUS(git_object_peel, (git_object **a, const git_object *b, git_object_t c), (a, b, c))
STATUS(git_oid_equal, (const git_oid *a, const git_oid *b), (a, b))
STATUS(git_oid_fmt, (char *a, const git_oid *b), (a, b))
STATUS(git_oid_fromstr, (git_oid *a, const char *b), (a, b))
STATUS(git_reference_create_matching, (git_reference **a, git_repository *b, const char *c,
        const git_oid *d, int e, const git_oid *f, const char *g), (a, b, c, d, e, f, g))
VOID(git_reference_free, (git_reference *a), (a))
STATUS(git_reference_lookup, (git_reference **a, git_repository *b, const char *c), (a, b, c))
STATUS(git_reference_name_to_id, (git_oid *a, git_repository *b, const char *c), (a, b, c))
VALUE(const char *, git_reference_symbolic_target, (const git_reference *a), (a))
VOID(git_repository_free, (git_repository *a), (a))
STATUS(git_repository_hashfile, (git_oid *a, git_repository *b, const char *c, git_object_t d,
        const char *e), (a, b, c, d, e))
STATUS(git_repository_head_detached, (git_repository *a), (a))
STATUS(git_repository_head_unborn, (git_repository *a), (a))
STATUS(git_repository_index, (git_index **a, git_repository *b), (a, b))
STATUS(git_repository_init_ext, (git_repository **a, const char *b, git_repository_init_options *c),
    (a, b, c))
STATUS(git_repository_init_options_init, (git_repository_init_options *a, unsigned int b), (a, b))
STATUS(git_repository_open_ext, (git_repository **a, const char *b, unsigned int c, const char *d),
    (a, b, c, d))
STATUS(git_repository_set_config, (git_repository *a, git_config *b), (a, b))
STATUS(git_repository_set_ident, (git_repository *a, const char *b, const char *c), (a, b, c))
STATUS(git_repository_set_workdir, (git_repository *a, const char *b, int c), (a, b, c))
VALUE(const char *, git_repository_workdir, (const git_repository *a), (a))
STATUS(git_revparse_single, (git_object **a, git_repository *b, const char *c), (a, b, c))
VOID(git_signature_free, (git_signature *a), (a))
STATUS(git_signature_new, (git_signature **a, const char *b, const char *c, git_time_t d, int e),
    (a, b, c, d, e))
STATUS(git_tree_create_updated, (git_oid *a, git_repository *b, git_tree *c, size_t d,
        const git_tree_update *e), (a, b, c, d, e))
STATUS(git_tree_entry_bypath, (git_tree_entry **a, const git_tree *b, const char *c), (a, b, c))
VALUE(git_filemode_t, git_tree_entry_filemode, (const git_tree_entry *a), (a))
VOID(git_tree_entry_free, (git_tree_entry *a), (a))
VALUE(const git_oid *, git_tree_entry_id, (const git_tree_entry *a), (a))
VOID(git_tree_free, (git_tree *a), (a))
STATUS(git_tree_lookup, (git_tree **a, git_repository *b, const git_oid *c), (a, b, c))
