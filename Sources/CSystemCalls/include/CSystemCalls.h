#ifndef COMFY_CSYSTEMCALLS_H
#define COMFY_CSYSTEMCALLS_H

/* Calls of some systems that Swift cannot see, because the headers hide them behind a feature macro
   or define them as macros, and their counterparts on other systems. A call that the system lacks
   fails with ENOTSUP. */

#include <pthread.h>

/* The arguments of the process, beginning with the program's own name; they stay valid as long as
   the process runs. */
char *const *comfy_arguments(int *count);

/* Exchanges two files in one step. Returns 0, or -1 with errno. */
int comfy_exchange(const char *one, const char *other);

/* Lets an empty file share the blocks of another, until either is changed. Returns 0, or -1 with
   errno. */
int comfy_share_blocks(int from, int to);

/* Begins to write a file's bytes to the disk, without waiting. Returns 0, or -1 with errno. */
int comfy_begin_write_back(int descriptor);

/* Sets the time of a file's last access to now, and leaves that of its last change. Returns 0, or -1
   with errno. */
int comfy_touch_access(int descriptor);

/* Keeps what all threads allocate in one heap, where the C library would give each thread its own. */
void comfy_keep_one_heap(void);

/* The processors that a thread may run on, one bit for each. */
typedef struct {
  unsigned long bits[16];
} comfy_processors;

/* Sets attributes so that a thread starts on a different processor than the caller's, and stores
   the processors that the caller may use in `allowed`. Returns 0, or -1 when there is no other
   processor or the system cannot say. */
int comfy_start_elsewhere(pthread_attr_t *attributes, comfy_processors *allowed);

/* Lets a thread run on any of these processors. Returns 0, or -1. */
int comfy_allow(pthread_t thread, const comfy_processors *allowed);

#endif
