// Helpers for conformance fixtures. A fixture prints what it saw; the transcript has to be the same on Linux and under
// nsentry, so print relations, booleans, results and errno names, never pids, inode numbers or times.
#pragma once
#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif
#include <arpa/inet.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/capability.h>
#include <linux/securebits.h>
#include <poll.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/sysmacros.h>
#include <sys/statvfs.h>
#include <sys/time.h>
#include <sys/types.h>
#include <sys/uio.h>
#include <sys/utsname.h>
#include <sys/vfs.h>
#include <sys/wait.h>
#include <sys/xattr.h>
#include <time.h>
#include <unistd.h>

#ifndef CLONE_NEWTIME
#define CLONE_NEWTIME 0x80
#endif
#ifndef PIDFD_THREAD
#define PIDFD_THREAD O_EXCL
#endif
#ifndef P_PIDFD
#define P_PIDFD 3
#endif
#ifndef SYS_clone3
#define SYS_clone3 435
#endif
#ifndef SYS_pidfd_open
#define SYS_pidfd_open 434
#endif
#ifndef SYS_pidfd_getfd
#define SYS_pidfd_getfd 438
#endif
#ifndef SYS_pidfd_send_signal
#define SYS_pidfd_send_signal 424
#endif

// nsfs and pidfd requests, by number: the headers of older distributions lack most of them.
#define NSFS_USERNS 0xb701
#define NSFS_PARENT 0xb702
#define NSFS_NSTYPE 0xb703
#define NSFS_OWNER_UID 0xb704
#define PIDFD_NS(n) (0xff00 + (n))
enum { PIDFD_CGROUP = 1, PIDFD_IPC, PIDFD_MNT, PIDFD_NET, PIDFD_PID, PIDFD_PID_CHILDREN, PIDFD_TIME,
       PIDFD_TIME_CHILDREN, PIDFD_USER, PIDFD_UTS };

// ---- printing: one write a line, so that lines of several processes never mix and nothing is buffered over fork.

__attribute__((format(printf, 1, 2))) static inline void say(const char *format, ...) {
    char line[4096];
    va_list list;
    va_start(list, format);
    int length = vsnprintf(line, sizeof line - 1, format, list);
    va_end(list);
    if (length > (int)sizeof line - 2) length = sizeof line - 2;
    line[length++] = '\n';
    if (write(1, line, length) != length) _exit(99);
}
static inline const char *errno_text(int e) {
    const char *name = strerrorname_np(e);
    return name ? name : "E?";
}
static inline long show_result(const char *label, long result) {
    if (result == -1 && errno) say("%s: -1 %s", label, errno_text(errno));
    else say("%s: %ld", label, result);
    return result;
}
static inline long ok_result(const char *label, long result) {
    if (result == -1) say("%s: -1 %s", label, errno_text(errno));
    else say("%s: ok", label);
    return result;
}
/// Prints the call's result, or -1 with the errno's name.
#define show(label, call) show_result((label), (errno = 0, (long)(call)))
/// As show, for calls whose good result differs by nature (a pid, an address).
#define ok(label, call) ok_result((label), (errno = 0, (long)(call)))
#define yes(label, condition) say("%s: %s", (label), (condition) ? "yes" : "no")
/// A step that must work for the fixture to make sense.
#define must(call) \
    ({ errno = 0; long must_ = (long)(call); \
       if (must_ == -1) { say("line %d: %s: %s", __LINE__, #call, errno_text(errno)); _exit(98); } must_; })

// ---- children

static inline void report_status(const char *who, int status) {
    if (WIFSIGNALED(status)) say("%s killed by SIG%s", who, sigabbrev_np(WTERMSIG(status)));
    else if (WIFEXITED(status) && WEXITSTATUS(status)) say("%s exited %d", who, WEXITSTATUS(status));
}
static inline int wait_status(pid_t pid) {
    int status = 0;
    while (waitpid(pid, &status, __WALL) == -1)
        if (errno != EINTR) { say("wait: %s", errno_text(errno)); return -1; }
    return status;
}
static inline void reap(pid_t pid) { report_status("child", wait_status(pid)); }
static inline int child_start(void) {
    pid_t pid = fork();
    if (pid == 0) return 1;
    if (pid == -1) say("fork: %s", errno_text(errno));
    else reap(pid);
    return 0;
}
/// CHILD { … }: runs the block in a forked child and waits; prints a bad end.
#define CHILD for (int in_child_ = child_start(); in_child_; _exit(0))
/// SPAWN(pid) { … }: runs the block in a forked child, without waiting.
#define SPAWN(pid) for (int in_child_ = ((pid) = must(fork())) == 0; in_child_; _exit(0))

/// A gate holds one process until another opens it (a pipe, counted).
struct gate { int fds[2]; };
static inline struct gate gate_new(void) {
    struct gate gate;
    must(pipe2(gate.fds, O_CLOEXEC));
    return gate;
}
static inline void gate_open(struct gate gate) { must(write(gate.fds[1], "", 1)); }
static inline void gate_wait(struct gate gate) {
    char byte;
    // Who should open it may have failed: do not hang for that.
    struct timespec limit = {5, 0};
    int ready;
    while ((ready = ppoll(&(struct pollfd){gate.fds[0], POLLIN, 0}, 1, &limit, NULL)) == -1 && errno == EINTR) {}
    if (ready == 0) { say("a gate was never opened"); _exit(97); }
    while (read(gate.fds[0], &byte, 1) == -1 && errno == EINTR) {}
}

// ---- files

static inline char *format_path(const char *format, ...) {
    static char paths[256][1024];
    static int next;
    char *path = paths[next++ % 256];
    va_list list;
    va_start(list, format);
    vsnprintf(path, 1024, format, list);
    va_end(list);
    return path;
}
/// Creates or truncates a file with a text and mode.
static inline void make_file(const char *path, const char *text, mode_t mode) {
    int fd = must(open(path, O_CREAT | O_TRUNC | O_WRONLY | O_CLOEXEC, 0600));
    must(write(fd, text, strlen(text)));
    must(fchmod(fd, mode));
    close(fd);
}
/// Writes a control file; what failed, opening or writing, can be told from `put_failed`.
static const char *put_failed;
static inline long put_bytes(const char *path, const void *bytes, size_t size) {
    int fd = open(path, O_WRONLY | O_CLOEXEC);
    put_failed = "open";
    if (fd == -1) return -1;
    put_failed = "write";
    long result = write(fd, bytes, size);
    int e = errno;
    close(fd);
    errno = e;
    return result;
}
static inline long put(const char *path, const char *text) { return put_bytes(path, text, strlen(text)); }
/// Writes a control file and prints "label: bytes", "label: open ERRNO" or "label: write ERRNO".
static inline long show_put(const char *label, const char *path, const char *text) {
    long result = put(path, text);
    if (result == -1) say("%s: %s %s", label, put_failed, errno_text(errno));
    else say("%s: %ld", label, result);
    return result;
}
/// The file's text, or "!ERRNO".
static inline char *get(const char *path) {
    static char texts[4][16384];
    static int next;
    char *text = texts[next++ % 4];
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd == -1) { sprintf(text, "!%s", errno_text(errno)); return text; }
    size_t length = 0;
    for (;;) {
        long got = read(fd, text + length, 16383 - length);
        if (got == -1) { sprintf(text, "!read %s", errno_text(errno)); close(fd); return text; }
        if (got == 0) break;
        length += got;
    }
    text[length] = 0;
    close(fd);
    return text;
}
/// Prints a file's text with runs of blanks made one and newlines shown as "/".
static inline void show_text(const char *label, const char *text) {
    char out[2048];
    size_t n = 0;
    bool blank = false;
    for (; *text && n < sizeof out - 4; text++) {
        if (*text == ' ' || *text == '\t') { blank = true; continue; }
        if (blank && n && *text != '\n') out[n++] = ' ';
        blank = false;
        out[n++] = *text == '\n' ? '/' : *text;
    }
    out[n] = 0;
    say("%s: %s", label, out);
}
#define show_file(label, path) show_text((label), get(path))
/// The line of a status-like file that starts with `name:`.
static inline char *field(const char *path, const char *name) {
    static char lines[4][1024];
    static int next;
    char *line = lines[next++ % 4];
    char *text = get(path);
    snprintf(line, 1024, "(no %s)", name);
    size_t length = strlen(name);
    for (char *at = text; at && *at; at = strchr(at, '\n') ? strchr(at, '\n') + 1 : NULL)
        if (!strncmp(at, name, length) && at[length] == ':') {
            snprintf(line, 1024, "%.*s", (int)strcspn(at, "\n"), at);
            break;
        }
    return line;
}
#define show_field(label, path, name) show_text((label), field((path), (name)))
static inline void copy_file(const char *from, const char *to, mode_t mode) {
    int in = must(open(from, O_RDONLY | O_CLOEXEC)), out = must(open(to, O_CREAT | O_TRUNC | O_WRONLY | O_CLOEXEC, 0700));
    char buffer[65536];
    long got;
    while ((got = must(read(in, buffer, sizeof buffer))) > 0) must(write(out, buffer, got));
    must(fchmod(out, mode));
    close(in);
    close(out);
}

// ---- identity

static inline unsigned long long status_hex(const char *name) {
    const char *line = field("/proc/thread-self/status", name);
    const char *at = strchr(line, ':');
    return at ? strtoull(at + 1, NULL, 16) : 0;
}
static inline void show_uids(const char *label) {
    uid_t r, e, s;
    getresuid(&r, &e, &s);
    say("%s: uid %u %u %u fs %d", label, r, e, s, (int)syscall(SYS_setfsuid, -1));
}
static inline void show_gids(const char *label) {
    gid_t r, e, s;
    getresgid(&r, &e, &s);
    say("%s: gid %u %u %u fs %d", label, r, e, s, (int)syscall(SYS_setfsgid, -1));
}
static inline void show_groups(const char *label) {
    gid_t groups[64];
    char text[1024] = "";
    int count = getgroups(64, groups);
    for (int i = 0; i < count; i++) sprintf(text + strlen(text), " %u", groups[i]);
    say("%s: %d groups%s", label, count, text);
}
struct caps { struct __user_cap_header_struct header; struct __user_cap_data_struct data[2]; };
static inline struct caps caps_get(void) {
    struct caps caps = {.header = {_LINUX_CAPABILITY_VERSION_3, 0}};
    must(syscall(SYS_capget, &caps.header, caps.data));
    return caps;
}
static inline long caps_set(uint64_t permitted, uint64_t effective, uint64_t inheritable) {
    struct caps caps = {.header = {_LINUX_CAPABILITY_VERSION_3, 0}};
    for (int i = 0; i < 2; i++)
        caps.data[i] = (struct __user_cap_data_struct){effective >> 32 * i, permitted >> 32 * i, inheritable >> 32 * i};
    return syscall(SYS_capset, &caps.header, caps.data);
}
static inline uint64_t caps_permitted(void) {
    struct caps caps = caps_get();
    return caps.data[0].permitted | (uint64_t)caps.data[1].permitted << 32;
}
static inline uint64_t caps_effective(void) {
    struct caps caps = caps_get();
    return caps.data[0].effective | (uint64_t)caps.data[1].effective << 32;
}
static inline uint64_t caps_inheritable(void) {
    struct caps caps = caps_get();
    return caps.data[0].inheritable | (uint64_t)caps.data[1].inheritable << 32;
}
#define BIT(cap) (1ULL << (cap))
#define ALL_CAPS ((1ULL << 41) - 1)
/// Removes one capability from the effective set only, or from permitted and effective.
static inline void lower_effective(int cap) {
    must(caps_set(caps_permitted(), caps_effective() & ~BIT(cap), caps_inheritable()));
}
static inline void drop_cap(int cap) {
    must(caps_set(caps_permitted() & ~BIT(cap), caps_effective() & ~BIT(cap), caps_inheritable()));
}
static inline void raise_effective(int cap) {
    must(caps_set(caps_permitted(), caps_effective() | BIT(cap), caps_inheritable()));
}
static inline uint64_t caps_bounding(void) {
    uint64_t set = 0;
    for (int i = 0; i <= 40; i++) if (prctl(PR_CAPBSET_READ, i) == 1) set |= BIT(i);
    return set;
}
static inline uint64_t caps_ambient(void) {
    uint64_t set = 0;
    for (int i = 0; i <= 40; i++) if (prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_IS_SET, i, 0, 0) == 1) set |= BIT(i);
    return set;
}
static inline void show_caps(const char *label) {
    say("%s: P %llx E %llx I %llx B %llx A %llx", label, (unsigned long long)caps_permitted(),
        (unsigned long long)caps_effective(), (unsigned long long)caps_inheritable(),
        (unsigned long long)caps_bounding(), (unsigned long long)caps_ambient());
}
/// Becomes an ordinary user for good: all ids, no groups, no capabilities; dumpable again, as after an exec.
static inline void become(uid_t uid, gid_t gid) {
    if (geteuid() == 0) must(syscall(SYS_setgroups, 0, NULL));
    must(syscall(SYS_setresgid, gid, gid, gid));
    must(syscall(SYS_setresuid, uid, uid, uid));
    must(prctl(PR_SET_DUMPABLE, 1, 0, 0, 0));
}

// ---- namespaces

/// The number of a process's namespace, 0 when it cannot be seen. `pid` 0 is oneself.
static inline ino_t ns_number(pid_t pid, const char *name) {
    struct stat st;
    char path[64];
    if (pid) sprintf(path, "/proc/%d/ns/%s", pid, name);
    else sprintf(path, "/proc/thread-self/ns/%s", name);
    return stat(path, &st) == -1 ? 0 : st.st_ino;
}
static inline int ns_open(pid_t pid, const char *name) {
    char path[64];
    if (pid) sprintf(path, "/proc/%d/ns/%s", pid, name);
    else sprintf(path, "/proc/thread-self/ns/%s", name);
    return open(path, O_RDONLY | O_CLOEXEC);
}
static inline bool same_file(int a, int b) {
    struct stat x, y;
    return fstat(a, &x) == 0 && fstat(b, &y) == 0 && x.st_dev == y.st_dev && x.st_ino == y.st_ino;
}
static inline int pidfd_of(pid_t pid) { return syscall(SYS_pidfd_open, pid, 0); }

/// Writes a process's maps from outside: gid map after "deny" when the writer is not privileged. NULL leaves a map out.
static inline void map_process(pid_t pid, const char *uids, const char *gids) {
    if (uids) must(put(format_path("/proc/%d/uid_map", pid), uids));
    if (gids) {
        if (geteuid() != 0) must(put(format_path("/proc/%d/setgroups", pid), "deny"));
        must(put(format_path("/proc/%d/gid_map", pid), gids));
    }
}
/// "INSIDE <own id> 1": the map line that anybody may write for themselves.
static inline char *own_uid_at(unsigned inside) { return format_path("%u %u 1", inside, geteuid()); }
static inline char *own_gid_at(unsigned inside) { return format_path("%u %u 1", inside, getegid()); }

/// Forks a child that is in a new user namespace (and others, by `flags`) with these maps when this returns 0 in it.
static inline pid_t spawn_in_userns(int flags, const char *uids, const char *gids) {
    struct gate made = gate_new(), mapped = gate_new();
    pid_t pid = must(fork());
    if (pid == 0) {
        must(unshare(CLONE_NEWUSER | flags));
        gate_open(made);
        gate_wait(mapped);
    } else {
        gate_wait(made);
        map_process(pid, uids, gids);
        gate_open(mapped);
    }
    for (int i = 0; i < 2; i++) { close(made.fds[i]); close(mapped.fds[i]); }
    return pid;
}
static inline int userns_child_start(int flags, const char *uids, const char *gids) {
    pid_t pid = spawn_in_userns(flags, uids, gids);
    if (pid == 0) return 1;
    reap(pid);
    return 0;
}
/// USERNS_CHILD(flags, uid map, gid map) { … }: as CHILD, in a new user namespace.
#define USERNS_CHILD(flags, uids, gids) \
    for (int in_child_ = userns_child_start((flags), (uids), (gids)); in_child_; _exit(0))
#define SPAWN_IN_USERNS(pid, flags, uids, gids) \
    for (int in_child_ = ((pid) = spawn_in_userns((flags), (uids), (gids))) == 0; in_child_; _exit(0))

// ---- running oneself again, to look at what exec does

#include <sys/auxv.h>
static inline long getauxval_secure(void) { return getauxval(AT_SECURE); }
/// Runs `path` with one argument and waits.
static inline void run(const char *path, const char *argument) {
    CHILD {
        char *argv[] = {(char *)path, (char *)argument, NULL}, *environment[] = {NULL};
        execve(path, argv, environment);
        say("exec: %s", errno_text(errno));
    }
}
