// A task: waits for a step, plays it, and answers with the result and what it sees.
#include "mounts.h"
#include <dirent.h>
#include <linux/stat.h>
#include <sys/stat.h>
#include <sys/statfs.h>
#include <sys/sysmacros.h>

struct command here;
static int entries;

const char *path_of(int place) {
    static char paths[2][64];
    static int next;
    if (place < KEPT) return places[place < 0 || place >= place_count ? 0 : place];
    char *path = paths[next++ & 1];
    snprintf(path, sizeof paths[0], "/proc/self/fd/%d", KEEP_FD + (place - KEPT) % 10);
    return path;
}

int base_of(int place, const char **path) {
    *path = place >= KEPT_ITSELF ? "" : path_of(place);
    return place >= KEPT_ITSELF ? KEEP_FD + (place - KEPT_ITSELF) : AT_FDCWD;
}

void keep_fd(struct text *out, int keep, int fd) {
    put_result(out, fd < 0 ? -1 : 0);
    if (fd < 0) return;
    dup3(fd, KEEP_FD + keep, O_CLOEXEC);
    close(fd);
}

static int by_name(const void *a, const void *b) { return strcmp(*(char *const *)a, *(char *const *)b); }

/// The names in a directory, sorted.
static int read_names(const char *path, char **names, int limit) {
    DIR *list = opendir(path);
    int count = 0;
    if (!list) return -1;
    for (struct dirent *entry; (entry = readdir(list)) && count < limit;)
        if (strcmp(entry->d_name, ".") && strcmp(entry->d_name, "..")) names[count++] = strdup(entry->d_name);
    closedir(list);
    qsort(names, (size_t)count, sizeof *names, by_name);
    return count;
}

/// Types of which only the top is shown: their content is the machine's.
static bool is_foreign(const char *path) {
    struct statfs fs;
    return statfs(path, &fs) < 0 || fs.f_type == 0x9fa0 /* proc */ || fs.f_type == 0x6e736673 /* nsfs */;
}

static void put_tree(struct text *out, const char *path, int depth) {
    struct stat st;
    if (++entries > ENTRIES) return;
    if (lstat(path, &st) < 0) { put(out, "\n%s %s", path, error_name(errno)); return; }
    bool foreign = is_foreign(path);
    const char kinds[] = "?pc?d?b?-?l?s???";
    put(out, "\n%s %c", path, kinds[st.st_mode >> 12 & 15]);
    put(out, "%o:%u {d:%u:%u}", st.st_mode & 07777, st.st_uid, major(st.st_dev), minor(st.st_dev));
    if (S_ISREG(st.st_mode) && !foreign) put(out, " %ld links %lu", (long)st.st_size, (unsigned long)st.st_nlink);
    if (!S_ISDIR(st.st_mode) || foreign || depth == DEPTH) return;
    char *names[64], below[512];
    int count = read_names(path, names, 64);
    if (count < 0) put(out, " %s", error_name(errno));
    for (int i = 0; i < count; i++) {
        snprintf(below, sizeof below, "%s/%s", path[1] ? path : "", names[i]);
        put_tree(out, below, depth + 1);
        free(names[i]);
    }
}

static void put_place(struct text *out, const char *label, const char *path) {
    struct statx st = { 0 };
    if (statx(AT_FDCWD, path, AT_SYMLINK_NOFOLLOW, STATX_BASIC_STATS | STATX_MNT_ID, &st) < 0) put(out, "\n%s %s", label, error_name(errno));
    else put(out, "\n%s {m:%llu} {d:%u:%u}%s", label, (unsigned long long)st.stx_mnt_id, st.stx_dev_major, st.stx_dev_minor,
        st.stx_attributes & STATX_ATTR_MOUNT_ROOT ? " root of it" : "");
}

static void put_view(struct text *out) {
    char cwd[4096] = "";
    if (syscall(SYS_getcwd, cwd, sizeof cwd) < 0) put(out, "\ncwd %s", error_name(errno)); else put(out, "\ncwd %s", cwd);
    put_place(out, "cwd on", ".");
    put_place(out, "root on", "/");
    entries = 0;
    put_tree(out, "/", 0);
}

static void play(const struct step *s, struct reply *reply) {
    struct text out = { reply->text, sizeof reply->text };
    errno = 0;
    if (s->op != OP_VIEW && !do_mounts(s, &out) && !do_api(s, &out) && !do_places(s, &out) && !do_files(s, &out)) put(&out, "?");
    put_view(&out);
    reply->length = (int)(out.at - reply->text);
    size_t size = offsetof(struct reply, text) + (size_t)reply->length;
    if (write(REPLY_WRITE + s->task, reply, size) != (ssize_t)size) _exit(90);
}

void task_loop(int slot) {
    static struct reply reply;
    for (;;) {
        ssize_t n = read(COMMAND_READ + slot, &here, sizeof here);
        if (n < 0 && errno == EINTR) continue;
        if (n != sizeof here) _exit(91);
        play(&here.step, &reply);
    }
}
