// Rules: cgroup-busy cgroup-domain-invalid cgroup-move-not-permitted cgroup-name cgroup-other-domain cgroup-tree-limit directory-busy file-access-denied unlink-directory
// As: root
// Control groups: what their directories refuse, who moves whom where, and threaded groups. Everything happens below one
// group of this fixture's own, which goes in the end whatever became of the rest.
#include "../mountapi/api.h"
#include <ftw.h>
#include <linux/sched.h>
/// The group in which all is done, by the mount "d".
static char top[] = "d/fixture-XXXXXX";
#define AT(...) format_path("%s/%s", top, format_path(__VA_ARGS__))
#define MKDIR(name) show("mkdir " name, mkdir(AT(name), 0755))
#define RMDIR(name) show("rmdir " name, rmdir(AT(name)))
#define PUT(name, text) show_put(name " " text, AT(name), text)
static void put_pid(const char *label, const char *path, pid_t pid) {
    say("%s: %s", label, put(path, format_path("%d", pid)) == -1 ? errno_text(errno) : "ok");
}
static void show_own(const char *label) {
    char *line = strstr(get("/proc/thread-self/cgroup"), "0::"), *name = line ? strstr(line, "/fixture-") : NULL;
    if (line) line[strcspn(line, "\n")] = 0;
    say("%s: %s", label, name ? format_path("TOP%s", name + 15) : line ? line : "none");
}
/// Lines of a number that is printed nowhere.
static long numbers_in(const char *path) {
    char *text = get(path);
    long count = 0;
    if (*text == '!') return -1;
    for (; *text; text++) count += *text == '\n';
    return count;
}

static void directories(void) {
    say("directories:");
    struct stat st;
    must(stat("d", &st));
    say("the root's mode %o", st.st_mode);
    MKDIR("a");
    MKDIR("a");
    show("mkdir with a newline", mkdir(AT("a\nb"), 0755));
    show("mkdir of a newline", mkdir(AT("a/\n"), 0755));
    MKDIR("a/inner");
    must(stat(AT("a"), &st));
    say("mode %o links %d", st.st_mode, (int)st.st_nlink);
    RMDIR("a");
    RMDIR("a/inner");
    RMDIR("a/cgroup.procs");
    show("rmdir the mounted root", rmdir("d"));
    show("create", open(AT("a/file"), O_CREAT | O_RDWR, 0644));
    TRY(symlink("x", AT("a/link")));
    TRY(mknod(AT("a/node"), S_IFIFO | 0644, 0));
    TRY(link(AT("a/cgroup.procs"), AT("a/hard")));
    TRY(rename(AT("a"), AT("b")));
    TRY(unlink(AT("a/cgroup.procs")));
    TRY(unlink(AT("a")));
    // Somebody in it keeps it; a zombie does not.
    struct gate end = gate_new();
    pid_t pid;
    SPAWN(pid) gate_wait(end);
    put_pid("a process moves", AT("a/cgroup.procs"), pid);
    show_text("events", get(AT("a/cgroup.events")));
    RMDIR("a");
    MKDIR("a/inner");
    RMDIR("a");
    RMDIR("a/inner");
    gate_open(end);
    siginfo_t info;
    must(waitid(P_PID, pid, &info, WEXITED | WNOWAIT));
    RMDIR("a");
    reap(pid);
    RMDIR("a");
}

static void limits(void) {
    say("limits:");
    MKDIR("a");
    PUT("a/cgroup.max.depth", "0");
    MKDIR("a/b");
    PUT("a/cgroup.max.depth", "1");
    MKDIR("a/b");
    MKDIR("a/b/c");
    PUT("a/cgroup.max.depth", "2");
    MKDIR("a/b/c");
    PUT("a/cgroup.max.descendants", "2");
    MKDIR("a/d");
    MKDIR("a/b/d");
    PUT("a/cgroup.max.descendants", "max");
    PUT("a/b/cgroup.max.descendants", "0");
    MKDIR("a/d");
    MKDIR("a/b/d");
    PUT("a/cgroup.max.descendants", "-1");
    PUT("a/cgroup.max.depth", "x");
    PUT("a/cgroup.max.depth", "");
    show_text("depth", get(AT("a/cgroup.max.depth")));
    show_text("descendants", get(AT("a/cgroup.max.descendants")));
    RMDIR("a/d"); RMDIR("a/b/c"); RMDIR("a/b"); RMDIR("a");
}

/// A further thread tries to leave for other groups.
static void *move_thread(void *unused) {
    PUT("b/cgroup.threads", "0");
    PUT("a/t/cgroup.threads", "0");
    show_own("the thread is in");
    PUT("a/u/cgroup.threads", "0");
    PUT("a/cgroup.threads", "0");
    PUT("cgroup.threads", "0");
    show_own("the thread is in");
    return NULL;
}
static void threaded(void) {
    say("threaded groups:");
    MKDIR("a"); MKDIR("b"); MKDIR("a/t"); MKDIR("a/p"); MKDIR("a/t/q");
    PUT("a/t/cgroup.type", "domain");
    PUT("a/t/cgroup.type", "nonsense");
    show_text("type of a", get(AT("a/cgroup.type")));
    PUT("a/t/cgroup.type", "threaded");
    PUT("a/t/cgroup.type", "threaded");
    PUT("a/t/cgroup.type", "domain");
    show_text("type of a", get(AT("a/cgroup.type")));
    show_text("type of a/t", get(AT("a/t/cgroup.type")));
    show_text("type of a/p", get(AT("a/p/cgroup.type")));
    show_text("type of a/t/q", get(AT("a/t/q/cgroup.type")));
    CHILD {
        PUT("a/p/cgroup.procs", "0");
        PUT("a/t/q/cgroup.procs", "0");
        show_own("the process is in");
        PUT("a/t/cgroup.procs", "0");
        show_own("the process is in");
    }
    say("with a process inside:");
    CHILD {
        PUT("b/cgroup.procs", "0");
        PUT("b/cgroup.type", "threaded");
        PUT("cgroup.procs", "0");
    }
    CHILD {
        PUT("a/cgroup.procs", "0");
        pthread_t thread;
        must(pthread_create(&thread, NULL, move_thread, NULL) ? -1 : 0);
        pthread_join(thread, NULL);
        show_own("the process is in");
    }
    PUT("a/p/cgroup.type", "threaded");
    show_text("type of a/p", get(AT("a/p/cgroup.type")));
    RMDIR("a/t/q"); RMDIR("a/t"); RMDIR("a/p");
    show_text("type of a", get(AT("a/cgroup.type")));
    MKDIR("a/u"); MKDIR("a/u/v");
    say("below a group that somebody is in:");
    struct gate end = gate_new();
    pid_t pid;
    SPAWN(pid) gate_wait(end);
    put_pid("a process moves", AT("a/u/cgroup.procs"), pid);
    PUT("a/u/v/cgroup.type", "threaded");
    show_text("type of a/u", get(AT("a/u/cgroup.type")));
    gate_open(end);
    reap(pid);
    RMDIR("a/u/v"); RMDIR("a/u"); RMDIR("a"); RMDIR("b");
}

static void texts(void) {
    say("what is written:");
    MKDIR("a");
    PUT("a/cgroup.procs", "-1");
    PUT("a/cgroup.procs", "x");
    PUT("a/cgroup.procs", "99999999");
    PUT("a/cgroup.threads", "99999999");
    PUT("a/cgroup.subtree_control", "+nonesuch");
    PUT("a/cgroup.events", "1");
    PUT("a/cgroup.kill", "0");
    PUT("a/cgroup.kill", "x");
    CHILD {
        PUT("a/cgroup.procs", "0");
        show_own("moved to");
        say("members %ld, threads %ld", numbers_in(AT("a/cgroup.procs")), numbers_in(AT("a/cgroup.threads")));
        PUT("a/cgroup.kill", "1");
        say("not reached");
    }
    RMDIR("a");
}

// ---- who may move

/// Gives a group to 1000, as a manager does.
static void delegate(const char *group) {
    static const char *const files[] = {"", "/cgroup.procs", "/cgroup.threads", "/cgroup.subtree_control"};
    for (int i = 0; i < 4; i++) must(chown(format_path("%s%s", group, files[i]), 1000, 1000));
}
static long into(const char *group) {
    int fd = must(open(group, O_PATH | O_DIRECTORY | O_CLOEXEC));
    struct clone_args arguments = {.flags = CLONE_INTO_CGROUP, .exit_signal = SIGCHLD, .cgroup = fd};
    long pid = syscall(SYS_clone3, &arguments, sizeof arguments);
    if (pid == 0) { show_own("  born in"); _exit(0); }
    int e = errno;
    close(fd);
    if (pid > 0) reap(pid);
    errno = e;
    return pid == -1 ? -1 : 0;
}
static void ordinary(void) {
    say("1000, in a group that was given to it:");
    MKDIR("mine"); MKDIR("mine/a"); MKDIR("mine/b"); MKDIR("other");
    delegate(AT("mine")); delegate(AT("mine/a")); delegate(AT("mine/b")); delegate(AT("other"));
    CHILD {
        struct gate end = gate_new();
        pid_t outside;
        SPAWN(outside) gate_wait(end);
        must(put(AT("mine/cgroup.procs"), "0"));
        become(1000, 1000);
        PUT("mine/a/cgroup.procs", "0");
        PUT("mine/b/cgroup.threads", "0");
        PUT("other/cgroup.procs", "0");
        PUT("other/cgroup.threads", "0");
        PUT("cgroup.procs", "0");
        put_pid("somebody from outside", AT("mine/a/cgroup.procs"), outside);
        show("born in mine/a", into(AT("mine/a")));
        show("born in other", into(AT("other")));
        show("born at the top", into(top));
        MKDIR("own"); MKDIR("mine/own");
        PUT("mine/own/cgroup.procs", "0");
        PUT("mine/cgroup.max.depth", "3");
        PUT("mine/own/cgroup.max.depth", "3");
        RMDIR("mine/a"); RMDIR("other");
        show_own("it is in");
        gate_open(end);
        reap(outside);
    }
    // Whoever opened the file answers for what is written.
    CHILD {
        int fd = must(open(AT("other/cgroup.procs"), O_WRONLY));
        must(put(AT("mine/cgroup.procs"), "0"));
        CHILD { become(1000, 1000); show("by root's descriptor", write(fd, "0", 1)); }
    }
    RMDIR("mine/own"); RMDIR("mine/b"); RMDIR("mine/a"); RMDIR("mine"); RMDIR("other");
}
/// Root of a user namespace: uid 1000 outside.
static void inside(void) {
    must(mkdir("e", 0755));
    show("a mount of its own", mount("x", "e", "cgroup2", 0, NULL));
    show_own("it is in");
    struct stat st;
    must(stat("e", &st));
    say("its root: mode %o uid %u", st.st_mode, st.st_uid);
    show("mkdir", mkdir("e/a", 0755));
    show("mkdir with a newline", mkdir("e/\n", 0755));
    show("limit of what was given", put("e/cgroup.max.depth", "1"));
    show("limit of its own", put("e/a/cgroup.max.depth", "0"));
    show("mkdir below that", mkdir("e/a/b", 0755));
    show_put("to its own", "e/a/cgroup.procs", "0");
    show_own("it is in");
    show("rmdir", rmdir("e/a"));
    // By the mount from outside.
    PUT("mine/cgroup.procs", "0");
    PUT("other/cgroup.procs", "0");
    PUT("cgroup.procs", "0");
    show("born in other", into(AT("other")));
    show("rmdir", rmdir("e/a"));
    show("rmdir of what was given", rmdir(AT("mine")));
    show_own("it is in");
}
static void namespaces(void) {
    say("root of a user namespace, in a group that was given to it:");
    MKDIR("mine"); MKDIR("other");
    delegate(AT("mine")); delegate(AT("other"));
    struct gate made = gate_new(), mapped = gate_new();
    pid_t pid;
    SPAWN(pid) {
        must(put(AT("mine/cgroup.procs"), "0"));
        must(unshare(CLONE_NEWUSER | CLONE_NEWNS | CLONE_NEWCGROUP));
        gate_open(made);
        gate_wait(mapped);
        become_root_inside();
        
        inside();
    }
    gate_wait(made);
    map_process(pid, "0 1000 10", "0 1000 10");
    gate_open(mapped);
    reap(pid);
    RMDIR("mine"); RMDIR("other");
}

// ---- all of it, and the end

static int remove_one(const char *path, const struct stat *st, int kind, struct FTW *place) {
    if (kind == FTW_DP) rmdir(path);
    return 0;
}
/// What is left in the group ends, and the group goes.
static void remove_top(void) {
    put(format_path("%s/cgroup.kill", top), "1");
    while (waitpid(-1, NULL, WNOHANG | __WALL) > 0) {}
    for (int round = 0; round < 200 && access(top, F_OK) == 0; round++) {
        nftw(top, remove_one, 20, FTW_DEPTH | FTW_PHYS);
        usleep(5000);
    }
    yes("all is gone", access(top, F_OK) == -1);
}
int main(void) {
    must(mkdir("world", 0755));
    CHILD {
        must(unshare(CLONE_NEWNS | CLONE_NEWCGROUP));
        world_here();
        must(mkdir("d", 0755));
        must(mount("x", "d", "cgroup2", 0, NULL));
        must(mkdtemp(top) ? 0 : -1);
        must(chmod(top, 0755));
        CHILD {
            // Before the runner's patience ends, so that the group can be removed.
            alarm(12);
            directories();
            limits();
            threaded();
            texts();
            ordinary();
            namespaces();
        }
        remove_top();
    }
    return 0;
}
