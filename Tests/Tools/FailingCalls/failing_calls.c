// A library to be preloaded, which has one call of a program fail.
//
//   LD_PRELOAD=libFailingCalls.so FAILING_CALL=17 FAILING_CALLS_LOG=calls PROGRAM [ARGUMENT...]
//
// The calls that open, read, write, name and map files are counted over all threads, in the order in
// which they come. The one that FAILING_CALL numbers does nothing and fails, as a disk that is full or
// broken makes it fail; 0 lets all of them through. FAILING_CALLS_LOG gets a line for each call: its
// number, its name and its file. Programs that the program starts are left alone.
//
// With FAILING_THREADS, no thread can be started.
//
// What goes to pipes, sockets and terminals is not counted, nor is memory that stands for no file.

#ifdef __linux__
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

static long wanted = -1;
static int forbids_threads;
static int log_file = -1;
static atomic_long count;

__attribute__((constructor)) static void begin(void) {
  const char *number = getenv("FAILING_CALL");
  const char *log = getenv("FAILING_CALLS_LOG");
  if (log)
    log_file = (int)syscall(SYS_openat, AT_FDCWD, log,
                            O_WRONLY | O_CREAT | O_TRUNC | O_APPEND | O_CLOEXEC, 0600);
  forbids_threads = getenv("FAILING_THREADS") != NULL;
  unsetenv("LD_PRELOAD");
  unsetenv("FAILING_THREADS");
  unsetenv("FAILING_CALL");
  unsetenv("FAILING_CALLS_LOG");
  // Last of all: nothing is counted before this.
  if (number) wanted = atol(number);
}

/// Counts a call; whether it is the one that has to fail.
static int fails(const char *name, const char *path, int error) {
  if (wanted < 0) return 0;
  long number = atomic_fetch_add(&count, 1) + 1;
  if (log_file >= 0) {
    char line[4400];
    int length = snprintf(line, sizeof line, "%ld %s %s\n", number, name, path ? path : "");
    if (length >= (int)sizeof line) length = sizeof line - 1;
    syscall(SYS_write, log_file, line, (size_t)length);
  }
  if (number != wanted) return 0;
  errno = error;
  return 1;
}

/// As fails, for a call on an open file; others are not counted.
static int fails_at(const char *name, int descriptor, int error) {
  struct stat status;
  char link[64], path[4096];
  if (wanted < 0 || descriptor == log_file) return 0;
  int kept = errno;
  int is_file = fstat(descriptor, &status) == 0 &&
                (S_ISREG(status.st_mode) || S_ISDIR(status.st_mode)) && descriptor > 2;
  ssize_t length = 0;
  if (is_file) {
    snprintf(link, sizeof link, "/proc/self/fd/%d", descriptor);
    length = readlink(link, path, sizeof path - 1);
  }
  errno = kept;
  path[length > 0 ? length : 0] = 0;
  return is_file && fails(name, path, error);
}

/// The function of this name that the program would have called.
#define NEXT(name) ((__typeof__(&name))dlsym(RTLD_NEXT, #name))

#define ON_FILE(result, name, parameters, arguments, descriptor, error)                              \
  result name parameters {                                                                           \
    static __typeof__(&name) next;                                                                   \
    if (!next) next = NEXT(name);                                                                    \
    return fails_at(#name, descriptor, error) ? (result)-1 : next arguments;                         \
  }

#define ON_PATH(name, parameters, arguments, path, error)                                            \
  int name parameters {                                                                              \
    static __typeof__(&name) next;                                                                   \
    if (!next) next = NEXT(name);                                                                    \
    return fails(#name, path, error) ? -1 : next arguments;                                          \
  }

#define OPENING(name, before, before_arguments)                                                      \
  int name(before const char *path, int flags, ...) {                                                \
    static int (*next)(before const char *, int, ...);                                               \
    va_list rest;                                                                                    \
    va_start(rest, flags);                                                                           \
    int mode = flags & (O_CREAT | O_TMPFILE) ? va_arg(rest, int) : 0;                                \
    va_end(rest);                                                                                    \
    if (!next) next = (__typeof__(next))dlsym(RTLD_NEXT, #name);                                     \
    return fails(#name, path, EMFILE) ? -1 : next(before_arguments path, flags, mode);               \
  }

#define COMMA ,

OPENING(open, , )
OPENING(open64, , )
OPENING(openat, int directory COMMA, directory COMMA)
OPENING(openat64, int directory COMMA, directory COMMA)

ON_FILE(ssize_t, read, (int file, void *bytes, size_t size), (file, bytes, size), file, EIO)
ON_FILE(ssize_t, pread, (int file, void *bytes, size_t size, off_t at), (file, bytes, size, at), file,
        EIO)
ON_FILE(ssize_t, pread64, (int file, void *bytes, size_t size, off64_t at), (file, bytes, size, at),
        file, EIO)
ON_FILE(ssize_t, write, (int file, const void *bytes, size_t size), (file, bytes, size), file, ENOSPC)
ON_FILE(ssize_t, pwrite, (int file, const void *bytes, size_t size, off_t at),
        (file, bytes, size, at), file, ENOSPC)
ON_FILE(ssize_t, pwrite64, (int file, const void *bytes, size_t size, off64_t at),
        (file, bytes, size, at), file, ENOSPC)
ON_FILE(ssize_t, writev, (int file, const struct iovec *parts, int number), (file, parts, number),
        file, ENOSPC)
ON_FILE(int, fsync, (int file), (file), file, EIO)
ON_FILE(int, fdatasync, (int file), (file), file, EIO)
ON_FILE(int, ftruncate, (int file, off_t size), (file, size), file, EIO)
ON_FILE(int, ftruncate64, (int file, off64_t size), (file, size), file, EIO)
ON_FILE(int, fallocate, (int file, int mode, off_t at, off_t size), (file, mode, at, size), file,
        ENOSPC)
ON_FILE(int, fallocate64, (int file, int mode, off64_t at, off64_t size), (file, mode, at, size),
        file, ENOSPC)
ON_FILE(int, fchmod, (int file, mode_t mode), (file, mode), file, EPERM)

ON_PATH(rename, (const char *from, const char *to), (from, to), to, EIO)
ON_PATH(renameat, (int from_directory, const char *from, int to_directory, const char *to),
        (from_directory, from, to_directory, to), to, EIO)
ON_PATH(renameat2,
        (int from_directory, const char *from, int to_directory, const char *to, unsigned flags),
        (from_directory, from, to_directory, to, flags), to, EIO)
ON_PATH(link, (const char *from, const char *to), (from, to), to, EMLINK)
ON_PATH(linkat, (int from_directory, const char *from, int to_directory, const char *to, int flags),
        (from_directory, from, to_directory, to, flags), to, EMLINK)
ON_PATH(symlink, (const char *to, const char *path), (to, path), path, ENOSPC)
ON_PATH(mkdir, (const char *path, mode_t mode), (path, mode), path, ENOSPC)
ON_PATH(unlink, (const char *path), (path), path, EIO)
ON_PATH(rmdir, (const char *path), (path), path, EIO)

int posix_fallocate(int file, off_t at, off_t size) {
  static __typeof__(&posix_fallocate) next;
  if (!next) next = NEXT(posix_fallocate);
  return fails_at("posix_fallocate", file, ENOSPC) ? ENOSPC : next(file, at, size);
}

int pthread_create(pthread_t *thread, const pthread_attr_t *attributes, void *(*body)(void *),
                   void *argument) {
  static __typeof__(&pthread_create) next;
  if (!next) next = NEXT(pthread_create);
  return forbids_threads ? EAGAIN : next(thread, attributes, body, argument);
}

void *mmap(void *address, size_t size, int protection, int flags, int file, off_t at) {
  static __typeof__(&mmap) next;
  if (!next) next = NEXT(mmap);
  if (file >= 0 && fails_at("mmap", file, ENOMEM)) return MAP_FAILED;
  return next(address, size, protection, flags, file, at);
}

void *mmap64(void *address, size_t size, int protection, int flags, int file, off64_t at) {
  static __typeof__(&mmap64) next;
  if (!next) next = NEXT(mmap64);
  if (file >= 0 && fails_at("mmap64", file, ENOMEM)) return MAP_FAILED;
  return next(address, size, protection, flags, file, at);
}
#endif
