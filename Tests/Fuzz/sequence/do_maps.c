// Steps on /proc/PID/uid_map, gid_map, projid_map and setgroups.
#include "sequence.h"

static const char *const files[] = { "uid_map", "gid_map", "projid_map", "setgroups" };

static void write_out(struct text *out, int fd, const char *data, size_t length) {
    ssize_t n = write(fd, data, length);
    if (n < 0) put_result(out, n); else put(out, "%zd", n);
}

static void read_out(struct text *out, int fd) {
    char data[600];
    ssize_t n = read(fd, data, sizeof data - 1);
    if (n < 0) { put_result(out, n); return; }
    data[n] = 0;
    put(out, "\"");
    bool space = false;
    for (ssize_t i = 0; i < n; i++) {
        if (data[i] == ' ' && space) continue;
        space = data[i] == ' ';
        if (data[i] == '\n') put(out, "\\n"); else put(out, "%c", data[i]);
    }
    put(out, "\" %zd", n);
}

bool do_maps(const struct step *s, struct text *out) {
    char path[128], data[400];
    size_t length = 0;
    int fd;
    switch (s->op) {
    case OP_WRITE_MAP:
    case OP_WRITE_SETGROUPS:
        proc_path(s->target, files[s->a[0]], path, sizeof path);
        fd = open(path, O_WRONLY | O_CLOEXEC);
        if (fd < 0) { put(out, "open %s", error_name(errno)); return true; }
        map_text(s, data, sizeof data, &length);
        write_out(out, fd, data, length);
        close(fd);
        return true;
    case OP_OPEN_MAP:
        proc_path(s->target, files[s->a[0]], path, sizeof path);
        fd = open(path, (int)s->a[1] | O_CLOEXEC);
        if (fd < 0) { put_result(out, fd); return true; }
        dup3(fd, KEEP_FD + s->keep, 0);
        close(fd);
        put(out, "fd");
        return true;
    case OP_WRITE_MAP_FD:
        map_text(s, data, sizeof data, &length);
        write_out(out, KEEP_FD + s->keep, data, length);
        return true;
    case OP_READ_MAP:
    case OP_READ_SETGROUPS:
        proc_path(s->target, files[s->a[0]], path, sizeof path);
        fd = open(path, O_RDONLY | O_CLOEXEC);
        if (fd < 0) { put(out, "open %s", error_name(errno)); return true; }
        read_out(out, fd);
        close(fd);
        return true;
    case OP_READ_MAP_FD:
        if (lseek(KEEP_FD + s->keep, 0, SEEK_SET) < 0) { put(out, "seek %s", error_name(errno)); return true; }
        read_out(out, KEEP_FD + s->keep);
        return true;
    default: return false;
    }
}
