// Steps of one task on another: signals, limits, priority, /proc, memory, credentials over a socket, exit and wait.
#include "sequence.h"
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <sys/wait.h>

const uint32_t magic_word = 0x6e736679;

static void put_status(const struct step *s, struct text *out) {
    static const char *const lines[] = {
        "Uid:", "Gid:", "Groups:", "CapInh:", "CapPrm:", "CapEff:", "CapBnd:", "CapAmb:", "NoNewPrivs:",
    };
    char path[64], data[4096];
    proc_path(s->target, "status", path, sizeof path);
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0) { put_result(out, fd); return; }
    ssize_t n = read(fd, data, sizeof data - 1);
    close(fd);
    if (n < 0) { put(out, "read %s", error_name(errno)); return; }
    data[n] = 0;
    for (unsigned i = 0; i < sizeof lines / sizeof *lines; i++) {
        char *at = strstr(data, lines[i]);
        if (!at) continue;
        put(out, "%s", i ? " " : "");
        for (; *at && *at != '\n'; at++) put(out, "%c", *at == '\t' ? ' ' : *at);
    }
}

static void read_environment(const struct step *s, struct text *out) {
    char path[64], data[64];
    static const char *const files[] = { "environ", "auxv", "maps", "io" };
    proc_path(s->target, files[s->a[0]], path, sizeof path);
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0) { put_result(out, fd); return; }
    ssize_t n = read(fd, data, sizeof data);
    if (n < 0) put(out, "read %s", error_name(errno)); else put(out, "%s", n ? "text" : "empty");
    close(fd);
}

static void stat_proc(const struct step *s, struct text *out) {
    static const char *const rests[] = { "", "status", "ns", "uid_map", "environ", "fd", "ns/user" };
    char path[64];
    struct stat st;
    proc_path(s->target, rests[s->a[0]], path, sizeof path);
    if (lstat(path, &st) < 0) put_result(out, -1); else put(out, "%o %u:%u", st.st_mode, st.st_uid, st.st_gid);
}

static void limit(const struct step *s, struct text *out) {
    int resource = s->a[0] ? RLIMIT_NOFILE : RLIMIT_CORE;
    struct rlimit old = { 0 }, new = { (rlim_t)s->a[2], (rlim_t)s->a[3] };
    int result = prlimit(number_of(s->target), resource, s->a[1] ? &new : NULL, &old);
    if (result < 0) put_result(out, result); else put(out, "%ld %ld", (long)old.rlim_cur, (long)old.rlim_max);
}

static void send_credentials(const struct step *s, struct text *out) {
    int pair[2], on = 1;
    if (socketpair(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0, pair) < 0) { put_result(out, -1); return; }
    setsockopt(pair[1], SOL_SOCKET, SO_PASSCRED, &on, sizeof on);
    char byte = 'x', control[CMSG_SPACE(sizeof(struct ucred))] = { 0 };
    struct iovec vector = { &byte, 1 };
    struct msghdr message = { .msg_iov = &vector, .msg_iovlen = 1, .msg_control = control,
                              .msg_controllen = sizeof control };
    struct cmsghdr *header = CMSG_FIRSTHDR(&message);
    *header = (struct cmsghdr){ CMSG_LEN(sizeof(struct ucred)), SOL_SOCKET, SCM_CREDENTIALS };
    struct ucred sent = { s->target == NOBODY ? getpid() : number_of(s->target), (uid_t)s->a[0], (gid_t)s->a[1] };
    memcpy(CMSG_DATA(header), &sent, sizeof sent);
    if (sendmsg(pair[0], &message, 0) < 0) put_result(out, -1);
    else {
        struct ucred got = { 0 };
        message.msg_controllen = sizeof control;
        char name[16];
        if (recvmsg(pair[1], &message, MSG_DONTWAIT) < 0) put(out, "recv %s", error_name(errno));
        else {
            header = CMSG_FIRSTHDR(&message);
            if (header) memcpy(&got, CMSG_DATA(header), sizeof got);
            put(out, "%s %u:%u", header ? name_of_number(got.pid, name) : "nothing", got.uid, got.gid);
        }
    }
    close(pair[0]);
    close(pair[1]);
}

static void who(struct text *out) {
    char a[16];
    pid_t pid = getpid(), parent = getppid(), session = getsid(0);
    put(out, "%s", name_of_number(pid, a));
    put(out, " of %s", name_of_number(parent, a));
    put(out, " session %s", session == pid ? "own" : session ? "other" : "0");
}

static void wait_for(const struct step *s, struct text *out) {
    char name[16];
    siginfo_t info = { 0 };
    int type = s->target == NOBODY ? P_ALL : P_PID;
    int result = (int)syscall(SYS_waitid, type, number_of(s->target), &info, WEXITED | WNOHANG, NULL);
    if (result < 0) { put_result(out, result); return; }
    if (!info.si_pid) { put(out, "none"); return; }
    put(out, "%s code %d status %d uid %u", name_of_number(info.si_pid, name), info.si_code, info.si_status,
        info.si_uid);
}

static void read_memory(const struct step *s, struct text *out) {
    uint32_t word = 0;
    struct iovec local = { &word, 4 }, remote = { (void *)(uintptr_t)&magic_word, 4 };
    long n = process_vm_readv(number_of(s->target), &local, 1, &remote, 1, 0);
    if (n < 0) put_result(out, n); else put(out, "%ld %s", n, word == magic_word ? "right" : "wrong");
}

bool do_processes(const struct step *s, struct text *out) {
    char name[80];
    int fd;
    switch (s->op) {
    case OP_KILL: put_result(out, syscall(SYS_kill, number_of(s->target), (int)s->a[0])); return true;
    case OP_PIDFD_KILL:
        put_result(out, syscall(SYS_pidfd_send_signal, KEEP_FD + s->keep, (int)s->a[0], NULL, 0));
        return true;
    case OP_ENVIRON: read_environment(s, out); return true;
    case OP_STATUS: put_status(s, out); return true;
    case OP_STAT_PROC: stat_proc(s, out); return true;
    case OP_PRLIMIT: limit(s, out); return true;
    case OP_GETPRIORITY: put_result(out, syscall(SYS_getpriority, PRIO_PROCESS, number_of(s->target))); return true;
    case OP_SETPRIORITY:
        put_result(out, syscall(SYS_setpriority, PRIO_PROCESS, number_of(s->target), (int)s->a[0]));
        return true;
    case OP_SETHOSTNAME: put_result(out, sethostname("abcdefgh", (size_t)s->a[0])); return true;
    case OP_GETHOSTNAME:
        if (gethostname(name, sizeof name) < 0) put_result(out, -1); else put(out, "%s", name);
        return true;
    case OP_SETSID: {
        long sid = syscall(SYS_setsid);
        if (sid < 0) put_result(out, sid); else put(out, "%s", name_of_number((int)sid, name));
        return true;
    }
    case OP_WHO: who(out); return true;
    case OP_READ_MEMORY: read_memory(s, out); return true;
    case OP_GETFD:
        fd = (int)syscall(SYS_pidfd_getfd, KEEP_FD + s->keep, KEEP_FD + s->keep2, 0);
        put(out, "%s", fd < 0 ? error_name(errno) : "fd");
        if (fd >= 0) close(fd);
        return true;
    case OP_SEND_CREDS: send_credentials(s, out); return true;
    case OP_CLOSE: put_result(out, close(KEEP_FD + s->keep)); return true;
    case OP_EXIT: put(out, "exits"); return true;
    case OP_WAIT: wait_for(s, out); return true;
    default: return false;
    }
}
