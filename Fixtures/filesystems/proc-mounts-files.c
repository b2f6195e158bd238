// Rules: file-access-denied
// As: root user
// mounts, mountinfo and mountstats: whose mounts they list, from which root, and how descriptors of what is not listed are named.
#include "../mountapi/api.h"
static int count_lines(const char *text) {
    int count = 0;
    for (; *text; text++) count += *text == '\n';
    return count;
}
static char *read_all(int fd) {
    static char text[65536];
    size_t size = 0;
    must(lseek(fd, 0, SEEK_SET));
    for (long got; (got = read(fd, text + size, sizeof text - 1 - size)) > 0;) size += got;
    text[size] = 0;
    return text;
}
static void whose(void) {
    struct stat st;
    must(stat("/proc/self/mountinfo", &st)); say("mountinfo mode %o", st.st_mode);
    must(stat("/proc/self/mounts", &st)); say("mounts mode %o", st.st_mode);
    must(stat("/proc/self/mountstats", &st)); say("mountstats mode %o", st.st_mode);
    static char target[PATH_MAX];
    must(readlink("/proc/mounts", target, sizeof target - 1));
    say("/proc/mounts -> %s", target);
    must(mkdir("root", 0755)); must(mkdir("root/in", 0755)); must(mkdir("root/in/deep", 0755)); must(mkdir("out", 0755));
    must(mount("one", "root", "tmpfs", 0, NULL));
    must(mkdir("root/in", 0755)); must(mkdir("root/in/deep", 0755)); must(mkdir("root/p", 0755));
    must(mount("two", "root/in/deep", "tmpfs", 0, NULL));
    must(mount("/proc", "root/p", NULL, MS_BIND, NULL));
    must(mount("three", "out", "tmpfs", 0, NULL));
    must(mount("over", "out", "tmpfs", 0, NULL));
    show_mounts("overmounted ones are listed");
    struct gate ready = gate_new(), go = gate_new(), done = gate_new();
    pid_t pid;
    SPAWN(pid) {
        gate_open(ready);
        gate_wait(go);
        must(chroot("root/in"));
        must(chdir("/"));
        gate_open(ready);
        gate_wait(go);
        must(unshare(CLONE_NEWNS));
        gate_open(ready);
        gate_wait(go);
    }
    gate_wait(ready);
    int opened = must(open(format_path("/proc/%d/mountinfo", pid), O_RDONLY));
    int before = count_lines(read_all(opened));
    gate_open(go);
    gate_wait(ready);
    yes("an open file does not follow a chroot", count_lines(read_all(opened)) == before);
    show_text("a chroot to a plain directory", get(format_path("/proc/%d/mounts", pid)));
    say("  has %d lines of mountinfo", count_lines(get(format_path("/proc/%d/mountinfo", pid))));
    show_text("  its mountstats", get(format_path("/proc/%d/mountstats", pid)));
    int rooted = must(open(format_path("/proc/%d/mounts", pid), O_RDONLY));
    gate_open(go);
    gate_wait(ready);
    show_text("opened before unshare", read_all(rooted));
    must(umount("root/in/deep"));
    show_text("  after an umount outside", read_all(rooted));
    show_text("in its own namespace", get(format_path("/proc/%d/mounts", pid)));
    gate_open(go);
    must(waitid(P_PID, pid, NULL, WEXITED | WNOWAIT));
    ok("open of a zombie's", open(format_path("/proc/%d/mountinfo", pid), O_RDONLY));
    ok("  mounts", open(format_path("/proc/%d/mounts", pid), O_RDONLY));
    reap(pid);
    ok("of one that is gone", open(format_path("/proc/%d/mountinfo", pid), O_RDONLY));
    yes("still readable after its death", count_lines(read_all(opened)) == before - 1);
    // A reader in a chroot sees the target's paths.
    CHILD {
        pid_t outside = getppid();
        must(chroot("root"));
        must(chdir("/"));
        bool mine = strstr(get("/p/thread-self/mounts"), " / tmpfs") != NULL;
        int fd = must(open(format_path("/p/%d/mounts", outside), O_RDONLY));
        yes("  own names the root", mine);
        yes("  the outside task's shows outside paths", strstr(read_all(fd), "/world/out tmpfs") != NULL);
    }
    int held = must(open("out", O_PATH));
    must(umount2("out", MNT_DETACH));
    int plain = must(open("root/in", O_PATH));
    must(umount2("root", MNT_DETACH));
    show_mounts("detached ones are not listed");
    memset(target, 0, sizeof target);
    must(readlink(format_path("/proc/self/fd/%d", held), target, sizeof target - 1));
    say("a descriptor of what was detached: %s", target);
    memset(target, 0, sizeof target);
    must(readlink(format_path("/proc/self/fd/%d", plain), target, sizeof target - 1));
    say("of a directory in it: %s", target);
    must(fchdir(plain));
    say("getcwd: %s", cwd_text());
    memset(target, 0, sizeof target);
    must(readlink("/proc/self/cwd", target, sizeof target - 1));
    say("cwd: %s", target);
    must(chdir(world_path));
    // Outside of one's root, but not detached.
    CHILD {
        must(mkdir("jail", 0755)); must(mkdir("jail/p", 0755)); must(mount("/proc", "jail/p", NULL, MS_BIND, NULL));
        must(mkdir("beside", 0755));
        int fd = must(open("beside", O_PATH));
        must(fchdir(fd));
        must(chroot("../jail"));
        memset(target, 0, sizeof target);
        must(readlink(format_path("/p/self/fd/%d", fd), target, sizeof target - 1));
        say("outside of the root: ends %s", strlen(target) > 13 ? target + strlen(target) - 13 : target);
        memset(target, 0, sizeof target);
        must(readlink("/p/self/cwd", target, sizeof target - 1));
        say("  cwd ends %s", strlen(target) > 13 ? target + strlen(target) - 13 : target);
        must(syscall(SYS_getcwd, target, sizeof target));
        say("  getcwd begins %.14s", target);
    }
}
static void others(void) {
    if (is_init()) {
        pid_t pid;
        struct gate end = gate_new();
        SPAWN(pid) { gate_wait(end); }
        CHILD {
            become(1000, 1000);
            ok("another's mountinfo", open(format_path("/proc/%d/mountinfo", pid), O_RDONLY));
            ok("another's mounts", open(format_path("/proc/%d/mounts", pid), O_RDONLY));
            ok("another's mountstats", open(format_path("/proc/%d/mountstats", pid), O_RDONLY));
        }
        gate_open(end);
        reap(pid);
    }
}
static void all(void) { whose(); others(); }
int main(void) { as_each(CLONE_NEWPID, all); return 0; }
