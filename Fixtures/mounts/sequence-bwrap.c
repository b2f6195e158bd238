// Rules: file-read-only-mount mount-flags-locked mount-is-locked
// As: root user
// What bubblewrap does: a tmpfs as a first root from which the real one is put together, and two times pivot_root.
#include "mounts.h"
#define SILENT_BIND (MS_MGC_VAL | MS_BIND | MS_REC | MS_SILENT)
static void bring(const char *from, const char *to, unsigned long flags) {
    char *place = format_path("newroot%s", to);
    long result = mount(from, place, NULL, SILENT_BIND, NULL);
    show(format_path("bind of %s", to), result);
    show("  with flags", mount(NULL, place, NULL, MS_MGC_VAL | MS_SILENT | MS_BIND | MS_REMOUNT | flags, NULL));
}
static void body(void) {
    dir("host"); dir("host/usr"); dir("host/usr/bin"); dir("host/home"); dir("base");
    file("host/usr/bin/program");
    file("host/file");
    char host[1024];
    snprintf(host, sizeof host, "oldroot%s/host", world);
    TRY(mount(NULL, "/", NULL, MS_SILENT | MS_SLAVE | MS_REC, NULL));
    TRY(mount("tmpfs", "base", "tmpfs", MS_NODEV | MS_NOSUID, NULL));
    must(chdir("base"));
    dir("newroot");
    TRY(mount("newroot", "newroot", NULL, SILENT_BIND, NULL));
    dir("oldroot");
    char *base = format_path("%s/base", world);
    show("pivot_root(base, oldroot)", pivot(base, "oldroot"));
    must(chdir("/"));
    show_cwd("cwd");
    strcpy(world, "/");
    dir("newroot/usr"); dir("newroot/home"); dir("newroot/proc"); dir("newroot/dev"); dir("newroot/tmp");
    make_file("newroot/file", "", 0644);
    make_file("newroot/dev/null", "", 0644);
    bring(format_path("%s/usr", host), "/usr", MS_NOSUID | MS_NODEV | MS_RDONLY);
    bring(format_path("%s/home", host), "/home", MS_NOSUID | MS_NODEV);
    bring(format_path("%s/file", host), "/file", MS_NOSUID | MS_NODEV | MS_RDONLY);
    TRY(mount("proc", "newroot/proc", "proc", MS_NOSUID | MS_NOEXEC | MS_NODEV, NULL));
    bring("oldroot/dev/null", "/dev/null", MS_NOSUID);
    TRY(mount("tmpfs", "newroot/tmp", "tmpfs", MS_NOSUID | MS_NODEV, "mode=0755"));
    TRY(mount("oldroot", "oldroot", NULL, MS_REC | MS_SILENT | MS_PRIVATE, NULL));
    TRY(umount2("oldroot", MNT_DETACH));
    int old = must(open("/", O_DIRECTORY | O_RDONLY | O_CLOEXEC));
    must(chdir("/newroot"));
    TRY(pivot(".", "."));
    must(fchdir(old));
    TRY(umount2(".", MNT_DETACH));
    must(chdir("/"));
    close(old);
    mounts("in the sandbox");
    names("/");
    names("/..");
    names("/usr/bin");
    TRY(mkdir("/usr/new", 0755));
    TRY(mkdir("/home/new", 0755));
    TRY(open("/file", O_WRONLY));
    TRY_OK(open("/dev/null", O_WRONLY | O_CLOEXEC));
    CHILD show("unshare(NEWUSER)", unshare(CLONE_NEWUSER));
    CHILD {
        must(unshare(CLONE_NEWUSER | CLONE_NEWNS));
        say("in a user namespace within:");
        TRY(mount(NULL, "/usr", NULL, MS_REMOUNT | MS_BIND | MS_NOSUID | MS_NODEV, NULL));
        TRY(umount2("/usr", 0));
        TRY(mount("s", "/home", "tmpfs", 0, NULL));
    }
}
int main(void) {
    in_worlds(CLONE_NEWPID, body);
    if (geteuid() != 0) {
        caller = USER;
        say("# an ordinary user's user namespace that has no user 0");
        USERNS_CHILD(CLONE_NEWNS | CLONE_NEWPID, own_uid_at(1000), own_gid_at(1000)) CHILD { make_world(); body(); }
    }
    return 0;
}
