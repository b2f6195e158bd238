// Rules: directory-busy mount-kinds-differ mount-namespace-loop nsfs-is-immutable remount-not-permitted setns-needs-admin-over-target umount-busy
// As: root user
// Binds of namespace files: what they look like, which mount namespaces may be bound, and what copies keep.
#include "mounts.h"
static char *of(pid_t pid, const char *name) { return pid ? format_path("/proc/%d/ns/%s", pid, name) : format_path("/proc/thread-self/ns/%s", name); }
static void looks(void) {
    static const char *names_[] = {"user", "uts", "net", "pid", "ipc", "cgroup", "time"};
    for (int i = 0; i < 7; i++) {
        file(names_[i]);
        show(names_[i], mount(of(0, names_[i]), names_[i], NULL, MS_BIND, NULL));
    }
    dir("d");
    show("onto a directory", mount(of(0, "user"), "d", NULL, MS_BIND, NULL));
    show("the directory of them onto a file", mount("/proc/thread-self/ns", "user", NULL, MS_BIND, NULL));
    mounts("bound");
    show_flags("user", "user");
    struct stat st;
    must(stat("user", &st));
    say("mode %o size %ld", st.st_mode, (long)st.st_size);
    struct statfs fs;
    must(statfs("user", &fs));
    say("type %lx", (long)fs.f_type);
    yes("the same file", st.st_ino == ns_number(0, "user"));
    TRY(chmod("user", 0600));
    TRY(chown("user", 0, 0));
    TRY(utimensat(AT_FDCWD, "user", NULL, 0));
    TRY(setxattr("user", "user.x", "1", 1, 0));
    TRY(truncate("user", 0));
    TRY(open("user", O_WRONLY));
    TRY(open("user", O_RDWR));
    TRY(unlink("user"));
    int fd = must(open("uts", O_RDONLY | O_CLOEXEC));
    TRY(setns(fd, CLONE_NEWUTS));
    TRY(umount2("uts", 0));
    close(fd);
    TRY(mount(NULL, "uts", NULL, MS_REMOUNT | MS_BIND | MS_RDONLY | MS_NOSUID, NULL));
    TRY(mount(NULL, "uts", NULL, MS_REMOUNT, NULL));
    TRY(mount(NULL, "uts", NULL, MS_SHARED, NULL));
    file("elsewhere");
    TRY(mount("uts", "elsewhere", NULL, MS_MOVE, NULL));
    TRY(mount("elsewhere", "uts", NULL, MS_BIND, NULL));
    mounts("changed, moved and bound again");
    for (int i = 0; i < 7; i++) umount2(names_[i], 0);
    TRY(umount2("elsewhere", 0));
}
static void kept(void) {
    // A namespace without tasks lives on in its bind.
    file("uts-file"); file("pid-file");
    pid_t other = hold(CLONE_NEWUTS);
    must(mount(of(other, "uts"), "uts-file", NULL, MS_BIND, NULL));
    CHILD { must(setns(must(ns_open(other, "uts")), CLONE_NEWUTS)); must(sethostname("kept", 4)); }
    release(other);
    CHILD {
        must(setns(must(open("uts-file", O_RDONLY | O_CLOEXEC)), CLONE_NEWUTS));
        struct utsname name;
        must(uname(&name));
        say("host name %s", name.nodename);
    }
    CHILD {
        must(unshare(CLONE_NEWPID));
        show("pid_for_children without an init", mount(of(0, "pid_for_children"), "pid-file", NULL, MS_BIND, NULL));
        CHILD say("its init runs");
        show("pid_for_children after its end", mount(of(0, "pid_for_children"), "pid-file", NULL, MS_BIND, NULL));
        umount2("pid-file", 0);
    }
    TRY(umount2("uts-file", 0));
}
static void mount_namespaces(void) {
    // On one CPU the numbers of namespaces follow their order.
    stay_on_this_cpu();
    file("older"); file("own"); file("younger"); file("younger2"); file("user-file");
    pid_t older = hold(CLONE_NEWNS);
    must(unshare(CLONE_NEWNS));
    must(chdir(world));
    pid_t younger = hold(CLONE_NEWNS), less = hold(CLONE_NEWUSER | CLONE_NEWNS);
    show("an older one", mount(of(older, "mnt"), "older", NULL, MS_BIND, NULL));
    show("the own one", mount(of(0, "mnt"), "own", NULL, MS_BIND, NULL));
    show("a younger one", mount(of(younger, "mnt"), "younger", NULL, MS_BIND, NULL));
    show("a younger one of another owner", mount(of(less, "mnt"), "younger2", NULL, MS_BIND, NULL));
    show("a user namespace", mount(of(less, "user"), "user-file", NULL, MS_BIND, NULL));
    mounts("bound");
    IN(younger) show("the older one, from there", mount(of(getppid(), "mnt"), "own", NULL, MS_BIND, NULL));
    // Copies leave binds of mount namespaces out.
    pid_t copy = hold(CLONE_NEWNS), less_copy = hold(CLONE_NEWUSER | CLONE_NEWNS);
    more_mounts_of("a copy", copy);
    more_mounts_of("a copy of another owner", less_copy);
    dir("again");
    tmpfs("tree");
    file("tree/mnt"); file("tree/user");
    TRY(mount("younger", "tree/mnt", NULL, MS_MOVE, NULL));
    TRY(mount("user-file", "tree/user", NULL, MS_BIND, NULL));
    TRY(mount("tree", "again", NULL, MS_BIND | MS_REC, NULL));
    mounts("moved, and bound recursively");
    TRY(umount2("again", MNT_DETACH));
    int fd = TRY_OK(clone_tree("tree", AT_RECURSIVE));
    TRY(attach(fd, "again"));
    mounts("by open_tree");
    CHILD {
        must(setns(must(open("tree/mnt", O_RDONLY | O_CLOEXEC)), CLONE_NEWNS));
        must(chdir(world));
        mounts("in the bound one");
    }
    release(older), release(younger), release(less), release(copy), release(less_copy);
}
static void body(void) {
    looks();
    kept();
    mount_namespaces();
}
int main(void) { return in_worlds(0, body); }
