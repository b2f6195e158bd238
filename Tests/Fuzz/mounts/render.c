// Steps as text, the same in a script and in a transcript.
#include "mounts.h"

const char *const types[] = { "tmpfs", "ramfs", "proc", "mqueue", "devpts", "nonsense" };
const int type_count = 6;

static const char *const operation_names[] = {
#define X(name) #name,
    OPERATIONS(X)
#undef X
};

const char *operation_name(int op) { return op >= 0 && op < OPERATION_COUNT ? operation_names[op] : "?"; }

struct flag { uint64_t bit; const char *name; };

static void put_flags(struct text *out, uint64_t flags, const struct flag *names) {
    bool any = false;
    for (; names->bit; names++)
        if ((flags & names->bit) == names->bit) {
            put(out, "%s%s", any ? "|" : "", names->name);
            flags &= ~names->bit;
            any = true;
        }
    if (flags || !any) put(out, "%s%#lx", any ? "|" : "", (unsigned long)flags);
}

static const struct flag mount_flags[] = {
    { MS_RDONLY, "RDONLY" }, { MS_NOSUID, "NOSUID" }, { MS_NODEV, "NODEV" }, { MS_NOEXEC, "NOEXEC" },
    { MS_NOATIME, "NOATIME" }, { MS_NODIRATIME, "NODIRATIME" }, { MS_RELATIME, "RELATIME" },
    { MS_STRICTATIME, "STRICTATIME" }, { 256, "NOSYMFOLLOW" }, { MS_REC, "REC" }, { MS_SHARED, "SHARED" },
    { MS_SLAVE, "SLAVE" }, { MS_PRIVATE, "PRIVATE" }, { MS_UNBINDABLE, "UNBINDABLE" }, { MS_SILENT, "SILENT" }, { 0, NULL } };
static const struct flag umount_flags[] = {
    { MNT_FORCE, "FORCE" }, { MNT_DETACH, "DETACH" }, { MNT_EXPIRE, "EXPIRE" }, { UMOUNT_NOFOLLOW, "NOFOLLOW" }, { 0, NULL } };
static const struct flag clone_flags[] = { { CLONE_NEWUSER, "USER" }, { CLONE_NEWNS, "NS" }, { 0, NULL } };
static const struct flag tree_flags[] = { { 1, "CLONE" }, { 0x8000, "RECURSIVE" }, { 0, NULL } };
static const struct flag move_flags[] = {
    { 1, "F_SYMLINKS" }, { 0x10, "T_SYMLINKS" }, { 0x100, "SET_GROUP" }, { 0x200, "BENEATH" }, { 0, NULL } };

static void put_path(struct text *out, int place) {
    if (place >= KEPT_ITSELF) put(out, "k%d", place - KEPT_ITSELF);
    else if (place >= KEPT) put(out, "fd/k%d", place - KEPT);
    else put(out, "%s", places[place]);
}

void render(const struct step *s, char *buffer, size_t size) {
    static const char *const opens[] = { "PATH", "RDONLY", "WRONLY", "PATH|NOFOLLOW", "DIRECTORY", "RDWR|CREAT" };
    static const char *const options[] = { "", " mode=750", " size=64k", " nonsense", " ro", " mode=711,size=32k" };
    static const char *const names[] = {
        [OP_MOUNT] = "mount", [OP_BIND] = "bind", [OP_MOVE] = "move", [OP_REMOUNT] = "remount",
        [OP_REMOUNT_BIND] = "remount-bind", [OP_TYPE] = "make", [OP_UMOUNT] = "umount", [OP_PIVOT] = "pivot_root",
        [OP_CHROOT] = "chroot", [OP_CHDIR] = "chdir", [OP_MKDIR] = "mkdir", [OP_RMDIR] = "rmdir", [OP_UNLINK] = "unlink",
        [OP_RENAME] = "rename", [OP_CREATE] = "create", [OP_SYMLINK] = "symlink", [OP_LINK] = "link",
        [OP_MOVE_MOUNT] = "move_mount", [OP_SETATTR] = "mount_setattr", [OP_FSPICK] = "fspick", [OP_STATMOUNT] = "statmount",
        [OP_LISTMOUNT] = "listmount", [OP_VIEW] = "view" };
    struct text t = { buffer, size }, *o = &t;
    char other = (char)('A' + s->other);
    switch (s->op) {
    case OP_UNSHARE: put(o, "unshare("); put_flags(o, s->flags, clone_flags); put(o, "%s)", s->more ? ", maps" : ""); return;
    case OP_JOIN: put(o, "join(%c, ", other); put_flags(o, s->flags, clone_flags); put(o, ")"); return;
    case OP_OPEN_NS: put(o, "k%d = open(%c/%s)", s->keep, other, s->more ? "user" : "mnt"); return;
    case OP_SETNS: put(o, "setns(k%d, ", s->keep); put_flags(o, s->flags, clone_flags); put(o, ")"); return;
    case OP_BIND_NS: put(o, "bind(%c/%s, ", other, s->more ? "user" : "mnt"); put_path(o, s->to); put(o, ")"); return;
    case OP_FCHDIR: put(o, "fchdir(k%d)", s->keep); return;
    case OP_CLOSE: put(o, "close(k%d)", s->keep); return;
    case OP_LOOK: put(o, "look(k%d)", s->keep); return;
    case OP_OPEN: put(o, "k%d = open(", s->keep); put_path(o, s->to); put(o, ", %s)", opens[s->more % 6]); return;
    case OP_OPEN_TREE: put(o, "k%d = open_tree(", s->keep); put_path(o, s->from); put(o, ", ");
        put_flags(o, s->flags, tree_flags); put(o, ")"); return;
    case OP_FSMOUNT: put(o, "k%d = fsmount(%s, %#lx, attributes %#lx)", s->keep, types[s->other], (unsigned long)s->flags,
        (unsigned long)s->more); return;
    }
    put(o, "%s(", names[s->op]);
    if (s->op == OP_MOUNT) put(o, "%s%s%s, ", types[s->other], options[(s->more >> 1) % 6], s->more & 1 ? " furnished" : "");
    if (s->op == OP_BIND || s->op == OP_MOVE || s->op == OP_PIVOT || s->op == OP_RENAME || s->op == OP_SYMLINK || s->op == OP_LINK
        || s->op == OP_MOVE_MOUNT) { put_path(o, s->from); put(o, ", "); }
    put_path(o, s->to);
    if (s->op == OP_UMOUNT) { put(o, ", "); put_flags(o, s->flags, umount_flags); }
    else if (s->op == OP_MOVE_MOUNT) { put(o, ", "); put_flags(o, s->flags, move_flags); }
    else if (s->op == OP_SETATTR) put(o, ", set %#lx clear %#lx flags %#lx", (unsigned long)(s->more & 0xffffffff),
        (unsigned long)(s->more >> 32), (unsigned long)s->flags);
    else if (s->op == OP_STATMOUNT) put(o, ", %#lx", (unsigned long)s->more);
    else if (s->op == OP_RENAME || s->op == OP_CREATE || s->op == OP_LISTMOUNT || s->op == OP_FSPICK) put(o, ", %lu", (unsigned long)s->flags);
    else if (s->flags) { put(o, ", "); put_flags(o, s->flags, mount_flags); }
    if (s->op == OP_REMOUNT) put(o, "%s", options[s->more % 6]);
    if (s->op == OP_MKDIR && s->more) put(o, ", furnished");
    put(o, ")");
}
