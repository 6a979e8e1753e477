// KillAtCall [-z] NUMBER LOG PROGRAM [ARGUMENT...]
//
// Runs a program and kills it right before the NUMBER-th system call by which it changes files or
// starts a process, which is not followed; counted over all its threads in the order they come; 0
// kills it never. With -z it gets the signal of Ctrl-Z instead. LOG gets a line for each call: its
// number, name and file; and the line "stopped" when the program stops, which then goes on. Ends as
// the program does: with its status, or 128 and the signal that ended it; with 125 where programs
// may not be traced.

#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#ifdef __linux__
#include <sys/ptrace.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/wait.h>

typedef enum { DESCRIPTOR, FILE_DESCRIPTOR, PATH, PATH_AT, CREATION, FLAGS, FLAGS_AT } subject;

typedef struct {
  long number;
  const char *name;
  subject subject;
} call;

static const call changing[] = {
#ifdef SYS_rename
    {SYS_chmod, "chmod", PATH},
    {SYS_link, "link", PATH},
    {SYS_mkdir, "mkdir", PATH},
    {SYS_rename, "rename", PATH},
    {SYS_rmdir, "rmdir", PATH},
    {SYS_unlink, "unlink", PATH},
#endif
#ifdef SYS_renameat
    {SYS_renameat, "renameat", PATH_AT},
#endif
    {SYS_clone, "clone", FLAGS},
#ifdef SYS_clone3
    {SYS_clone3, "clone3", FLAGS_AT},
#endif
    {SYS_fallocate, "fallocate", DESCRIPTOR},
    {SYS_fchmod, "fchmod", DESCRIPTOR},
    {SYS_fchmodat, "fchmodat", PATH_AT},
    {SYS_fdatasync, "fdatasync", DESCRIPTOR},
    {SYS_fsync, "fsync", DESCRIPTOR},
    {SYS_ftruncate, "ftruncate", DESCRIPTOR},
    {SYS_linkat, "linkat", PATH_AT},
    {SYS_mkdirat, "mkdirat", PATH_AT},
    {SYS_openat, "openat", CREATION},
    {SYS_pwrite64, "pwrite64", DESCRIPTOR},
    {SYS_renameat2, "renameat2", PATH_AT},
    {SYS_unlinkat, "unlinkat", PATH_AT},
    {SYS_write, "write", FILE_DESCRIPTOR},
    {SYS_writev, "writev", FILE_DESCRIPTOR},
};

/// Reads a path of the traced program.
static void read_path(pid_t thread, unsigned long address, char *path, size_t size) {
  size_t length = 0;
  path[0] = 0;
  while (length + 1 < size) {
    // Never over the end of a page: the next one may not be there.
    size_t step = 256 - address % 256;
    if (step > size - 1 - length) step = size - 1 - length;
    struct iovec here = {path + length, step}, there = {(void *)address, step};
    if (process_vm_readv(thread, &here, 1, &there, 1, 0) != (ssize_t)step) break;
    if (memchr(path + length, 0, step)) return;
    length += step;
    address += step;
  }
  path[length] = 0;
}

/// Whether a call changes a file or starts a process; writes the file's path.
static int changes(const call *call, pid_t thread, const unsigned long long *arguments,
                   char *path, size_t size) {
  char link[64];
  unsigned long long flags = arguments[0];
  struct stat status;
  switch (call->subject) {
  case FLAGS_AT: {
    struct iovec here = {&flags, sizeof flags}, there = {(void *)(unsigned long)arguments[0], sizeof flags};
    if (process_vm_readv(thread, &here, 1, &there, 1, 0) != sizeof flags) return 0;
  }
    // fall through
  case FLAGS: path[0] = 0; return !(flags & CLONE_THREAD);
  case PATH: read_path(thread, arguments[0], path, size); return 1;
  case CREATION:
    if (!(arguments[2] & O_CREAT)) return 0;
    // fall through
  case PATH_AT: read_path(thread, arguments[1], path, size); return 1;
  case DESCRIPTOR:
  case FILE_DESCRIPTOR:
    snprintf(link, sizeof link, "/proc/%d/fd/%d", thread, (int)arguments[0]);
    ssize_t length = readlink(link, path, size - 1);
    path[length > 0 ? length : 0] = 0;
    // What goes to pipes, terminals and the test's own files is no change.
    if (call->subject == FILE_DESCRIPTOR)
      return arguments[0] > 2 && stat(link, &status) == 0 && S_ISREG(status.st_mode);
    return 1;
  }
  return 0;
}

static int run(int sent, long wanted, FILE *log, char **words) {
  pid_t process = fork();
  if (process == 0) {
    // Ctrl-Z stops no process of a group that nobody outside could wake.
    setpgid(0, 0);
    if (ptrace(PTRACE_TRACEME, 0, 0, 0) != 0) _exit(125);
    raise(SIGSTOP);
    execv(words[0], words);
    _exit(126);
  }
  int status;
  if (process < 0 || waitpid(process, &status, 0) != process || !WIFSTOPPED(status)) return 125;
  long options = PTRACE_O_TRACESYSGOOD | PTRACE_O_TRACECLONE | PTRACE_O_EXITKILL;
  if (ptrace(PTRACE_SETOPTIONS, process, 0, options) != 0) return 125;
  ptrace(PTRACE_SYSCALL, process, 0, 0);

  long count = 0;
  char path[4096];
  while (1) {
    pid_t thread = waitpid(-1, &status, __WALL);
    if (thread < 0) return 125;
    if (!WIFSTOPPED(status)) {
      if (thread != process) continue;
      return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
    }
    int signal = WSTOPSIG(status);
    if (signal == (SIGTRAP | 0x80)) {
      struct __ptrace_syscall_info info;
      signal = 0;
      if (ptrace(PTRACE_GET_SYSCALL_INFO, thread, sizeof info, &info) > 0 &&
          info.op == PTRACE_SYSCALL_INFO_ENTRY) {
        for (size_t i = 0; i < sizeof changing / sizeof *changing; i++) {
          if (changing[i].number != (long)info.entry.nr) continue;
          const unsigned long long *arguments = (const unsigned long long *)info.entry.args;
          if (!changes(&changing[i], thread, arguments, path, sizeof path)) break;
          fprintf(log, "%ld %s %s\n", ++count, changing[i].name, path);
          if (count != wanted) break;
          fflush(log);
          kill(process, sent);
        }
      }
    } else if (signal == SIGTRAP || signal == SIGSTOP) {
      // An event of the tracing, or a new thread that waits to be let go.
      signal = 0;
    } else if (signal == SIGTSTP) {
      siginfo_t information;
      // It fails once the signal has stopped the program, of which every thread tells.
      if (ptrace(PTRACE_GETSIGINFO, thread, 0, &information) != 0) {
        if (thread == process) fprintf(log, "stopped\n");
        signal = 0;
      }
    }
    ptrace(PTRACE_SYSCALL, thread, 0, signal);
  }
}
#endif

int main(int count, char **words) {
  int sent = SIGKILL;
  if (count > 1 && strcmp(words[1], "-z") == 0) {
    sent = SIGTSTP;
    words++;
    count--;
  }
  if (count < 4) return 129;
#ifdef __linux__
  FILE *log = fopen(words[2], "we");
  if (!log) return 125;
  int status = run(sent, atol(words[1]), log, words + 3);
  fclose(log);
  return status;
#else
  return 125;
#endif
}
