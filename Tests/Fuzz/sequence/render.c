// Steps as text, the same in a script and in a transcript.
#include "sequence.h"
#include "waiting.h"
#include <linux/sched.h>

const char *const namespace_names[10] = {
    "user", "mnt", "uts", "ipc", "pid", "cgroup", "net", "time", "pid_for_children", "time_for_children",
};
const unsigned namespace_flags[10] = {
    CLONE_NEWUSER, CLONE_NEWNS, CLONE_NEWUTS, CLONE_NEWIPC, CLONE_NEWPID, CLONE_NEWCGROUP, CLONE_NEWNET, CLONE_NEWTIME,
    CLONE_NEWPID, CLONE_NEWTIME,
};
static const char *const operation_names[] = {
#define X(name) #name,
    OPERATIONS(X)
#undef X
};

const char *operation_name(int op) { return op >= 0 && op < OPERATION_COUNT ? operation_names[op] : "?"; }

static void put_flags(struct text *out, uint64_t flags) {
    static const struct { uint64_t bit; const char *name; } names[] = {
        { CLONE_NEWUSER, "USER" }, { CLONE_NEWNS, "NS" }, { CLONE_NEWUTS, "UTS" }, { CLONE_NEWIPC, "IPC" },
        { CLONE_NEWPID, "PID" }, { CLONE_NEWCGROUP, "CGROUP" }, { CLONE_NEWNET, "NET" }, { CLONE_NEWTIME, "TIME" },
        { CLONE_FS, "fs" }, { CLONE_FILES, "files" }, { CLONE_SIGHAND, "sighand" }, { CLONE_VM, "vm" },
        { CLONE_THREAD, "thread" }, { CLONE_PARENT, "parent" }, { CLONE_PIDFD, "pidfd" }, { CLONE_SYSVSEM, "sysvsem" },
        { CLONE_VFORK, "vfork" },
    };
    bool any = false;
    for (unsigned i = 0; i < sizeof names / sizeof *names; i++)
        if (flags & names[i].bit) {
            put(out, "%s%s", any ? "|" : "", names[i].name);
            flags &= ~names[i].bit;
            any = true;
        }
    if (flags || !any) put(out, "%s%#lx", any ? "|" : "", (unsigned long)flags);
}

/// The text that a map-writing step writes. a[0] file, a[1] form, then triples from a[2]; count is the extents'.
void map_text(const struct step *s, char *out, size_t size, size_t *length) {
    struct text text = { out, size };
    int form = (int)s->a[1];
    static const char *const words[] = { "deny", "allow", "deny\n", "allow\n", "denyx", "", "allow \n", "x" };
    if (s->a[0] == 3) put(&text, "%s", words[form & 7]);
    else if (form == 5) put(&text, "0 0");
    else if (form == 6) put(&text, "\n");
    else if (form == 7) put(&text, "0x0 0 1\n");
    else
        for (int i = 0; i < s->count && 2 + 3 * i + 2 < 10; i++) {
            bool last = i == s->count - 1;
            put(&text, "%ld %ld %ld", (long)s->a[2 + 3 * i], (long)s->a[3 + 3 * i],
                (long)(i ? s->a[4 + 3 * i] : s->a[4]));
            if (form == 2) put(&text, " junk");
            if (form == 3 && last) put(&text, "\n");
            if (form != 1 || !last) put(&text, "\n");
        }
    *length = (size_t)(text.at - out);
}

static void put_map(struct text *out, const struct step *s) {
    char data[400];
    size_t length;
    map_text(s, data, sizeof data, &length);
    put(out, "\"");
    for (size_t i = 0; i < length; i++)
        if (data[i] == '\n') put(out, "\\n"); else put(out, "%c", data[i]);
    put(out, "\"");
}

static void put_caps(struct text *out, const char *set, uint64_t drop, uint64_t add) {
    if (drop) put(out, " %s-=%lx", set, (unsigned long)drop);
    if (add) put(out, " %s+=%lx", set, (unsigned long)add);
}

static void put_waiting(struct text *o, const struct step *s) {
#define X(name, text) text,
    static const char *const calls[] = { WAITING_CALL_NAMES(X) }, *const changes[] = { WAITING_CHANGE_NAMES(X) },
        *const ends[] = { WAITING_END_NAMES(X) };
#undef X
    put(o, "meanwhile(%s;", calls[s->a[0]]);
    for (int i = 0; i < s->count; i++) put(o, " %s;", changes[s->a[2 + i]]);
    put(o, " %s)", ends[s->a[1]]);
}

bool raw_steps;

/// KIND TARGET KEEP KEEP2 COUNT A0 A1 … without the last zeros.
static void render_raw(const struct step *s, struct text *o) {
    put(o, "%s %d %d %d %d", operation_name(s->op), s->target, s->keep, s->keep2, s->count);
    int last = 10;
    while (last > 0 && !s->a[last - 1]) last--;
    for (int i = 0; i < last; i++) put(o, " %ld", (long)s->a[i]);
}

void render(const struct step *s, char *buffer, size_t size) {
    static const char *const map_files[] = { "uid_map", "gid_map", "projid_map", "setgroups" };
    static const char *const how[] = { "fork", "clone", "clone3" };
    static const char *const ns_ioctls[] = { "?", "USERNS", "PARENT", "NSTYPE", "OWNER_UID", "MNTNS_ID",
        "PID_FROM", "TGID_FROM", "PID_IN", "TGID_IN", "?" };
    static const char *const pidfd_ioctls[] = { "?", "cgroup", "ipc", "mnt", "net", "pid", "pid_for_children", "time",
        "time_for_children", "user", "uts", "info" };
    struct text t = { buffer, size }, *o = &t;
    if (raw_steps) { render_raw(s, o); return; }
    char who[8] = "self", file[16];
    const int64_t *a = s->a;
    if (s->target >= 0) sprintf(who, "%c", 'A' + s->target);
    int index = (int)a[0];
    if (index < 0) strcpy(file, "program");
    else if (index < FILES) sprintf(file, "f%d", index);
    else if (index < FILES + COPIES) sprintf(file, "program%d", index - FILES);
    else if (index == FILES + COPIES) strcpy(file, "d");
    else sprintf(file, "n%d", (index - FILES - COPIES - 1) & 15);
    int k = s->keep, k2 = s->keep2;
    switch (s->op) {
    case OP_FORK:
        put(o, "%s(%s", how[a[1]], who);
        if (a[0]) { put(o, " "); put_flags(o, (uint64_t)a[0]); }
        if (a[0] & CLONE_PIDFD) put(o, " k%d", k);
        if (a[2]) put(o, " set_tid=%ld", (long)a[3]);
        if (a[2] > 1) put(o, ",%ld", (long)a[4]);
        if (a[5]) put(o, " size=%ld", (long)a[5]);
        put(o, ")");
        break;
    case OP_UNSHARE: put(o, "unshare("); put_flags(o, (uint64_t)a[0]); put(o, ")"); break;
    case OP_SETNS: put(o, "setns(k%d, ", k); put_flags(o, (uint64_t)a[0]); put(o, ")"); break;
    case OP_SETNS_PATH: put(o, "setns(%s/%s, ", who, namespace_names[a[0]]); put_flags(o, (uint64_t)a[1]);
        put(o, "%s)", a[2] & O_PATH ? " O_PATH" : ""); break;
    case OP_OPEN_NS: put(o, "k%d = open(%s/%s%s%s)", k, who, namespace_names[a[0]], a[2] & O_PATH ? " O_PATH" : "",
        a[2] & O_ACCMODE ? " write" : ""); break;
    case OP_READ_NS: put(o, "readlink(%s/%s)", who, namespace_names[a[0]]); break;
    case OP_OPEN_PIDFD: put(o, "k%d = pidfd_open(%s, %ld)", k, who, (long)a[0]); break;
    case OP_NS_IOCTL:
        put(o, "ioctl(k%d, NS_%s", k, ns_ioctls[a[0] <= 9 ? a[0] : 10]);
        if (a[0] == 6 || a[0] == 7) put(o, " %ld", (long)a[1]);
        if (a[0] == 8 || a[0] == 9) put(o, " %s", who);
        if (a[0] == 1 || a[0] == 2) put(o, " to k%d", k2);
        put(o, ")");
        break;
    case OP_PIDFD_IOCTL: put(o, "ioctl(k%d, PIDFD_%s %ld to k%d)", k, pidfd_ioctls[a[0]], (long)a[1], k2); break;
    case OP_WRITE_MAP:
    case OP_WRITE_SETGROUPS: put(o, "write(%s/%s, ", who, map_files[a[0]]); put_map(o, s); put(o, ")"); break;
    case OP_OPEN_MAP: put(o, "k%d = open(%s/%s, %ld)", k, who, map_files[a[0]], (long)a[1]); break;
    case OP_WRITE_MAP_FD: put(o, "write(k%d, ", k); put_map(o, s); put(o, ")"); break;
    case OP_READ_MAP:
    case OP_READ_SETGROUPS: put(o, "read(%s/%s)", who, map_files[a[0]]); break;
    case OP_READ_MAP_FD: put(o, "read(k%d)", k); break;
    case OP_SETUID: put(o, "setuid(%ld)", (long)a[0]); break;
    case OP_SETGID: put(o, "setgid(%ld)", (long)a[0]); break;
    case OP_SETREUID: put(o, "setreuid(%ld, %ld)", (long)a[0], (long)a[1]); break;
    case OP_SETREGID: put(o, "setregid(%ld, %ld)", (long)a[0], (long)a[1]); break;
    case OP_SETRESUID: put(o, "setresuid(%ld, %ld, %ld)", (long)a[0], (long)a[1], (long)a[2]); break;
    case OP_SETRESGID: put(o, "setresgid(%ld, %ld, %ld)", (long)a[0], (long)a[1], (long)a[2]); break;
    case OP_SETFSUID: put(o, "setfsuid(%ld)", (long)a[0]); break;
    case OP_SETFSGID: put(o, "setfsgid(%ld)", (long)a[0]); break;
    case OP_SETGROUPS:
        put(o, "setgroups(");
        for (int i = 0; i < s->count; i++) put(o, "%s%ld", i ? ", " : "", (long)a[i]);
        put(o, ")");
        break;
    case OP_CAPSET:
        put(o, "capset(%s", who);
        put_caps(o, "E", (uint64_t)a[0], (uint64_t)a[1]);
        put_caps(o, "P", (uint64_t)a[2], (uint64_t)a[3]);
        put_caps(o, "I", (uint64_t)a[4], (uint64_t)a[5]);
        put(o, "%s)", a[6] == 1 ? " v1" : a[6] == 2 ? " v?" : "");
        break;
    case OP_CAPGET: put(o, "capget(%s)", who); break;
    case OP_BOUND_DROP: put(o, "bset_drop(%ld)", (long)a[0]); break;
    case OP_AMBIENT: put(o, "ambient(%ld, %ld%s)", (long)a[0], (long)a[1], a[2] ? ", 1" : ""); break;
    case OP_SECUREBITS: put(o, "securebits(%#lx)", (long)a[0]); break;
    case OP_KEEPCAPS: put(o, "keepcaps(%ld)", (long)a[0]); break;
    case OP_NO_NEW_PRIVS: put(o, "no_new_privs(%ld)", (long)a[0]); break;
    case OP_DUMPABLE: put(o, "dumpable(%ld)", (long)a[0]); break;
    case OP_EXEC: put(o, "exec%s(%s)", a[1] ? "at" : "", file); break;
    case OP_CHOWN: put(o, "chown(%s, %ld, %ld)", file, (long)a[1], (long)a[2]); break;
    case OP_CHMOD: put(o, "chmod(%s, %lo)", file, (long)a[1]); break;
    case OP_STAT: put(o, "stat(%s)", file); break;
    case OP_ACCESS: put(o, "access(%s, %ld%s)", file, (long)a[1], a[2] ? ", effective" : ""); break;
    case OP_OPEN: put(o, "open(%s, %#lx%s)", file, (long)a[1], a[2] ? " write" : ""); break;
    case OP_CREATE: put(o, "create(%s, kind %ld, %lo)", file, (long)a[1], (long)a[2]); break;
    case OP_UNLINK: put(o, "%s(%s)", a[1] ? "rmdir" : "unlink", file); break;
    case OP_SET_FILECAP: put(o, "filecap(%s, v%ld P=%lx I=%lx%s root %ld)", file, (long)a[3], (long)a[1], (long)a[2],
        a[4] ? " effective" : "", (long)a[5]); break;
    case OP_GET_FILECAP: put(o, "get_filecap(%s)", file); break;
    case OP_REMOVE_FILECAP: put(o, "remove_filecap(%s)", file); break;
    case OP_KILL: put(o, "kill(%s, %ld)", who, (long)a[0]); break;
    case OP_PIDFD_KILL: put(o, "pidfd_send_signal(k%d, %ld)", k, (long)a[0]); break;
    case OP_ENVIRON: put(o, "read(%s/%s)", who, (const char *[]){ "environ", "auxv", "maps", "io" }[a[0] & 3]); break;
    case OP_STATUS: put(o, "status(%s)", who); break;
    case OP_STAT_PROC: put(o, "stat_proc(%s/%s)", who,
        (const char *[]){ "", "status", "ns", "uid_map", "environ", "fd", "ns/user" }[a[0] % 7]); break;
    case OP_PRLIMIT:
        put(o, "prlimit(%s, %s", who, a[0] ? "NOFILE" : "CORE");
        if (a[1]) put(o, ", %ld, %ld", (long)a[2], (long)a[3]);
        put(o, ")");
        break;
    case OP_GETPRIORITY: put(o, "getpriority(%s)", who); break;
    case OP_SETPRIORITY: put(o, "setpriority(%s, %ld)", who, (long)a[0]); break;
    case OP_SETHOSTNAME: put(o, "sethostname(%ld)", (long)a[0]); break;
    case OP_GETHOSTNAME: put(o, "gethostname()"); break;
    case OP_SETSID: put(o, "setsid()"); break;
    case OP_WHO: put(o, "who()"); break;
    case OP_READ_MEMORY: put(o, "process_vm_readv(%s)", who); break;
    case OP_GETFD: put(o, "pidfd_getfd(k%d, k%d)", k, k2); break;
    case OP_SEND_CREDS: put(o, "send_credentials(%s, %ld, %ld)", who, (long)a[0], (long)a[1]); break;
    case OP_CLOSE: put(o, "close(k%d)", k); break;
    case OP_EXIT: put(o, "exit(%ld)", (long)a[0]); break;
    case OP_WAIT: put(o, "wait(%s)", s->target < 0 ? "any" : who); break;
    case OP_MEANWHILE: put_waiting(o, s); break;
    default: put(o, "?");
    }
}
