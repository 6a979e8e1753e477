#define _GNU_SOURCE
#define _DARWIN_C_SOURCE
#include "CSpawn.h"

#include <errno.h>
#include <fcntl.h>
#include <locale.h>
#include <pthread.h>
#include <signal.h>
#include <spawn.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <wchar.h>
#ifdef __APPLE__
#include <xlocale.h>
#endif

int cspawn_start(const char *path, char *const arguments[], char *const environment[],
                 const char *directory, const cspawn_streams *streams, pid_t *process) {
  posix_spawn_file_actions_t actions;
  posix_spawnattr_t attributes;
  posix_spawn_file_actions_init(&actions);
  posix_spawnattr_init(&attributes);
  short flags = POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETSIGMASK;

  if (streams->terminal) {
    // The first terminal that a session's leader opens becomes the one that controls it.
    flags |= POSIX_SPAWN_SETSID;
    posix_spawn_file_actions_addopen(&actions, 0, streams->terminal, O_RDWR, 0);
    posix_spawn_file_actions_adddup2(&actions, 0, 1);
    posix_spawn_file_actions_adddup2(&actions, 0, 2);
  } else {
    flags |= POSIX_SPAWN_SETPGROUP;
    int create = O_WRONLY | O_CREAT | O_TRUNC | O_APPEND;
    posix_spawn_file_actions_addopen(&actions, 0, streams->input, O_RDONLY, 0);
    posix_spawn_file_actions_addopen(&actions, 1, streams->output, create, 0600);
    posix_spawn_file_actions_addopen(&actions, 2, streams->errors, create, 0600);
  }
  posix_spawn_file_actions_addchdir_np(&actions, directory);

  // Signals as a shell hands them on, whatever the test runner set.
  sigset_t set;
  sigfillset(&set);
  posix_spawnattr_setsigdefault(&attributes, &set);
  sigemptyset(&set);
  posix_spawnattr_setsigmask(&attributes, &set);

  // Descriptors of tests that run beside this one stay here.
#ifdef __APPLE__
  flags |= POSIX_SPAWN_CLOEXEC_DEFAULT;
#else
  posix_spawn_file_actions_addclosefrom_np(&actions, 3);
#endif
  posix_spawnattr_setflags(&attributes, flags);

  int code = posix_spawn(process, path, &actions, &attributes, arguments, environment);
  posix_spawn_file_actions_destroy(&actions);
  posix_spawnattr_destroy(&attributes);
  return code;
}

int cspawn_open_terminal(char *path, size_t size) {
  int side = posix_openpt(O_RDWR | O_NOCTTY);
  if (side < 0) return -1;
  fcntl(side, F_SETFD, FD_CLOEXEC);
  if (grantpt(side) == 0 && unlockpt(side) == 0 && ptsname_r(side, path, size) == 0) return side;
  int saved = errno;
  close(side);
  errno = saved;
  return -1;
}

static locale_t utf8;
static pthread_once_t utf8_once = PTHREAD_ONCE_INIT;

static void open_locale(void) { utf8 = newlocale(LC_CTYPE_MASK, "C.UTF-8", (locale_t)0); }

int cspawn_columns(uint32_t scalar) {
  pthread_once(&utf8_once, open_locale);
  locale_t before = uselocale(utf8);
  int columns = wcwidth((wchar_t)scalar);
  uselocale(before);
  return columns;
}
