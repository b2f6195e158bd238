// Rules: mount-flags-locked mount-locked-children mount-option-unknown mount-too-revealing
// As: root user
// When a namespace that is not init's may mount a proc or sysfs of its own: what of those that it sees is hidden.
#include "too-revealing.h"
COVER(cover_sys, "/proc/sys") COVER(cover_fs, "/proc/fs") COVER(cover_tty, "/proc/tty") COVER(cover_driver, "/proc/driver")
COVER(cover_bus, "/proc/bus") COVER(cover_user, "/proc/sys/user") COVER(cover_proc, "/proc") COVER(cover_kernel, "/sys/kernel")
COVER(cover_sysfs, "/sys") COVER(cover_firmware, "/sys/firmware") COVER(cover_own_proc, "/proc/sys")
COVER(cover_cgroup, "/sys/fs/cgroup")
#define BIND(name, from, to) static void name(void) { must(mount(from, to, NULL, MS_BIND, NULL)); }
BIND(bind_cpuinfo, "/file", "/proc/cpuinfo") BIND(bind_sys_itself, "/proc/sys", "/proc/sys") BIND(bind_proc_aside, "/proc", "/aside")
static void only_part(void) { bind_proc_aside(); must(mount("/proc/sys", "/aside", NULL, MS_BIND, NULL)); must(umount2("/proc", 0)); }
static void elsewhere(void) { must(mount("/proc", "/aside", NULL, MS_MOVE, NULL)); }
static void elsewhere_covered(void) { elsewhere(); must(mount("x", "/aside", "tmpfs", 0, NULL)); must(umount2("/sys", 0)); }
static void none_left(void) { must(umount2("/proc", 0)); must(umount2("/sys", 0)); }
static void covered_above(void) { must(mkdir("/aside/in", 0755)); must(mount("/proc", "/aside/in", NULL, MS_MOVE, NULL)); must(mount("x", "/aside", "tmpfs", 0, NULL)); }
static void read_only(void) { must(mount(NULL, "/proc", NULL, MS_REMOUNT | MS_BIND | MS_RDONLY, NULL)); must(mount(NULL, "/sys", NULL, MS_REMOUNT | MS_BIND | MS_RDONLY, NULL)); }
static void fresh(const char *options) { must(mount("proc", "/m", "proc", 0, options)); must(umount2("/proc", 0)); must(mount("/m", "/proc", NULL, MS_MOVE, NULL)); }
static void read_only_sb(void) { fresh(NULL); must(mount(NULL, "/proc", NULL, MS_REMOUNT | MS_RDONLY, NULL)); must(mount(NULL, "/proc", NULL, MS_REMOUNT | MS_BIND, NULL)); }
// One that itself had to be visible somewhere has its atime mode locked.
static void no_atime(void) { show("  noatime", mount(NULL, "/proc", NULL, MS_REMOUNT | MS_BIND | MS_NOATIME, NULL)); show("  nodiratime", mount(NULL, "/sys", NULL, MS_REMOUNT | MS_BIND | MS_NODIRATIME | MS_RELATIME, NULL)); }
static void no_suid(void) { must(mount(NULL, "/proc", NULL, MS_REMOUNT | MS_BIND | MS_NOSUID | MS_NODEV | MS_NOEXEC, NULL)); }
static void subset(void) { fresh("subset=pid,hidepid=2"); }
static void chrooted(void) { must(chroot("/dev")); must(mkdir("/m", 0755)); }
static void masked_in_aside(void) { bind_proc_aside(); cover_sys(); }
static void locks(void) {
    must(mount("x", "/m", "proc", MS_RDONLY, NULL));
    show("  remount rw", mount(NULL, "/m", NULL, MS_REMOUNT | MS_BIND, NULL));
    show("  remount noatime", mount(NULL, "/m", NULL, MS_REMOUNT | MS_BIND | MS_RDONLY | MS_NOATIME, NULL));
    show("  remount nosuid", mount(NULL, "/m", NULL, MS_REMOUNT | MS_BIND | MS_RDONLY | MS_NOSUID, NULL));
    show("  clear nosuid again", mount(NULL, "/m", NULL, MS_REMOUNT | MS_BIND | MS_RDONLY, NULL));
    show("  umount", umount2("/m", 0));
}
static void contexts(void) {
    int context = must(fsopen_("proc", 0));
    show("  create", fs_create(context));
    ok("  fsmount", fsmount_(context, 0, 0));
    show_log(context);
    ok("  fsmount again, fitting", fsmount_(context, 0, A_RDONLY));
    show_log(context);
}
static void subset_of_new(void) { show("  proc of subset=pid", mount("x", "/m", "proc", 0, "subset=pid")); }
static void binds(void) {
    show("  bind", mount("/proc", "/m", NULL, MS_BIND, NULL));
    show("  recursive bind", mount("/proc", "/m", NULL, MS_BIND | MS_REC, NULL));
    must(umount2("/m", MNT_DETACH));
}
static void on_a_file(void) {
    show("  on a file", mount("x", "/file", "proc", 0, NULL));
    show("  with a bad option", mount("x", "/m", "proc", 0, "nonesuch"));
}
static void nested(void) {
    // Who has no IDs may not make a namespace.
    must(put("/proc/self/uid_map", "0 0 1"));
    must(put("/proc/self/setgroups", "deny"));
    must(put("/proc/self/gid_map", "0 0 1"));
    cover_sys();
    attempt("proc", 0);
    say("  and below that");
    CHILD {
        must(unshare(CLONE_NEWUSER | CLONE_NEWNS | ALL_NEW));
        CHILD { attempt("proc", 0); attempt("sysfs", 0); }
    }
    must(umount2("/proc/sys", 0));
}
static void rows(void) {
    row("nothing hidden", NULL, NULL, 0);
    row("tmpfs on /proc/sys", cover_sys, NULL, 0);
    row("on /proc/fs", cover_fs, NULL, 0);
    row("on /proc/tty", cover_tty, NULL, 0);
    row("on /proc/driver", cover_driver, NULL, 0);
    row("on /proc/bus", cover_bus, NULL, 0);
    row("on /proc/sys/user", cover_user, NULL, 0);
    row("on /proc", cover_proc, NULL, 0);
    row("on /sys/kernel", cover_kernel, NULL, 0);
    row("on /sys/firmware", cover_firmware, NULL, 0);
    row("on /sys", cover_sysfs, NULL, 0);
    row("on /sys/fs/cgroup", cover_cgroup, NULL, 0);
    row("a file on /proc/cpuinfo", bind_cpuinfo, NULL, 0);
    row("/proc/sys on itself", bind_sys_itself, NULL, 0);
    row("hidden, but another one is not", masked_in_aside, NULL, 0);
    row("only a part elsewhere", only_part, NULL, 0);
    row("none at all", none_left, NULL, 0);
    row("only elsewhere", elsewhere, NULL, 0);
    row("only elsewhere, and covered", elsewhere_covered, NULL, 0);
    row("only elsewhere, below what is covered", covered_above, NULL, 0);
    row("in a chroot", NULL, chrooted, 0);
    row("covered in the namespace itself", NULL, cover_own_proc, 0);
    row("covered itself, seen from below", NULL, nested, 0);
    row("read-only", read_only, NULL, 0);
    row("read-only, and the new one", read_only, NULL, MS_RDONLY);
    row("read-only file system under a writable mount", read_only_sb, NULL, 0);
    row("the same, and the new one", read_only_sb, NULL, MS_RDONLY);
    row("made read-only inside", NULL, read_only, 0);
    row("the new one noatime", NULL, NULL, MS_NOATIME);
    row("the new one strictatime", NULL, NULL, MS_STRICTATIME);
    row("the new one nodiratime", NULL, NULL, MS_NODIRATIME);
    row("noatime and nodiratime", no_atime, NULL, 0);
    row("noatime, and the new one", no_atime, NULL, MS_NOATIME);
    row("nodiratime, and the new one", no_atime, NULL, MS_NODIRATIME);
    row("nosuid, nodev, noexec", no_suid, NULL, 0);
    row("the new one nosuid", NULL, NULL, MS_NOSUID | MS_NODEV | MS_NOEXEC);
    row("subset=pid,hidepid=2", subset, NULL, 0);
    row("locks of the new one", read_only, locks, MS_RDONLY);
    row("a context", read_only, contexts, MS_RDONLY);
    row("subset of the new one", cover_sys, subset_of_new, 0);
    row("binds", cover_sys, binds, 0);
    row("on a file", cover_sys, on_a_file, 0);
    if (geteuid() == 0) { say("for the one that made this world, when none is left"); none_left(); attempt("proc", 0); attempt("sysfs", 0); }
}
int main(void) {
    in_built_world(rows);
    return 0;
}
