/* Kills its own process at the k-th operation on the database side: on a file below the watched
 * folder, or on a socket whose other end lies there. Loaded before libc; speaks to the kernel
 * directly. Armed through shim_arm(); until then it only passes on.
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/types.h>
#include <sys/uio.h>
#include <sys/un.h>
#include <unistd.h>

enum { BEFORE, AFTER, HALF };

static char watched[4096];
static long at, count;
static int armed, mode;
static char log_[1 << 20];
static size_t logged;

void shim_watch(const char *folder) {
    snprintf(watched, sizeof watched, "%s", folder);
}

/* Count from 1; die at operation k, or only count where k is 0. */
void shim_arm(long k, int how) {
    at = k, mode = how, count = 0, logged = 0, armed = 1;
    log_[0] = 0;
}

long shim_disarm(void) {
    armed = 0;
    return count;
}

/* What was counted: a line for each operation, its name and what it was done to. */
const char *shim_log(void) {
    return log_;
}

static void die(void) {
    syscall(SYS_kill, getpid(), SIGKILL);
    for (;;) pause();
}

static int below(const char *path) {
    return watched[0] && strncmp(path, watched, strlen(watched)) == 0;
}

/* The file behind a descriptor, or the address of a socket's other end; empty for all else. */
static void name_of(int fd, char *name, size_t size) {
    char link[64];
    ssize_t n;
    name[0] = 0;
    snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
    n = syscall(SYS_readlinkat, AT_FDCWD, link, name, size - 1);
    name[n > 0 ? n : 0] = 0;
    if (strncmp(name, "socket:", 7) == 0) {
        struct sockaddr_un peer = {0};
        socklen_t length = sizeof peer - 1;
        name[0] = 0;
        if (getpeername(fd, (struct sockaddr *)&peer, &length) == 0 && peer.sun_family == AF_UNIX)
            snprintf(name, size, "%s", peer.sun_path);
    }
}

static void note(const char *what, const char *name, size_t size) {
    int n = snprintf(log_ + logged, sizeof log_ - logged, "%s %s %zu\n", what,
                     name + strlen(watched), size);
    if (n > 0 && logged + n < sizeof log_) logged += n;
}

/* Return whether this operation is the last one, dying here where it must not begin. */
static int last(const char *what, const char *name, size_t size) {
    if (!armed || !below(name)) return 0;
    note(what, name, size);
    if (++count != at) return 0;
    if (mode == BEFORE) die();
    return 1;
}

static int last_fd(const char *what, int fd, size_t size) {
    char name[4096];
    if (!armed) return 0;
    name_of(fd, name, sizeof name);
    return last(what, name, size);
}

#define DONE(result)           \
    do {                       \
        long done_ = (result); \
        if (end) die();        \
        return done_;          \
    } while (0)

/* The last write may be half a write. */
#define SIZE(size) (end && mode == HALF ? (size) / 2 : (size))

ssize_t write(int fd, const void *data, size_t size) {
    int end = last_fd("write", fd, size);
    DONE(syscall(SYS_write, fd, data, SIZE(size)));
}

ssize_t pwrite64(int fd, const void *data, size_t size, off_t offset) {
    int end = last_fd("write", fd, size);
    DONE(syscall(SYS_pwrite64, fd, data, SIZE(size), offset));
}

ssize_t pwrite(int fd, const void *data, size_t size, off_t offset) {
    return pwrite64(fd, data, size, offset);
}

ssize_t writev(int fd, const struct iovec *parts, int n) {
    int end = last_fd("writev", fd, n ? parts[0].iov_len : 0);
    DONE(syscall(SYS_writev, fd, parts, end && mode == HALF ? n / 2 : n));
}

ssize_t send(int fd, const void *data, size_t size, int flags) {
    int end = last_fd("send", fd, size);
    DONE(syscall(SYS_sendto, fd, data, SIZE(size), flags, NULL, 0));
}

ssize_t sendto(int fd, const void *data, size_t size, int flags, const struct sockaddr *to,
               socklen_t length) {
    int end = last_fd("send", fd, size);
    DONE(syscall(SYS_sendto, fd, data, SIZE(size), flags, to, length));
}

ssize_t sendmsg(int fd, const struct msghdr *message, int flags) {
    int end = last_fd("send", fd, 0);
    DONE(syscall(SYS_sendmsg, fd, message, flags));
}

int fsync(int fd) {
    int end = last_fd("sync", fd, 0);
    DONE(syscall(SYS_fsync, fd));
}

int fdatasync(int fd) {
    int end = last_fd("sync", fd, 0);
    DONE(syscall(SYS_fdatasync, fd));
}

int ftruncate64(int fd, off_t size) {
    int end = last_fd("truncate", fd, 0);
    DONE(syscall(SYS_ftruncate, fd, size));
}

int ftruncate(int fd, off_t size) {
    return ftruncate64(fd, size);
}

static int opened(int folder, const char *path, int flags, va_list rest) {
    int makes = (flags & O_CREAT) || (flags & O_TMPFILE) == O_TMPFILE;
    mode_t bits = makes ? va_arg(rest, mode_t) : 0;
    int end = (flags & O_CREAT) && last("create", path, 0);
    DONE(syscall(SYS_openat, folder, path, flags, bits));
}

#define OPENED(folder)                                \
    va_list rest;                                     \
    int fd;                                           \
    va_start(rest, flags);                            \
    fd = opened(folder, path, flags, rest);           \
    va_end(rest);                                     \
    return fd

int open(const char *path, int flags, ...) { OPENED(AT_FDCWD); }
int open64(const char *path, int flags, ...) { OPENED(AT_FDCWD); }
int openat(int folder, const char *path, int flags, ...) { OPENED(folder); }
int openat64(int folder, const char *path, int flags, ...) { OPENED(folder); }

int unlinkat(int folder, const char *path, int flags) {
    int end = last("unlink", path, 0);
    DONE(syscall(SYS_unlinkat, folder, path, flags));
}

int unlink(const char *path) {
    return unlinkat(AT_FDCWD, path, 0);
}

int renameat(int from, const char *path, int to, const char *wanted) {
    int end = last("rename", path, 0);
    DONE(syscall(SYS_renameat2, from, path, to, wanted, 0));
}

int rename(const char *path, const char *wanted) {
    return renameat(AT_FDCWD, path, AT_FDCWD, wanted);
}
