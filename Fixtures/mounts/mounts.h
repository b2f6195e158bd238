// Helpers for fixtures about mounts. Each runs its topic in a world of its own - a mount namespace with `/` recursively
// private and a tmpfs on a directory of the working directory - so that what the host has mounted does not matter, and
// once for each caller: root of the initial user namespace, root of a child of it, and an ordinary user's user namespace.
#pragma once
#include "fixture.h"

#ifndef OPEN_TREE_CLONE
#define OPEN_TREE_CLONE 1
#endif
#ifndef SYS_mount_setattr
#define SYS_mount_setattr 442
#endif

/// Prints a call's name, arguments and result.
#define TRY(call) show(#call, call)
/// As TRY, for calls whose good result differs by nature.
#define TRY_OK(call) ok(#call, call)

enum caller { ROOT, CHILD_ROOT, USER };
static enum caller caller;
/// The absolute path of the world, once it is made.
static char world[512];

// ---- calls

/// The host's own /proc has been bound into the world: what it is like is not the fixture's matter.
static bool proc_is_the_hosts;
/// A /proc that can be read where none is mounted.
static int proc_directory = -1;

static inline long pivot(const char *new_root, const char *put_old) { return syscall(SYS_pivot_root, new_root, put_old); }
static inline long clone_tree(const char *path, unsigned flags) { return syscall(SYS_open_tree, AT_FDCWD, path, OPEN_TREE_CLONE | O_CLOEXEC | flags); }
static inline long attach(int fd, const char *path) { return syscall(SYS_move_mount, fd, "", AT_FDCWD, path, 4); }
/// mount_setattr: what to set and to clear (MOUNT_ATTR_ bits), and a propagation type or 0.
static inline long set_attributes(const char *path, unsigned flags, uint64_t set, uint64_t clear, uint64_t propagation) {
    uint64_t attributes[4] = {set, clear, propagation, 0};
    return syscall(SYS_mount_setattr, AT_FDCWD, path, flags, attributes, sizeof attributes);
}
static inline void dir(const char *path) { must(mkdir(path, 0755)); }
static inline void file(const char *path) { make_file(path, path, 0644); }
static inline bool is_there(const char *path) { struct stat st; return lstat(path, &st) == 0; }
/// A new tmpfs named after its place, on a directory that is made if need be.
static inline void tmpfs(const char *path) {
    if (mkdir(path, 0755) == -1 && errno != EEXIST) say("mkdir %s: %s", path, errno_text(errno));
    must(mount(path, path, "tmpfs", 0, "mode=755"));
}
static inline void bind_to(const char *from, const char *to) { must(mount(from, to, NULL, MS_BIND, NULL)); }
static inline void rbind_to(const char *from, const char *to) { must(mount(from, to, NULL, MS_BIND | MS_REC, NULL)); }
/// The host's /proc on `path`/proc.
static inline void bring_proc(const char *path) {
    char *place = format_path("%s/proc", path);
    dir(place);
    rbind_to("/proc", place);
    must(mount(NULL, place, NULL, MS_PRIVATE | MS_REC, NULL));
    proc_is_the_hosts = true;
}
static inline void make(const char *path, unsigned long type) { must(mount(NULL, path, NULL, type, NULL)); }

// ---- what is mounted

/// Numbers in the order in which they are first seen.
struct fold { long seen[512]; int count; };
static struct fold groups, device_numbers, ids;
static inline int folded(struct fold *fold, long number) {
    for (int i = 0; i < fold->count; i++) if (fold->seen[i] == number) return i + 1;
    if (fold->count == 512) return 0;
    fold->seen[fold->count++] = number;
    return fold->count;
}
static inline bool known_in(struct fold *fold, long number) {
    for (int i = 0; i < fold->count; i++) if (fold->seen[i] == number) return true;
    return false;
}
static inline void forget_numbers(void) { groups.count = device_numbers.count = ids.count = 0; }
static inline char *read_all(const char *path) {
    static char text[262144];
    int fd = proc_directory != -1 && !strncmp(path, "/proc/", 6) ? openat(proc_directory, path + 6, O_RDONLY | O_CLOEXEC) : open(path, O_RDONLY | O_CLOEXEC);
    if (fd == -1) { sprintf(text, "!%s\n", errno_text(errno)); return text; }
    size_t length = 0;
    for (long got; (got = read(fd, text + length, sizeof text - 1 - length)) > 0;) length += got;
    text[length] = 0;
    close(fd);
    return text;
}
/// Whether a path is the prefix or below it; what remains is stored.
static inline bool below(const char *path, const char *prefix, const char **rest) {
    size_t length = strlen(prefix);
    if (!strcmp(prefix, "/")) { *rest = path[1] ? path + 1 : "/"; return true; }
    if (strncmp(path, prefix, length) || (path[length] && path[length] != '/')) return false;
    *rest = path[length] ? path + length + 1 : ".";
    return true;
}
/// One optional field (`shared:7`) with the group's letter for the number.
static inline void append_optional(char *out, const char *word) {
    const char *colon = strchr(word, ':');
    if (colon) sprintf(out + strlen(out), " %.*s:%c", (int)(colon - word), word, 'A' + (folded(&groups, atol(colon + 1)) - 1) % 58);
    else sprintf(out + strlen(out), " %s", word);
}
/// Whether a mount is a bind of the host's: a /proc, a device, or the device that masks a file.
static inline bool of_the_host(const char *point) {
    static const char *devices[] = {"null", "zero", "full", "random", "urandom", "tty", "timer_list"};
    const char *name = strrchr(point, '/') ? strrchr(point, '/') + 1 : point;
    if (proc_is_the_hosts && !strcmp(name, "proc")) return true;
    for (int i = 0; i < 7; i++) if (!strcmp(name, devices[i])) return true;
    return false;
}
/// What the host has mounted in its /proc is left out.
static inline bool left_out(const char *point) { return proc_is_the_hosts && strstr(point, "proc/"); }
/// One line of mountinfo as "id parent device root point options optional - type source options", numbers folded.
static inline void show_mount(char *line, const char *prefix) {
    char *words[64];
    int count = 0;
    // An empty source is an empty field: split at every blank.
    for (char *at = line; at && count < 64; count++) {
        words[count] = at;
        if ((at = strchr(at, ' '))) *at++ = 0;
    }
    const char *point;
    if (count < 9 || !below(words[4], prefix, &point)) return;
    if (left_out(point)) return;
    char parent[16] = "-", out[4096], optional[512] = "";
    if (known_in(&ids, atol(words[1]))) sprintf(parent, "%d", folded(&ids, atol(words[1])));
    int id = folded(&ids, atol(words[0])), at = 6;
    int device = folded(&device_numbers, (long)strtol(words[2], NULL, 10) << 32 | atol(strchr(words[2], ':') + 1));
    for (; at < count && strcmp(words[at], "-"); at++) append_optional(optional, words[at]);
    const char *root = words[3], *rest;
    char *number = strstr(words[3], ":[");
    if (number) strcpy(number, ":[]");
    // The host's own file systems show through binds: only the path below the world is ours.
    if (world[0] && below(root, world, &rest) && strcmp(world, "/")) root = format_path("WORLD/%s", rest);
    if (of_the_host(point)) { say("  %d %s host %s%s", id, parent, point, optional); return; }
    snprintf(out, sizeof out, "  %d %s d%d %s %s %s%s -", id, parent, device, root, point, words[5], optional);
    // The hierarchy's own options are the whole machine's.
    if (at + 3 < count && !strcmp(words[at + 1], "cgroup2")) words[at + 3][2] = 0;
    for (at++; at < count; at++) snprintf(out + strlen(out), sizeof out - strlen(out), " %s", words[at]);
    say("%s", out);
}
/// The mounts at and below a directory as a process (0: oneself) has them; numbers go on from the last listing.
static inline void more_mounts_at(const char *label, pid_t pid, const char *prefix) {
    say("%s:", label);
    char *text = read_all(pid ? format_path("/proc/%d/mountinfo", pid) : "/proc/thread-self/mountinfo");
    if (*text == '!') say("  (no list)");
    // Parents may come later in the list than their children.
    for (char *line = text; *line; line = strchr(line, '\n') ? strchr(line, '\n') + 1 : line + strlen(line)) {
        char point[PATH_MAX];
        const char *rest;
        if (sscanf(line, "%*d %*d %*s %*s %4095s", point) == 1 && below(point, prefix, &rest) && !left_out(rest)) folded(&ids, atol(line));
    }
    for (char *line = strtok(text, "\n"); line; line = strtok(NULL, "\n")) show_mount(line, prefix);
}
static inline void mounts_at(const char *label, pid_t pid, const char *prefix) { forget_numbers(); more_mounts_at(label, pid, prefix); }
/// The mounts of the world.
static inline void mounts(const char *label) { mounts_at(label, 0, world); }
static inline void more_mounts(const char *label) { more_mounts_at(label, 0, world); }
/// The mounts of the world as another process has them, numbers going on.
static inline void more_mounts_of(const char *label, pid_t pid) { more_mounts_at(label, pid, world); }
/// The field of /proc/self/mounts and mountinfo's options for the topmost mount at a path of the world.
static inline void show_flags(const char *label, const char *path) {
    char full[1024], mounts_line[1024] = "(none)", info_line[1024] = "(none)";
    snprintf(full, sizeof full, " %s/%s ", world, path);
    char *text = read_all("/proc/thread-self/mounts");
    for (char *line = strtok(text, "\n"); line; line = strtok(NULL, "\n")) {
        char *at = strstr(line, full);
        if (at) snprintf(mounts_line, sizeof mounts_line, "%.*s|%s", (int)(at - line), line, at + strlen(full));
    }
    text = read_all("/proc/thread-self/mountinfo");
    for (char *line = strtok(text, "\n"); line; line = strtok(NULL, "\n")) {
        char *at = strstr(line, full);
        if (at) snprintf(info_line, sizeof info_line, "%s", at + strlen(full));
    }
    struct statfs fs = {0};
    struct statvfs vfs = {0};
    statfs(path, &fs);
    statvfs(path, &vfs);
    for (char *at = strstr(info_line, "shared:"); at; at = NULL) for (at += 7; *at >= '0' && *at <= '9'; at++) *at = 'N';
    say("%s: mounts '%s' info '%s' statfs %#lx statvfs %#lx", label, mounts_line, info_line, (long)fs.f_flags, (long)vfs.f_flag);
}
/// The propagation of the topmost mount at a path of the world: "private", "shared:A", …, numbers going on.
static inline const char *propagation(const char *path) {
    static char texts[8][256];
    static int next;
    char *out = texts[next++ % 8], full[1024];
    snprintf(full, sizeof full, "%s/%s", world, path);
    strcpy(out, "(none)");
    char *text = read_all("/proc/thread-self/mountinfo");
    for (char *line = strtok(text, "\n"); line; line = strtok(NULL, "\n")) {
        char *words[64];
        int count = 0;
        for (char *at = line; at && count < 64; count++) {
            words[count] = at;
            if ((at = strchr(at, ' '))) *at++ = 0;
        }
        if (count < 7 || strcmp(words[4], full)) continue;
        *out = 0;
        for (int i = 6; i < count && strcmp(words[i], "-"); i++) append_optional(out, words[i]);
        if (!*out) strcpy(out, " private");
    }
    return *out == ' ' ? out + 1 : out;
}
static int compare_names(const void *a, const void *b) { return strcmp(*(char **)a, *(char **)b); }
/// The names in a directory, sorted.
static inline void names(const char *path) {
    DIR *list = opendir(path);
    if (world[1] && !strncmp(path, world, strlen(world))) path = format_path("WORLD%s", path + strlen(world));
    if (!list) { say("names in %s: %s", path, errno_text(errno)); return; }
    char *found[128], text[2048] = "";
    int count = 0;
    for (struct dirent *entry; (entry = readdir(list)) && count < 128;)
        if (strcmp(entry->d_name, ".") && strcmp(entry->d_name, "..")) found[count++] = strdup(entry->d_name);
    closedir(list);
    qsort(found, count, sizeof *found, compare_names);
    for (int i = 0; i < count; i++) snprintf(text + strlen(text), sizeof text - strlen(text), " %s", found[i]);
    say("names in %s:%s", path, text);
}
/// The working directory, with the world's own path shown as WORLD.
static inline void show_cwd(const char *label) {
    char path[PATH_MAX] = "";
    if (syscall(SYS_getcwd, path, sizeof path) == -1) { say("%s: cwd %s", label, errno_text(errno)); return; }
    char *at = world[1] ? strstr(path, world) : NULL;
    if (at) say("%s: cwd %.*sWORLD%s", label, (int)(at - path), path, at + strlen(world));
    else say("%s: cwd %s", label, path);
}
/// What a link of /proc/self says, with the world's path shown as WORLD.
static inline void show_link(const char *label, const char *path) {
    char text[PATH_MAX] = "";
    if (readlink(path, text, sizeof text - 1) == -1) { say("%s: %s", label, errno_text(errno)); return; }
    char *at = world[1] ? strstr(text, world) : NULL;
    if (at) say("%s: %.*sWORLD%s", label, (int)(at - text), text, at + strlen(world));
    else say("%s: %s", label, text);
}
static inline void show_fd(const char *label, int fd) { show_link(label, format_path("/proc/self/fd/%d", fd)); }

// ---- worlds

/// In a new mount namespace: makes it private and goes into a tmpfs of its own.
static inline void make_world(void) {
    must(mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL));
    if (mkdir("w", 0755) == -1 && errno != EEXIST) say("mkdir: %s", errno_text(errno));
    must(mount("world", "w", "tmpfs", 0, "mode=755"));
    must(chdir("w"));
    must(syscall(SYS_getcwd, world, sizeof world));
}
/// Maps for a further user namespace of this caller's: everything that it has.
static inline const char *all_ids(void) { return caller == USER ? "0 0 1" : "0 0 65536"; }
static inline void in_world_of(enum caller who, int flags, void (*body)(void)) {
    caller = who;
    if (who == ROOT) {
        say("# root");
        CHILD { must(unshare(CLONE_NEWNS | flags)); if (flags & CLONE_NEWPID) CHILD { make_world(); body(); } else { make_world(); body(); } }
    } else {
        say(who == USER ? "# an ordinary user's user namespace" : "# root of a child user namespace");
        const char *uids = who == USER ? own_uid_at(0) : "0 0 65536", *gids = who == USER ? own_gid_at(0) : "0 0 65536";
        USERNS_CHILD(CLONE_NEWNS | flags, uids, gids) { if (flags & CLONE_NEWPID) CHILD { make_world(); body(); } else { make_world(); body(); } }
    }
}
/// Runs the topic for every caller that this identity can be, each with these further namespaces.
static inline int in_worlds(int flags, void (*body)(void)) {
    if (geteuid() == 0) {
        in_world_of(ROOT, flags, body);
        in_world_of(CHILD_ROOT, flags, body);
    } else in_world_of(USER, flags, body);
    return 0;
}

/// Makes a tmpfs with the host's /proc the root of everything: the old root is gone and the world is `/`.
static inline void take_root(void) {
    tmpfs("root");
    bring_proc("root");
    must(chdir("root"));
    must(pivot(".", "."));
    must(umount2(".", MNT_DETACH));
    must(chdir("/"));
    strcpy(world, "/");
    proc_directory = must(open("/proc", O_PATH | O_DIRECTORY | O_CLOEXEC));
}

// ---- other namespaces

/// A process in new namespaces that does nothing, so that they are there to be joined.
static inline pid_t hold(int flags) {
    struct gate made = gate_new();
    pid_t pid = flags & CLONE_NEWUSER ? spawn_in_userns(flags & ~CLONE_NEWUSER, all_ids(), all_ids()) : must(fork());
    if (pid == 0) {
        must(prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0));
        if (!(flags & CLONE_NEWUSER) && flags) must(unshare(flags));
        gate_open(made);
        for (;;) pause();
    }
    gate_wait(made);
    for (int i = 0; i < 2; i++) close(made.fds[i]);
    return pid;
}
static inline void release(pid_t pid) {
    must(kill(pid, SIGKILL));
    wait_status(pid);
}
/// Joins a process's user (where it is another) and mount namespaces and goes to the world in there.
static inline void join(pid_t pid) {
    int user = ns_number(pid, "user") == ns_number(0, "user") ? -1 : (int)must(ns_open(pid, "user")), mnt = must(ns_open(pid, "mnt"));
    if (user != -1) must(setns(user, CLONE_NEWUSER));
    must(setns(mnt, CLONE_NEWNS));
    must(chdir(world));
    if (user != -1) close(user);
    close(mnt);
}
static inline int child_joins(pid_t pid) {
    if (!child_start()) return 0;
    join(pid);
    return 1;
}
/// IN(pid) { … }: runs the block in a child that has joined the namespaces of `pid`.
#define IN(pid) for (int in_child_ = child_joins(pid); in_child_; _exit(0))
/// Namespaces' numbers are handed out for each CPU: on one they follow the order in which the namespaces were made.
static inline void stay_on_this_cpu(void) {
    uint64_t set[16] = {0};
    int cpu = sched_getcpu();
    set[cpu / 64] |= 1ULL << cpu % 64;
    must(syscall(SYS_sched_setaffinity, 0, sizeof set, set));
}
/// A mount namespace of the same owner to go back to: open it before leaving.
static inline int here(void) { return must(ns_open(0, "mnt")); }
static inline void enter(int fd) {
    must(setns(fd, CLONE_NEWNS));
    must(chdir(world));
}
