// Preloaded: the clock of a machine that was suspended. It is ahead by as many seconds as the file
// that AHEAD names says, with 20 digits; as on Linux, the monotonic clock is not.
#define _GNU_SOURCE
#include <fcntl.h>
#include <stdlib.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

static int ahead = -1;

__attribute__((constructor)) static void begin(void) {
  const char *path = getenv("AHEAD");
  if (path) ahead = open(path, O_RDONLY | O_CLOEXEC);
}

static time_t seconds_ahead(void) {
  char digits[21] = {0};
  return pread(ahead, digits, 20, 0) == 20 ? (time_t)atol(digits) : 0;
}

int clock_gettime(clockid_t clock, struct timespec *moment) {
  int status = (int)syscall(SYS_clock_gettime, clock, moment);
  if (status == 0 && clock == CLOCK_REALTIME) moment->tv_sec += seconds_ahead();
  return status;
}

time_t time(time_t *result) {
  struct timespec moment = {0};
  clock_gettime(CLOCK_REALTIME, &moment);
  if (result) *result = moment.tv_sec;
  return moment.tv_sec;
}

int gettimeofday(struct timeval *restrict moment, void *restrict zone) {
  (void)zone;
  struct timespec now = {0};
  int status = clock_gettime(CLOCK_REALTIME, &now);
  moment->tv_sec = now.tv_sec;
  moment->tv_usec = now.tv_nsec / 1000;
  return status;
}
