#ifndef COMFY_CSYSTEMCALLS_H
#define COMFY_CSYSTEMCALLS_H

/* What single systems can do and Swift does not see: calls that headers show only to those who ask
   for them, macros, and their counterparts elsewhere. Where the system lacks one, it fails with
   ENOTSUP. */

#include <pthread.h>

/* The words that the process was started with, the program's own name first; they last as long as the
   process. */
char *const *comfy_arguments(int *count);

/* Exchanges two files in one step. 0, or -1 with errno. */
int comfy_exchange(const char *one, const char *other);

/* Gives an empty file the blocks of another, until one of them is changed. 0, or -1 with errno. */
int comfy_share_blocks(int from, int to);

/* Begins to write a file's bytes to the disk, and does not wait for it. 0, or -1 with errno. */
int comfy_begin_write_back(int descriptor);

/* The processors that a thread may run on, a bit for each. */
typedef struct {
  unsigned long bits[16];
} comfy_processors;

/* Makes a thread that is made with these attributes start on another processor than the caller's,
   and tells the processors that the caller may use. 0, or -1 where there is no other, or the system
   can't tell. */
int comfy_start_elsewhere(pthread_attr_t *attributes, comfy_processors *allowed);

/* Lets a thread go to any of these processors. 0, or -1. */
int comfy_allow(pthread_t thread, const comfy_processors *allowed);

#endif
