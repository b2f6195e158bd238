// Names below mounts: made, removed and renamed.
#include "mounts.h"
#include <sys/stat.h>

static void put_create(struct text *out, const struct step *s) {
    int fd = open(path_of(s->to), O_CREAT | O_WRONLY | O_CLOEXEC | O_NONBLOCK | (s->flags & 1 ? O_TRUNC : O_APPEND), 0644);
    if (fd < 0) { put_result(out, -1); return; }
    put_result(out, s->flags & 2 ? write(fd, "data\n", 5) : 0);
    close(fd);
}

bool do_files(const struct step *s, struct text *out) {
    const char *from = path_of(s->from), *to = path_of(s->to);
    switch (s->op) {
    case OP_MKDIR: {
        long result = mkdir(to, 0755);
        put_result(out, result);
        if (result == 0 && s->more) furnish(to);
        return true;
    }
    case OP_RMDIR: put_result(out, rmdir(to)); return true;
    case OP_UNLINK: put_result(out, unlink(to)); return true;
    case OP_RENAME: put_result(out, renameat2(AT_FDCWD, from, AT_FDCWD, to, (unsigned)s->flags)); return true;
    case OP_CREATE: put_create(out, s); return true;
    case OP_SYMLINK: put_result(out, symlink(from == to ? "x" : from, to)); return true;
    case OP_LINK: put_result(out, link(from, to)); return true;
    }
    return false;
}
