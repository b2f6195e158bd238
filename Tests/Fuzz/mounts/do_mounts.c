// mount(2) in all its forms, umount2(2) and pivot_root(2).
#include "mounts.h"
#include <sys/stat.h>
#include <sys/statfs.h>

/// Names for later steps on a new file system.
void furnish(const char *path) {
    static const char *const names[] = { "x", "y", "a", "a/x" };
    char name[128];
    for (int i = 0; i < 4; i++) {
        snprintf(name, sizeof name, "%s/%s", path, names[i]);
        mkdir(name, 0755);
    }
    snprintf(name, sizeof name, "%s/f", path);
    int fd = open(name, O_CREAT | O_WRONLY | O_CLOEXEC, 0644);
    if (fd >= 0) close(fd);
}

bool is_everybodys(const char *path) {
    struct statfs fs;
    return statfs(path, &fs) == 0 && fs.f_type == 0x6e736673 /* nsfs */;
}

static const char *option(uint64_t number) {
    static const char *const options[] = { NULL, "mode=750", "size=64k", "nonsense", "ro", "mode=711,size=32k" };
    return options[number % 6];
}

/// The second call with MNT_EXPIRE unmounts, unless a lookup that others' mounts disturbed has touched the mount: then a later one.
static void put_umount(struct text *out, const char *path, int flags) {
    long result = umount2(path, flags);
    for (int i = 0; flags & MNT_EXPIRE && result < 0 && errno == EAGAIN && i < 200; i++) {
        if (i == 0) put(out, "EAGAIN ");
        result = umount2(path, flags);
    }
    put_result(out, result);
}

bool do_mounts(const struct step *s, struct text *out) {
    const char *from = path_of(s->from), *to = path_of(s->to);
    char source[40];
    switch (s->op) {
    case OP_MOUNT: {
        snprintf(source, sizeof source, "%c%d", 'A' + s->task, s->keep);
        long result = mount(source, to, types[s->other], s->flags, option(s->more >> 1));
        put_result(out, result);
        if (result == 0 && s->more & 1) furnish(to);
        return true;
    }
    case OP_BIND: put_result(out, mount(from, to, NULL, MS_BIND | s->flags, NULL)); return true;
    case OP_MOVE: put_result(out, mount(from, to, NULL, MS_MOVE | s->flags, NULL)); return true;
    case OP_REMOUNT:
        if (is_everybodys(to)) { put(out, "not tried"); return true; }
        put_result(out, mount(NULL, to, NULL, MS_REMOUNT | s->flags, option(s->more)));
        return true;
    case OP_REMOUNT_BIND: put_result(out, mount(NULL, to, NULL, MS_REMOUNT | MS_BIND | s->flags, NULL)); return true;
    case OP_TYPE: put_result(out, mount(NULL, to, NULL, s->flags, NULL)); return true;
    case OP_UMOUNT: put_umount(out, to, (int)s->flags); return true;
    case OP_PIVOT: put_result(out, syscall(SYS_pivot_root, from, to)); return true;
    case OP_BIND_NS:
        snprintf(source, sizeof source, "/proc/%d/ns/%s", here.pids[s->other], s->more ? "user" : "mnt");
        put_result(out, mount(source, to, NULL, MS_BIND, NULL));
        return true;
    }
    return false;
}
