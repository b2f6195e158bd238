// The calls of the new mount API.
#include "mounts.h"
#include <linux/mount.h>
#include <linux/stat.h>
#include <sys/stat.h>

enum { OPEN_TREE = 428, MOVE_MOUNT = 429, FSOPEN = 430, FSCONFIG = 431, FSMOUNT = 432, FSPICK = 433, SETATTR = 442,
    STATMOUNT = 457, LISTMOUNT = 458, CREATE = 6, RECONFIGURE = 7, FLAG = 0, STRING = 1 };

static int tree_flags(const struct step *s) { return s->from >= KEPT_ITSELF ? AT_EMPTY_PATH : 0; }

static void put_open_tree(struct text *out, const struct step *s) {
    const char *path;
    int base = base_of(s->from, &path);
    keep_fd(out, s->keep, (int)syscall(OPEN_TREE, base, path, s->flags | O_CLOEXEC | (unsigned)tree_flags(s)));
}

static void put_move_mount(struct text *out, const struct step *s) {
    const char *from, *to;
    int from_base = base_of(s->from, &from), to_base = base_of(s->to, &to);
    unsigned flags = (unsigned)s->flags;
    if (s->from >= KEPT_ITSELF) flags |= 4;     // MOVE_MOUNT_F_EMPTY_PATH
    if (s->to >= KEPT_ITSELF) flags |= 0x40;    // MOVE_MOUNT_T_EMPTY_PATH
    put_result(out, syscall(MOVE_MOUNT, from_base, from, to_base, to, flags));
}

static void put_setattr(struct text *out, const struct step *s) {
    const char *path;
    int base = base_of(s->to, &path);
    // The lower half is what is set, the upper what is cleared; the propagation type stands in flags.
    uint64_t attributes[4] = { s->more & 0xffffffff, s->more >> 32, s->flags & ~(uint64_t)AT_RECURSIVE, 0 };
    unsigned flags = (unsigned)(s->flags & AT_RECURSIVE) | (s->to >= KEPT_ITSELF ? AT_EMPTY_PATH : 0);
    put_result(out, syscall(SETATTR, base, path, flags, attributes, sizeof attributes));
}

/// A context from beginning to end; the mount, attached nowhere, is kept.
static void put_fsmount(struct text *out, const struct step *s) {
    int context = (int)syscall(FSOPEN, types[s->other], 1);
    if (context < 0) { put(out, "fsopen "); put_result(out, -1); return; }
    if (s->flags & 1 && syscall(FSCONFIG, context, STRING, "source", "api", 0) < 0) put(out, "source %s ", error_name(errno));
    if (s->flags & 2 && syscall(FSCONFIG, context, FLAG, "ro", NULL, 0) < 0) put(out, "ro %s ", error_name(errno));
    if (syscall(FSCONFIG, context, CREATE, NULL, NULL, 0) < 0) put(out, "create %s ", error_name(errno));
    int fd = (int)syscall(FSMOUNT, context, 1, (unsigned)s->more);
    int error = errno;
    close(context);
    errno = error;
    if (fd >= 0 && s->flags & 4) {
        mkdirat(fd, "x", 0755);
        mkdirat(fd, "y", 0755);
        mkdirat(fd, "a", 0755);
    }
    keep_fd(out, s->keep, fd);
}

static void put_fspick(struct text *out, const struct step *s) {
    if (is_everybodys(path_of(s->to))) { put(out, "not tried"); return; }
    int context = (int)syscall(FSPICK, AT_FDCWD, path_of(s->to), 1);
    if (context < 0) { put_result(out, -1); return; }
    if (syscall(FSCONFIG, context, FLAG, s->flags ? "ro" : "rw", NULL, 0) < 0) put(out, "flag %s ", error_name(errno));
    put_result(out, syscall(FSCONFIG, context, RECONFIGURE, NULL, NULL, 0));
    close(context);
}

static uint64_t unique_id(const struct step *s, long *result) {
    struct statx st = { 0 };
    const char *path;
    int base = base_of(s->to, &path);
    *result = syscall(SYS_statx, base, path, s->to >= KEPT_ITSELF ? AT_EMPTY_PATH : 0, 0x4000 /* STATX_MNT_ID_UNIQUE */, &st);
    return st.stx_mnt_id;
}

struct request { uint32_t size, spare; uint64_t id, parameter; };

/// The fields of struct statmount that are no numbers of this machine's.
static void put_statmount(struct text *out, const struct step *s) {
    long result;
    static uint64_t answer[2048];
    struct request request = { .size = 24, .id = unique_id(s, &result), .parameter = s->more };
    if (result < 0) { put(out, "statx "); put_result(out, -1); return; }
    memset(answer, 0, sizeof answer);
    result = syscall(STATMOUNT, &request, answer, sizeof answer, 0);
    put_result(out, result);
    if (result < 0) return;
    const uint32_t *words = (const uint32_t *)(const void *)answer;
    const char *strings = (const char *)answer + 512;
    put(out, " mask %#lx", (unsigned long)answer[1]);
    if (answer[1] & 1) put(out, " magic %#lx sb %#x", (unsigned long)answer[3], words[8]);
    if (answer[1] & 2) put(out, " attributes %#lx propagation %#lx%s%s", (unsigned long)answer[8], (unsigned long)answer[9],
        answer[10] ? " peers" : "", answer[11] ? " master" : "");
    if (answer[1] & 8 && !strchr(strings + words[26], '[')) put(out, " root %s", strings + words[26]);
    if (answer[1] & 16) put(out, " point %s", strings + words[27]);
    if (answer[1] & 32) put(out, " type %s", strings + words[9]);
}

static void put_listmount(struct text *out, const struct step *s) {
    long result;
    static uint64_t ids[256];
    struct request request = { .size = 24, .id = unique_id(s, &result) };
    if (s->flags & 1) request.id = UINT64_MAX;
    if (result < 0) { put(out, "statx "); put_result(out, -1); return; }
    put_result(out, syscall(LISTMOUNT, &request, ids, 256, s->flags & 2 ? 1 : 0));
}

bool do_api(const struct step *s, struct text *out) {
    switch (s->op) {
    case OP_OPEN_TREE: put_open_tree(out, s); return true;
    case OP_MOVE_MOUNT: put_move_mount(out, s); return true;
    case OP_SETATTR: put_setattr(out, s); return true;
    case OP_FSMOUNT: put_fsmount(out, s); return true;
    case OP_FSPICK: put_fspick(out, s); return true;
    case OP_STATMOUNT: put_statmount(out, s); return true;
    case OP_LISTMOUNT: put_listmount(out, s); return true;
    }
    return false;
}
