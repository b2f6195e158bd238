// Rules: file-read-only-mount mount-not-mount-root mount-option-unknown mount-other-namespace
// As: root user
// MS_REMOUNT with and without MS_BIND: what is replaced, what is kept, and that both need the root of a mount.
#include "mounts.h"
static void remounts(unsigned long extra) {
    static const struct { const char *name; unsigned long flags; } sets[] = {
        {"nothing", 0}, {"ro", MS_RDONLY}, {"nosuid nodev", MS_NOSUID | MS_NODEV}, {"noexec nosymfollow", MS_NOEXEC | MS_NOSYMFOLLOW},
        {"sync mand", MS_SYNCHRONOUS | MS_MANDLOCK}, {"dirsync lazytime", MS_DIRSYNC | MS_LAZYTIME}, {"noatime", MS_NOATIME}, {"nothing again", 0},
        {"nodiratime", MS_NODIRATIME}, {"nothing once more", 0}, {"relatime", MS_RELATIME}, {"strictatime", MS_STRICTATIME}, {"nosuid", MS_NOSUID},
        {"strictatime nodiratime", MS_STRICTATIME | MS_NODIRATIME}, {"noatime relatime", MS_NOATIME | MS_RELATIME}, {"rec ro", MS_REC | MS_RDONLY}, {"silent", MS_SILENT}};
    must(mount("s", "d", "tmpfs", MS_NOSUID | MS_NODIRATIME | MS_SYNCHRONOUS, "size=64k"));
    show_flags("new", "d");
    for (int i = 0; i < 17; i++) {
        show(format_path("to %s", sets[i].name), mount("other", "d", "unknown", MS_REMOUNT | extra | sets[i].flags, NULL));
        show_flags("  ", "d");
    }
    show("with an unknown option", mount(NULL, "d", NULL, MS_REMOUNT | extra | MS_NODEV, "nonsense"));
    show_flags("  ", "d");
    show("with options", mount(NULL, "d", NULL, MS_REMOUNT | extra, "size=32k"));
    show_flags("  ", "d");
    show("with one bad option", mount(NULL, "d", NULL, MS_REMOUNT | extra | MS_NOEXEC, "size=16k,nonsense"));
    show_flags("  ", "d");
    show("with the words ro,sync", mount(NULL, "d", NULL, MS_REMOUNT | extra, "ro,sync"));
    show_flags("  ", "d");
    must(umount2("d", 0));
}
/// dirsync is the flag of a file system that a remount leaves alone.
static void directories_in_step(void) {
    must(mount("s", "d", "tmpfs", MS_DIRSYNC, NULL));
    TRY(mount(NULL, "d", NULL, MS_REMOUNT, NULL));
    show_flags("  ", "d");
    TRY(mount(NULL, "d", NULL, MS_REMOUNT | MS_RDONLY, NULL));
    show_flags("  ", "d");
    TRY(umount2("d", 0));
    must(mount("s", "d", "tmpfs", 0, NULL));
    TRY(mount(NULL, "d", NULL, MS_REMOUNT | MS_DIRSYNC, NULL));
    TRY(mount(NULL, "d", NULL, MS_REMOUNT, "dirsync"));
    show_flags("  ", "d");
    TRY(umount2("d", 0));
}
static void places(void) {
    tmpfs("m");
    dir("m/sub");
    file("m/f");
    TRY(mount(NULL, "m/sub", NULL, MS_REMOUNT | MS_NOSUID, NULL));
    TRY(mount(NULL, "m/sub", NULL, MS_REMOUNT | MS_BIND | MS_NOSUID, NULL));
    TRY(mount(NULL, "m/f", NULL, MS_REMOUNT, NULL));
    TRY(mount(NULL, "m/sub", NULL, MS_REMOUNT, "nonsense"));
    TRY(mount(NULL, "m/missing", NULL, MS_REMOUNT, NULL));
    file("f");
    bind_to("m/f", "f");
    TRY(mount(NULL, "f", NULL, MS_REMOUNT | MS_BIND | MS_RDONLY, NULL));
    show("write through the bind of a file", open("f", O_WRONLY));
    ok("write through the other name", open("m/f", O_WRONLY | O_CLOEXEC));
    mounts("a bind of a file");
    // REC does not reach what is below.
    dir("m/sub/deep");
    must(mount("deep", "m/sub", "tmpfs", 0, NULL));
    TRY(mount(NULL, "m", NULL, MS_REMOUNT | MS_BIND | MS_REC | MS_NODEV, NULL));
    mounts("REC");
    // A mount of another namespace.
    int other = must(open("m", O_PATH | O_DIRECTORY | O_CLOEXEC));
    must(unshare(CLONE_NEWNS));
    must(chdir(world));
    char *path = format_path("/proc/self/fd/%d", other);
    show("of another namespace", mount(NULL, path, NULL, MS_REMOUNT, NULL));
    show("of another namespace, BIND", mount(NULL, path, NULL, MS_REMOUNT | MS_BIND, NULL));
    close(other);
    must(umount2("f", 0));
    must(umount2("m/sub", 0));
    must(umount2("m", 0));
}
static void writable(const char *label) {
    int a = open("a/f", O_WRONLY), ea = errno, b = open("b/f", O_WRONLY), eb = errno;
    say("%s: a %s, b %s", label, a == -1 ? errno_text(ea) : "writable", b == -1 ? errno_text(eb) : "writable");
    if (a != -1) close(a);
    if (b != -1) close(b);
    mounts(" ");
}
static void read_only(void) {
    tmpfs("a");
    file("a/f");
    dir("b");
    bind_to("a", "b");
    writable("both");
    TRY(mount(NULL, "a", NULL, MS_REMOUNT | MS_BIND | MS_RDONLY, NULL));
    writable("one mount read-only");
    TRY(mount(NULL, "a", NULL, MS_REMOUNT | MS_BIND, NULL));
    TRY(mount(NULL, "a", NULL, MS_REMOUNT | MS_RDONLY, NULL));
    writable("the file system read-only, by a");
    TRY(mount(NULL, "b", NULL, MS_REMOUNT, NULL));
    writable("writable again, by b");
    TRY(mount(NULL, "a", NULL, MS_REMOUNT | MS_BIND, NULL));
    writable("and the mount");
    must(umount2("b", 0));
    must(umount2("a", 0));
}
static void body(void) {
    dir("d");
    say("REMOUNT");
    remounts(0);
    say("REMOUNT|BIND");
    remounts(MS_BIND);
    directories_in_step();
    places();
    read_only();
}
int main(void) { return in_worlds(0, body); }
