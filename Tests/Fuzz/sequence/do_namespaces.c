// Steps that make, enter, open and question namespaces.
#include "sequence.h"
#include <linux/sched.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <sys/wait.h>

#define PIDFD_INFO_NUMBER 11

/// Moves a new fd to its numbered place.
static void keep_at(int fd, int keep) {
    if (fd < 0 || keep < 0) return;
    dup3(fd, KEEP_FD + keep, 0);
    close(fd);
}

/// Describes a namespace fd by its link text, which the controller turns into a name.
static void put_link(struct text *out, int fd) {
    char path[64], link[64];
    sprintf(path, "/proc/self/fd/%d", fd);
    ssize_t n = readlink(path, link, sizeof link - 1);
    if (n < 0) { put(out, "fd %s", error_name(errno)); return; }
    put(out, "fd %.*s", (int)n, link);
}

static long clone_with(const struct step *s, int *pidfd) {
    uint64_t flags = (uint64_t)s->a[0];
    int how = (int)s->a[1];
    if (how == 0) return syscall(SYS_fork);
    if (how == 1) return syscall(SYS_clone, flags | SIGCHLD, 0, pidfd, 0, 0);
    pid_t tids[2] = { (pid_t)s->a[3], (pid_t)s->a[4] };
    struct clone_args args = {
        .flags = flags, .pidfd = (uint64_t)(uintptr_t)pidfd, .exit_signal = flags & CLONE_PARENT ? 0 : SIGCHLD,
        .set_tid = s->a[2] ? (uint64_t)(uintptr_t)tids : 0, .set_tid_size = (uint64_t)s->a[2],
    };
    return syscall(SYS_clone3, &args, s->a[5] ? s->a[5] : (long)sizeof args);
}

static void do_fork(const struct step *s, struct text *out, struct reply *reply) {
    int pidfd = -1;
    long pid = clone_with(s, &pidfd);
    if (pid == 0) {
        begin_task(s->target, false);
        return;
    }
    if (pid < 0) { put_result(out, pid); return; }
    reply->created = 1;
    if ((s->a[0] & CLONE_PIDFD) && pidfd >= 0) {
        keep_at(pidfd, s->keep);
        put(out, "pidfd ");
    }
    if (own_level() > 1) put(out, "%ld", pid); else put(out, "%c", 'A' + s->target);
}

static void ns_path(const struct step *s, char *path, size_t size) {
    char rest[40];
    snprintf(rest, sizeof rest, "ns/%s", namespace_names[s->a[0]]);
    proc_path(s->target, rest, path, size);
}

static void ns_ioctl(const struct step *s, struct text *out) {
    int fd = KEEP_FD + s->keep, nr = (int)s->a[0];
    char name[8];
    if (nr == 1 || nr == 2) {
        int got = ioctl(fd, _IO(0xb7, nr));
        if (got < 0) { put_result(out, got); return; }
        put_link(out, got);
        keep_at(got, s->keep2);
    } else if (nr == 3) {
        int type = ioctl(fd, _IO(0xb7, 3));
        if (type < 0) put_result(out, type); else put(out, "%#x", type);
    } else if (nr == 4) {
        uid_t uid = 0;
        int result = ioctl(fd, _IO(0xb7, 4), &uid);
        if (result < 0) put_result(out, result); else put(out, "uid %u", uid);
    } else if (nr >= 6 && nr <= 9) {
        int arg = nr <= 7 ? (int)s->a[1] : number_of(s->target);
        // In the outermost namespace, small numbers but 1 are no task's of ours, and another's on each side.
        struct stat status;
        if (nr <= 7 && arg > 1 && fstat(fd, &status) == 0 && status.st_ino == OUTERMOST_PID_NAMESPACE) arg = ABSENT_PID;
        int got = ioctl(fd, _IOR(0xb7, nr, int), (long)arg);
        if (got < 0) put_result(out, got);
        else if (nr <= 7) put(out, "%s", name_of_number(got, name));
        else put(out, "%s", here.peers[here.slot].levels <= 1 && got == arg ? "same" : "another");
    } else {
        uint64_t id;
        int result = nr == 5 ? ioctl(fd, _IOR(0xb7, 5, uint64_t), &id) : ioctl(fd, _IO(0xb7, 0x66));
        put_result(out, result);
    }
}

struct pidfd_information {
    uint64_t mask, cgroup;
    uint32_t pid, tgid, ppid, ruid, rgid, euid, egid, suid, sgid, fsuid, fsgid;
    int32_t exit_code;
    uint32_t rest[16];
};

static void pidfd_ioctl(const struct step *s, struct text *out) {
    int fd = KEEP_FD + s->keep, nr = (int)s->a[0];
    if (nr == PIDFD_INFO_NUMBER) {
        struct pidfd_information info = { .mask = 3 };
        char a[8], b[8];
        int result = ioctl(fd, _IOC(_IOC_READ | _IOC_WRITE, 0xff, 11, 64), &info);
        if (result < 0) { put_result(out, result); return; }
        put(out, "%s of %s u=%u,%u,%u,%u g=%u,%u,%u,%u", name_of_number((int)info.pid, a),
            own_level() <= 1 ? "?" : name_of_number((int)info.ppid, b), info.ruid, info.euid, info.suid, info.fsuid,
            info.rgid, info.egid, info.sgid, info.fsgid);
        return;
    }
    int got = ioctl(fd, _IO(0xff, nr), (long)s->a[1]);
    if (got < 0) { put_result(out, got); return; }
    put_link(out, got);
    keep_at(got, s->keep2);
}

bool do_namespaces(const struct step *s, struct text *out, struct reply *reply) {
    char path[128], link[64];
    switch (s->op) {
    case OP_FORK: do_fork(s, out, reply); return true;
    case OP_UNSHARE: put_result(out, syscall(SYS_unshare, s->a[0])); return true;
    case OP_SETNS: put_result(out, syscall(SYS_setns, KEEP_FD + s->keep, (int)s->a[0])); return true;
    case OP_OPEN_NS:
    case OP_SETNS_PATH: {
        ns_path(s, path, sizeof path);
        int fd = open(path, (int)s->a[2] | O_CLOEXEC);
        if (fd < 0) { put(out, "open %s", error_name(errno)); return true; }
        if (s->op == OP_OPEN_NS) {
            put_link(out, fd);
            keep_at(fd, s->keep);
        } else {
            put_result(out, syscall(SYS_setns, fd, (int)s->a[1]));
            close(fd);
        }
        return true;
    }
    case OP_READ_NS: {
        ns_path(s, path, sizeof path);
        ssize_t n = readlink(path, link, sizeof link - 1);
        if (n < 0) put_result(out, n); else put(out, "%.*s", (int)n, link);
        return true;
    }
    case OP_OPEN_PIDFD: {
        int fd = (int)syscall(SYS_pidfd_open, number_of(s->target), (int)s->a[0]);
        if (fd < 0) put_result(out, fd); else put(out, "fd");
        keep_at(fd, s->keep);
        return true;
    }
    case OP_NS_IOCTL: ns_ioctl(s, out); return true;
    case OP_PIDFD_IOCTL: pidfd_ioctl(s, out); return true;
    default: return false;
    }
}
