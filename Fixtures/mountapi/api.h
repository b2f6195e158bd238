// The mount API by call numbers, an own world to try it in, and mountinfo without the numbers that differ from run to
// run. A world is a mount namespace of one's own, all of it private, with a tmpfs on the directory "world".
#pragma once
#include "fixture.h"
#define TRY(call) show(#call, call)
#define OK(call) ok(#call, call)

// ---- the calls

#define fsopen_(name, flags) syscall(430, name, flags)
#define fsconfig_(fd, command, key, value, aux) syscall(431, fd, command, key, value, aux)
#define fsmount_(fd, flags, attributes) syscall(432, fd, flags, attributes)
#define fspick_(dirfd, path, flags) syscall(433, dirfd, path, flags)
#define open_tree_(dirfd, path, flags) syscall(428, dirfd, path, flags)
#define move_mount_(fd, path, to_fd, to_path, flags) syscall(429, fd, path, to_fd, to_path, flags)
#define mount_setattr_(dirfd, path, flags, ...) syscall(442, dirfd, path, flags, __VA_ARGS__)
#define open_tree_attr_(dirfd, path, flags, ...) syscall(467, dirfd, path, flags, __VA_ARGS__)
#define statmount_(request, buffer, size, flags) syscall(457, request, buffer, size, flags)
#define listmount_(request, ids, count, flags) syscall(458, request, ids, count, flags)
enum { SET_FLAG, SET_STRING, SET_BINARY, SET_PATH, SET_PATH_EMPTY, SET_FD, CREATE, RECONFIGURE, CREATE_EXCL };
enum { TREE_CLONE = 1, TREE_CLOEXEC = O_CLOEXEC, RECURSIVE = 0x8000, EMPTY = 0x1000, NOFOLLOW = 0x100 };
enum { FROM_SYMLINKS = 1, FROM_EMPTY = 4, TO_SYMLINKS = 0x10, TO_EMPTY = 0x40, SET_GROUP = 0x100, BENEATH = 0x200 };
enum { A_RDONLY = 1, A_NOSUID = 2, A_NODEV = 4, A_NOEXEC = 8, A_ATIME = 0x70, A_NOATIME = 0x10, A_STRICTATIME = 0x20,
       A_NODIRATIME = 0x80, A_IDMAP = 0x100000, A_NOSYMFOLLOW = 0x200000 };
struct attr { uint64_t set, clear, propagation, userns_fd; };
#define ATTR(...) &(struct attr){__VA_ARGS__}, 32
static inline long set_string(int fd, const char *key, const char *value) { return fsconfig_(fd, SET_STRING, key, value, 0); }
static inline long set_flag(int fd, const char *key) { return fsconfig_(fd, SET_FLAG, key, NULL, 0); }
static inline long fs_create(int fd) { return fsconfig_(fd, CREATE, NULL, NULL, 0); }
static inline long fs_reconfigure(int fd) { return fsconfig_(fd, RECONFIGURE, NULL, NULL, 0); }
/// Prints and takes away the messages of a file system context.
static inline void show_log(int fd) {
    char text[300];
    for (long got; (got = read(fd, text, sizeof text - 1)) > 0;) {
        text[got] = 0;
        show_text("  log", text);
    }
    if (errno != ENODATA) say("  log: %s", errno_text(errno));
}
/// A context of a type, created: ready for fsmount.
static inline int fs_created(const char *type) {
    int fd = must(fsopen_(type, 0));
    must(fs_create(fd));
    return fd;
}
/// A new file system as a detached mount.
static inline int fs_detached(const char *type) {
    int context = fs_created(type), fd = must(fsmount_(context, 0, 0));
    close(context);
    return fd;
}
static inline long attach(int tree, const char *path) { return move_mount_(tree, "", AT_FDCWD, path, FROM_EMPTY); }

// ---- the world

static const char *who = "";
static char world_path[PATH_MAX];
/// Makes this mount namespace private and a tmpfs in it the working directory.
static inline void world_here(void) {
    must(mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL));
    must(mount("world", "world", "tmpfs", 0, NULL));
    must(chdir("world"));
    must(getcwd(world_path, sizeof world_path) ? 0 : -1);
}
static inline void world_run(int flags, void (*body)(void)) {
    // One is in a new pid namespace from the next child on, and needs its /proc.
    if (flags & CLONE_NEWPID) CHILD { world_here(); must(mount("proc", "/proc", "proc", 0, NULL)); body(); }
    else { world_here(); body(); }
}
static inline void become_root_inside(void) {
    must(syscall(SYS_setgroups, 0, NULL));
    must(setresgid(0, 0, 0));
    must(setresuid(0, 0, 0));
    must(prctl(PR_SET_DUMPABLE, 1, 0, 0, 0));
}
/// Runs the body as each caller that matters, in a world of its own: root, or the root of a child user namespace.
static inline void as_each(int flags, void (*body)(void)) {
    must(mkdir("world", 0755));
    if (geteuid() != 0) {
        who = "user";
        USERNS_CHILD(CLONE_NEWNS | flags, own_uid_at(0), own_gid_at(0)) { say("== root of a namespace of one id"); world_run(flags, body); }
        return;
    }
    CHILD { who = "init"; say("== root"); must(unshare(CLONE_NEWNS | flags)); world_run(flags, body); }
    USERNS_CHILD(CLONE_NEWNS | flags, "0 0 65536", "0 0 65536") { who = "same"; say("== root of a namespace of the same ids"); world_run(flags, body); }
    USERNS_CHILD(CLONE_NEWNS | flags, "0 1000 10", "0 1000 10") { become_root_inside(); who = "other"; say("== root of a namespace from 1000"); world_run(flags, body); }
}
#define ALL_NEW (CLONE_NEWPID | CLONE_NEWIPC | CLONE_NEWNET | CLONE_NEWCGROUP)
static inline bool is_init(void) { return !strcmp(who, "init"); }

// ---- mountinfo of the world

/// The place of a number in a list in the order first seen, from 1.
struct folded { unsigned long long values[200]; int count; };
static inline int fold(struct folded *list, unsigned long long value) {
    for (int i = 0; i < list->count; i++) if (list->values[i] == value) return i + 1;
    if (list->count < 200) list->values[list->count++] = value;
    return list->count;
}
/// A path without what precedes the world, or what precedes the fixture's directory.
static inline const char *below_world(const char *path) {
    size_t length = strlen(world_path);
    if (!strncmp(path, world_path, length) && (path[length] == '/' || path[length] == 0)) return path[length] ? path + length : ".";
    const char *at = strstr(path, "/fixture.");
    if (at && strlen(at) >= 15) return format_path("~%s", at + 15);
    return path;
}
/// What the kernel's getcwd says: glibc's hides "(unreachable)".
static inline const char *cwd_text(void) {
    static char text[PATH_MAX];
    if (syscall(SYS_getcwd, text, sizeof text) == -1) return errno_text(errno);
    bool marked = !strncmp(text, "(unreachable)", 13);
    const char *below = below_world(marked ? text + 13 : text);
    return marked ? format_path("(unreachable)%s", below) : below;
}
/// Where a link of /proc points, the world's path left out.
static inline const char *link_text(const char *path) {
    static char text[PATH_MAX];
    ssize_t length = readlink(path, text, sizeof text - 1);
    if (length == -1) return errno_text(errno);
    text[length] = 0;
    return below_world(text);
}
static inline const char *fd_text(int fd) { return link_text(format_path("/proc/self/fd/%d", fd)); }
/// Prints the mounts of the world: number<parent's (0 when that is outside), device, root, place, the rest; peer groups as numbers first seen.
static inline void show_mounts_of(const char *label, const char *file) {
    static char text[65536], copy[65536];
    int fd = must(open(file, O_RDONLY | O_CLOEXEC));
    size_t size = 0;
    for (long got; (got = must(read(fd, text + size, sizeof text - 1 - size))) > 0;) size += got;
    text[size] = 0;
    close(fd);
    struct folded devices = {0}, groups = {0}, mounts = {0};
    say("%s:", label);
    // A parent may be listed after its child: number them all first.
    for (int pass = 0; pass < 2; pass++) {
        strcpy(copy, text);
        for (char *line = strtok(copy, "\n"); line; line = strtok(NULL, "\n")) {
            char words[24][512] = {""};
            int count = 0, used, parent = 0;
            for (char *at = line; count < 24; count++) {
                size_t length = strcspn(at, " ");
                snprintf(words[count], 512, "%.*s", (int)length, at);
                at += length;
                if (!*at++) { count++; break; }
            }
            if (count < 9) continue;
            const char *place = below_world(words[4]);
            if (place == words[4] || *place == '~') continue;
            int id = fold(&mounts, strtoull(words[0], NULL, 10));
            if (pass == 0) continue;
            unsigned major_, minor_;
            sscanf(words[2], "%u:%u", &major_, &minor_);
            for (int i = 0; i < mounts.count; i++) if (mounts.values[i] == strtoull(words[1], NULL, 10)) parent = i + 1;
            char rest[2048];
            int at = snprintf(rest, sizeof rest, "  %d<%d dev%d %s %s %s", id, parent, fold(&devices, makedev(major_, minor_)), below_world(words[3]), place, words[5]);
            for (int i = 6; i < count; i++) {
                unsigned long long group;
                char kind[32];
                if (sscanf(words[i], "%31[a-z_]:%llu%n", kind, &group, &used) == 2 && !words[i][used]
                    && (!strcmp(kind, "shared") || !strcmp(kind, "master") || !strcmp(kind, "propagate_from")))
                    at += snprintf(rest + at, sizeof rest - at, " %s:%d", kind, fold(&groups, group));
                else at += snprintf(rest + at, sizeof rest - at, " %s", words[i]);
            }
            say("%s", rest);
        }
    }
}
static inline void show_mounts(const char *label) { show_mounts_of(label, "/proc/thread-self/mountinfo"); }
/// What mountinfo says of the topmost mount on a path of the world: flags, type, source, options.
static inline const char *mount_line(const char *path) {
    static char lines[8][1024];
    static int next;
    char *found = lines[next++ % 8], *line = NULL, *wanted = *path == '.' ? world_path : format_path("%s/%s", world_path, path);
    size_t room = 0;
    FILE *file = fopen("/proc/thread-self/mountinfo", "re");
    strcpy(found, "(no mount)");
    while (file && getline(&line, &room, file) > 0) {
        char place[PATH_MAX], flags[256];
        if (sscanf(line, "%*s %*s %*s %*s %4095s %255s", place, flags) != 2 || strcmp(place, wanted)) continue;
        char *rest = strstr(line, " - ");
        if (rest) snprintf(found, 1024, "%s -%.*s", flags, (int)strcspn(rest + 2, "\n"), rest + 2);
    }
    free(line);
    if (file) fclose(file);
    return found;
}
#define show_mount(path) say("  %s: %s", path, mount_line(path))
/// Mounts a type with options on "d", prints the result and what mountinfo then says, and unmounts it again.
static inline void try_options(const char *type, unsigned long flags, const char *options) {
    long result = mount("none", "d", type, flags, options);
    const char *line = result == 0 ? mount_line("d") : errno_text(errno);
    say("%s %s%s%s", type, options && *options ? options : "-", flags ? format_path(" %lx: ", flags) : ": ", line);
    if (result == 0) must(umount2("d", MNT_DETACH));
}

// ---- numbers of mounts and users

struct mount_statx { uint32_t mask, attributes_low; bool is_root; uint64_t id; };
static inline struct mount_statx mount_statx(int dirfd, const char *path, int flags, unsigned mask) {
    uint64_t buffer[32] = {0};
    must(syscall(SYS_statx, dirfd, path, flags, mask, buffer));
    // statx(2): mask at 0, attributes at 8, mount ID at 144.
    return (struct mount_statx){(uint32_t)buffer[0], (uint32_t)buffer[1], (buffer[1] & 0x2000) != 0, buffer[18]};
}
/// The mount's number that is never used again.
static inline uint64_t mount_id(const char *path) { return mount_statx(AT_FDCWD, path, 0, 0x4000).id; }
static inline uint64_t mount_id_of(int fd) { return mount_statx(fd, "", EMPTY, 0x4000).id; }
/// A user namespace with these maps (written by the parent), as a descriptor.
static inline int userns_with(const char *uids, const char *gids) {
    struct gate made = gate_new(), end = gate_new();
    pid_t pid = must(fork());
    if (pid == 0) { must(unshare(CLONE_NEWUSER)); gate_open(made); gate_wait(end); _exit(0); }
    gate_wait(made);
    if (uids) must(put(format_path("/proc/%d/uid_map", pid), uids));
    if (gids) must(put(format_path("/proc/%d/gid_map", pid), gids));
    int fd = must(ns_open(pid, "user"));
    gate_open(end);
    reap(pid);
    for (int i = 0; i < 2; i++) { close(made.fds[i]); close(end.fds[i]); }
    return fd;
}
static inline void show_owner(const char *label, const char *path) {
    struct stat st;
    if (lstat(path, &st) == -1) { say("%s: %s", label, errno_text(errno)); return; }
    say("%s: mode %o uid %d gid %d", label, st.st_mode, st.st_uid, st.st_gid);
}
