// Rules: file-noexec-mount proc-ptrace-access
// As: root
// When set-id bits of a program count: by the mount it is run through, the namespace of that, and the maps of its owners.
#include "../mountapi/api.h"
static void report(const char *label) {
    say("  %s: uid %d %d gid %d %d, secure %ld", label, getuid(), geteuid(), getgid(), getegid(), getauxval_secure());
}
static void program(const char *path, uid_t uid, gid_t gid, mode_t mode) {
    copy_file("/proc/self/exe", path, 0700);
    must(chown(path, uid, gid));
    must(chmod(path, mode));
}
static void run_by(uid_t id, const char *path, const char *label) { CHILD { must(setgroups(0, NULL)); must(setresgid(id, id, id)); must(setresuid(id, id, id)); must(prctl(PR_SET_DUMPABLE, 1)); run(path, label); } }
int main(int argc, char **argv) {
    if (argc > 1) { report(argv[1]); return 0; }
    must(mkdir("world", 0755));
    must(unshare(CLONE_NEWNS));
    world_here();
    must(mkdir("p", 0755)); must(mkdir("n", 0755)); must(mkdir("t", 0755));
    program("p/both", 20, 21, 06755);
    program("p/mapped", 1002, 1003, 06755);
    program("p/uid-only", 1002, 21, 06755);
    program("p/gid-only", 20, 1003, 06755);
    program("p/root", 1000, 1000, 06755);
    program("p/none", 0, 0, 0755);
    say("plain, by the mount");
    run_by(1000, "p/both", "plain");
    must(mount("p", "n", NULL, MS_BIND, NULL));
    run_by(1000, "n/both", "bound");
    must(mount(NULL, "n", NULL, MS_REMOUNT | MS_BIND | MS_NOSUID, NULL));
    run_by(1000, "n/both", "nosuid mount");
    CHILD { must(prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0)); run_by(1000, "p/both", "no_new_privs"); }
    must(mount(NULL, "n", NULL, MS_REMOUNT | MS_BIND | MS_NOEXEC, NULL));
    run_by(1000, "n/both", "noexec mount");
    int tree = must(open_tree_(AT_FDCWD, "p", TREE_CLONE));
    run_by(1000, format_path("/proc/self/fd/%d/both", tree), "detached mount");
    must(attach(tree, "t"));
    run_by(1000, "t/both", "attached again");
    int held = must(open("p", O_PATH | O_DIRECTORY));
    CHILD {
        must(unshare(CLONE_NEWNS));
        run_by(1000, "p/both", "in a copy of the mount namespace");
        run_by(1000, format_path("/proc/self/fd/%d/both", held), "by a descriptor of the old one");
    }
    say("in a user namespace from 1000");
    for (int mounts = 0; mounts < 2; mounts++) USERNS_CHILD(mounts ? CLONE_NEWNS : 0, "0 1000 10", "0 1000 10") {
        become_root_inside();
        say(mounts ? "own mount namespace" : "the parent's mount namespace");
        static const char *const names[] = {"both", "mapped", "uid-only", "gid-only", "root", "none"};
        for (int i = 0; i < 6; i++) run_by(5, format_path("p/%s", names[i]), names[i]);
        run_by(5, "n/mapped", "mapped on noexec");
        if (mounts) run_by(5, format_path("/proc/self/fd/%d/mapped", held), "mapped by a descriptor of the parent's");
    }
    say("on a tmpfs of the user namespace");
    struct gate ready = gate_new(), end = gate_new();
    pid_t pid;
    SPAWN_IN_USERNS(pid, CLONE_NEWNS, "0 1000 10", "0 1000 10") {
        become_root_inside();
        must(mount("own", "t", "tmpfs", 0, NULL));
        program("t/mine", 0, 0, 06755);
        program("t/other", 3, 4, 06755);
        run_by(5, "t/mine", "of its root");
        run_by(5, "t/other", "of another");
        must(mount(NULL, "t", NULL, MS_REMOUNT | MS_BIND | MS_NOSUID, NULL));
        run_by(5, "t/other", "of another, nosuid");
        must(mount(NULL, "t", NULL, MS_REMOUNT | MS_BIND, NULL));
        gate_open(ready);
        gate_wait(end);
    }
    gate_wait(ready);
    // Outside of its namespace and of its file system's namespace.
    run_by(30, format_path("/proc/%d/cwd/t/mine", pid), "by init's user");
    CHILD {
        int fd = must(open(format_path("/proc/%d/cwd/t", pid), O_PATH | O_DIRECTORY));
        run_by(30, format_path("/proc/self/fd/%d/other", fd), "by init's user with a descriptor");
        must(setns(must(ns_open(pid, "mnt")), CLONE_NEWNS));
        must(fchdir(fd));
        run_by(30, "other", "by init's user in its mount namespace");
    }
    gate_open(end);
    reap(pid);
    return 0;
}
