// Rules: file-read-only-mount mount-flags-locked mount-is-locked mount-option-unknown mount-too-revealing sysctl-owner
// As: root user
// What a container's runtime does: a root file system with all that belongs to it, pivot_root, and masks; and a user
// namespace within.
#include "mounts.h"
static void step(const char *what, long result) {
    if (result == -1) say("%s: %s", what, errno_text(errno));
    else say("%s: ok", what);
}
#define STEP(what, call) (errno = 0, step(what, call))
/// The bundle: a directory of the world with what an image has.
static void make_bundle(void) {
    static const char *directories[] = {"rootfs", "rootfs/proc", "rootfs/sys", "rootfs/dev", "rootfs/etc", "rootfs/data", "volume"};
    for (int i = 0; i < 7; i++) dir(directories[i]);
    static const char *files[] = {"rootfs/etc/hosts", "rootfs/etc/hostname", "hosts", "hostname", "volume/f"};
    for (int i = 0; i < 5; i++) file(files[i]);
}
static void make_mounts(void) {
    STEP("/ is a slave", mount(NULL, "/", NULL, MS_SLAVE | MS_REC, NULL));
    STEP("rootfs on itself", mount("rootfs", "rootfs", NULL, MS_BIND | MS_REC, NULL));
    STEP("rootfs is private", mount(NULL, "rootfs", NULL, MS_PRIVATE, NULL));
    must(chdir("rootfs"));
    STEP("proc", mount("proc", "proc", "proc", 0, NULL));
    STEP("tmpfs on dev", mount("tmpfs", "dev", "tmpfs", MS_NOSUID | MS_STRICTATIME, "mode=755,size=65536k"));
    dir("dev/pts"); dir("dev/shm"); dir("dev/mqueue");
    STEP("devpts", mount("devpts", "dev/pts", "devpts", MS_NOSUID | MS_NOEXEC, caller == USER ? "newinstance,ptmxmode=0666,mode=0620" : "newinstance,ptmxmode=0666,mode=0620,gid=5"));
    STEP("shm", mount("shm", "dev/shm", "tmpfs", MS_NOSUID | MS_NODEV | MS_NOEXEC, "mode=1777,size=65536k"));
    STEP("mqueue", mount("mqueue", "dev/mqueue", "mqueue", MS_NOSUID | MS_NODEV | MS_NOEXEC, NULL));
    STEP("sysfs", mount("sysfs", "sys", "sysfs", MS_NOSUID | MS_NODEV | MS_NOEXEC | MS_RDONLY, NULL));
    STEP("cgroup2", mount("cgroup", "sys/fs/cgroup", "cgroup2", MS_NOSUID | MS_NODEV | MS_NOEXEC | MS_RELATIME | MS_RDONLY, NULL));
    static const char *devices[] = {"null", "zero", "full", "random", "urandom", "tty"};
    for (int i = 0; i < 6; i++) {
        char *place = format_path("dev/%s", devices[i]);
        make_file(place, "", 0644);
        STEP(place, mount(format_path("/dev/%s", devices[i]), place, NULL, MS_BIND, NULL));
    }
    must(symlink("pts/ptmx", "dev/ptmx"));
    must(symlink("/proc/self/fd", "dev/fd"));
    STEP("hosts", mount("../hosts", "etc/hosts", NULL, MS_BIND, NULL));
    STEP("hosts read-only", mount(NULL, "etc/hosts", NULL, MS_REMOUNT | MS_BIND | MS_RDONLY, NULL));
    STEP("hostname", mount("../hostname", "etc/hostname", NULL, MS_BIND, NULL));
    STEP("a volume", mount("../volume", "data", NULL, MS_BIND | MS_REC, NULL));
    STEP("the volume is private", mount(NULL, "data", NULL, MS_PRIVATE | MS_REC, NULL));
}
static void change_root(void) {
    int old = must(open("/", O_DIRECTORY | O_CLOEXEC)), new = must(open(".", O_DIRECTORY | O_CLOEXEC));
    must(fchdir(new));
    STEP("pivot_root", pivot(".", "."));
    must(fchdir(old));
    STEP("the old root is a slave", mount(NULL, ".", NULL, MS_SLAVE | MS_REC, NULL));
    STEP("the old root goes", umount2(".", MNT_DETACH));
    must(chdir("/"));
    close(old);
    close(new);
    strcpy(world, "/");
}
static void mask(void) {
    static const char *fixed[] = {"/proc/bus", "/proc/fs", "/proc/irq", "/proc/sys"};
    for (int i = 0; i < 4; i++) {
        STEP(fixed[i], mount(fixed[i], fixed[i], NULL, MS_BIND | MS_REC, NULL));
        STEP(format_path("%s read-only", fixed[i]), mount(NULL, fixed[i], NULL, MS_REMOUNT | MS_BIND | MS_RDONLY, NULL));
    }
    STEP("/proc/timer_list", mount("/dev/null", "/proc/timer_list", NULL, MS_BIND, NULL));
    STEP("/sys/firmware", mount("tmpfs", "/sys/firmware", "tmpfs", MS_RDONLY, "size=0k"));
    STEP("/ read-only", mount(NULL, "/", NULL, MS_REMOUNT | MS_BIND | MS_RDONLY, NULL));
}
static void inside(void) {
    TRY_OK(open("/dev/null", O_RDWR | O_CLOEXEC));
    names("/dev");
    show_put("a write to /proc/sys", "/proc/sys/kernel/hostname", "x");
    TRY(mkdir("/new", 0755));
    TRY(mkdir("/dev/new", 0755));
    TRY(mkdir("/data/new", 0755));
    TRY(open("/etc/hosts", O_WRONLY));
    TRY_OK(open("/etc/hostname", O_WRONLY | O_CLOEXEC));
    TRY(mkdir("/sys/new", 0755));
    names("/sys/firmware");
    show_text("/proc/timer_list", get("/proc/timer_list"));
    CHILD {
        must(unshare(CLONE_NEWNS));
        say("its own mounts can be taken away:");
        TRY(umount2("/proc/sys", 0));
        TRY(umount2("/proc/timer_list", 0));
        TRY(umount2("/data", 0));
        TRY(mount(NULL, "/", NULL, MS_REMOUNT | MS_BIND, NULL));
        TRY(mkdir("/new", 0755));
        TRY(rmdir("/new"));
    }
    CHILD {
        pid_t pid = spawn_in_userns(CLONE_NEWNS | CLONE_NEWPID, all_ids(), all_ids());
        if (pid) { reap(pid); _exit(0); }
        CHILD {
            say("in a user namespace within:");
            TRY(mount("proc", "/proc", "proc", 0, NULL));
            TRY(mount("proc", "/etc/hosts", "proc", 0, NULL));
            TRY(mount("proc", "/proc", "proc", 0, "nonsense"));
            TRY(mount("tmpfs", "/data", "tmpfs", 0, NULL));
            TRY(umount2("/data", 0));
            TRY(umount2("/data", 0));
            TRY(umount2("/proc/timer_list", 0));
            TRY(umount2("/proc/sys", 0));
            TRY(mount(NULL, "/", NULL, MS_REMOUNT | MS_BIND, NULL));
        }
        _exit(0);
    }
}
static void body(void) {
    make_bundle();
    make_mounts();
    change_root();
    mounts("before the masks");
    mask();
    mounts("in the container");
    inside();
}
int main(void) { return in_worlds(CLONE_NEWPID | CLONE_NEWIPC | CLONE_NEWNET | CLONE_NEWUTS | CLONE_NEWCGROUP, body); }
