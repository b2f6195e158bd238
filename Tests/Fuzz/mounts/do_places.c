// Where a task is: namespaces, root, working directory, and descriptors that it keeps.
#include "mounts.h"
#include <sys/stat.h>

static long write_own(const char *name, const char *text) {
    char path[40];
    snprintf(path, sizeof path, "self/%s", name);
    int fd = openat(PROC, path, O_WRONLY | O_CLOEXEC);
    if (fd < 0) return -1;
    long result = write(fd, text, strlen(text));
    int error = errno;
    close(fd);
    errno = error;
    return result < 0 ? -1 : 0;
}

static void put_unshare(struct text *out, const struct step *s) {
    unsigned uid = geteuid(), gid = getegid();
    char map[40];
    long result = unshare((int)s->flags);
    put_result(out, result);
    if (result < 0 || !(s->flags & CLONE_NEWUSER) || !s->more) return;
    snprintf(map, sizeof map, "0 %u 1\n", uid);
    put(out, " maps ");
    put_result(out, write_own("setgroups", "deny"));
    put(out, " ");
    put_result(out, write_own("uid_map", map));
    snprintf(map, sizeof map, "0 %u 1\n", gid);
    put(out, " ");
    put_result(out, write_own("gid_map", map));
}

static int open_namespace(int slot, bool user) {
    char path[40];
    snprintf(path, sizeof path, "%d/ns/%s", here.pids[slot], user ? "user" : "mnt");
    return openat(PROC, path, O_RDONLY | O_CLOEXEC);
}

static void put_setns(struct text *out, int fd, int type) {
    put_result(out, fd < 0 ? -1 : setns(fd, type));
}

/// Into another's user and mount namespaces, or one of them. Both are opened first.
static void put_join(struct text *out, const struct step *s) {
    int user = s->flags & CLONE_NEWUSER ? open_namespace(s->other, true) : -2;
    int user_error = errno, mnt = s->flags & CLONE_NEWNS ? open_namespace(s->other, false) : -2, mnt_error = errno;
    if (user != -2) { errno = user_error; put_setns(out, user, CLONE_NEWUSER); put(out, " "); }
    if (mnt != -2) { errno = mnt_error; put_setns(out, mnt, CLONE_NEWNS); }
    if (user >= 0) close(user);
    if (mnt >= 0) close(mnt);
}

static void put_open(struct text *out, const struct step *s) {
    static const int kinds[] = { O_PATH, O_RDONLY, O_WRONLY, O_PATH | O_NOFOLLOW, O_RDONLY | O_DIRECTORY, O_RDWR | O_CREAT };
    keep_fd(out, s->keep, open(path_of(s->to), kinds[s->more % 6] | O_CLOEXEC | O_NONBLOCK, 0644));
}

/// What a kept descriptor is called now, and where it leads.
static void put_look(struct text *out, const struct step *s) {
    char path[40], link[4096] = "";
    snprintf(path, sizeof path, "self/fd/%d", KEEP_FD + s->keep);
    if (readlinkat(PROC, path, link, sizeof link - 1) < 0) { put_result(out, -1); return; }
    char *number = strstr(link, ":[");
    if (number) *number = 0;
    int up = openat(KEEP_FD + s->keep, "..", O_PATH | O_DIRECTORY | O_CLOEXEC);
    put(out, "%s, up ", link);
    if (up < 0) { put_result(out, -1); return; }
    snprintf(path, sizeof path, "self/fd/%d", up);
    memset(link, 0, sizeof link);
    readlinkat(PROC, path, link, sizeof link - 1);
    close(up);
    put(out, "%s", link);
}

bool do_places(const struct step *s, struct text *out) {
    int kept = KEEP_FD + s->keep;
    switch (s->op) {
    case OP_UNSHARE: put_unshare(out, s); return true;
    case OP_JOIN: put_join(out, s); return true;
    case OP_OPEN_NS: keep_fd(out, s->keep, open_namespace(s->other, s->more)); return true;
    case OP_SETNS: put_setns(out, kept, (int)s->flags); return true;
    case OP_CHROOT: put_result(out, chroot(path_of(s->to))); return true;
    case OP_CHDIR: put_result(out, chdir(path_of(s->to))); return true;
    case OP_FCHDIR: put_result(out, fchdir(kept)); return true;
    case OP_OPEN: put_open(out, s); return true;
    case OP_CLOSE: put_result(out, close(kept)); return true;
    case OP_LOOK: put_look(out, s); return true;
    }
    return false;
}
