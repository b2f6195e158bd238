// Rules:
// As: root
// An instance of a file system that only the kernel mounts.
#include "mounts.h"
/// By the new calls root can attach what mount(2) refuses.
static void kernel_type_attached(void) {
    int fs = ok("fsopen of pipefs", syscall(SYS_fsopen, "pipefs", 1));
    if (fs == -1) return;
    if (TRY(syscall(SYS_fsconfig, fs, 6, NULL, NULL, 0)) == -1) return;
    int mount_ = ok("fsmount", syscall(SYS_fsmount, fs, 1, 0));
    if (mount_ == -1) return;
    show("attached", attach(mount_, "d"));
    TRY(open("d/x", O_RDONLY));
    TRY(open("d", O_RDONLY | O_DIRECTORY));
    struct stat st;
    must(stat("d", &st));
    say("mode %o", st.st_mode);
    mounts("pipefs");
    close(mount_);
    close(fs);
    TRY(umount2("d", 0));
}
static void body(void) {
    dir("d");
    kernel_type_attached();
}
int main(void) { return in_worlds(0, body); }
