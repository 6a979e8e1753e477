#define _GNU_SOURCE

#include "CSystemCalls.h"

#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <sys/stat.h>

/* The arguments of the process. The C library passes them to every constructor; Swift would read
   them from /proc, which may not exist. */
static int argument_count;
static char *const *argument_values;

__attribute__((constructor)) static void keep_arguments(int count, char **values) {
  argument_count = count;
  argument_values = values;
}

char *const *comfy_arguments(int *count) {
  *count = argument_count;
  return argument_values;
}

#ifdef __GLIBC__

#include <stdlib.h>
#include <sys/random.h>

/* Swift's libraries call these functions, which glibc has had since 2.36. We define them here so
   that the program also runs with an older glibc. */

void arc4random_buf(void *buffer, size_t size) {
  const size_t largest = 256;
  unsigned char *rest = buffer;
  while (size > 0) {
    /* Requests of at most this size are never answered in part. */
    ssize_t count = getrandom(rest, size < largest ? size : largest, 0);
    if (count < 0 && errno != EINTR) abort();
    if (count < 0) continue;
    rest += count;
    size -= (size_t)count;
  }
}

uint32_t arc4random(void) {
  uint32_t number;
  arc4random_buf(&number, sizeof number);
  return number;
}

#endif

int comfy_touch_access(int descriptor) {
  struct timespec times[2] = {{.tv_nsec = UTIME_NOW}, {.tv_nsec = UTIME_OMIT}};
  return futimens(descriptor, times);
}

#ifdef __GLIBC__

#include <malloc.h>

void comfy_keep_one_heap(void) { mallopt(M_ARENA_MAX, 1); }

#else

void comfy_keep_one_heap(void) {}

#endif

#ifdef __linux__

#include <linux/fs.h>
#include <sched.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/syscall.h>
#include <unistd.h>

int comfy_exchange(const char *one, const char *other) {
  /* Not every C library has a function for this. */
  return (int)syscall(SYS_renameat2, AT_FDCWD, one, AT_FDCWD, other, RENAME_EXCHANGE);
}

int comfy_share_blocks(int from, int to) { return ioctl(to, FICLONE, from); }

int comfy_begin_write_back(int descriptor) {
  /* Offset 0 and length 0 mean the whole file. */
  return sync_file_range(descriptor, 0, 0, SYNC_FILE_RANGE_WRITE);
}

int comfy_start_elsewhere(pthread_attr_t *attributes, comfy_processors *allowed) {
  cpu_set_t others;
  _Static_assert(sizeof others == sizeof *allowed, "as many as the C library knows");
  int here = sched_getcpu();
  if (here < 0 || sched_getaffinity(0, sizeof others, &others) != 0) return -1;
  memcpy(allowed, &others, sizeof others);
  CPU_CLR(here, &others);
  if (CPU_COUNT(&others) == 0) return -1;
  return pthread_attr_setaffinity_np(attributes, sizeof others, &others) == 0 ? 0 : -1;
}

int comfy_allow(pthread_t thread, const comfy_processors *allowed) {
  cpu_set_t all;
  memcpy(&all, allowed, sizeof all);
  return pthread_setaffinity_np(thread, sizeof all, &all) == 0 ? 0 : -1;
}

#else

static int lacking(void) {
  errno = ENOTSUP;
  return -1;
}

int comfy_exchange(const char *one, const char *other) {
#ifdef RENAME_SWAP
  return renamex_np(one, other, RENAME_SWAP);
#else
  return lacking();
#endif
}

int comfy_share_blocks(int from, int to) { return lacking(); }

int comfy_begin_write_back(int descriptor) { return lacking(); }

int comfy_start_elsewhere(pthread_attr_t *attributes, comfy_processors *allowed) { return -1; }

int comfy_allow(pthread_t thread, const comfy_processors *allowed) { return -1; }

#endif
