// Rules: chroot-not-permitted mount-not-permitted umount-unknown-flags
// As: user
// Mounting without the capability, and the order of lookups and checks.
#include "fixture.h"
#include <sys/swap.h>
#define TRY(call) show(#call, call)
int main(void) {
    must(mkdir("d", 0755));
    TRY(mount("none", "d", "tmpfs", 0, NULL));
    TRY(mount("none", "missing", "tmpfs", 0, NULL));
    TRY(mount("d", "d", NULL, MS_BIND, NULL));
    TRY(mount("none", "d", "tmpfs", MS_REMOUNT, NULL));
    TRY(mount(NULL, "/", NULL, MS_PRIVATE | MS_REC, NULL));
    TRY(umount2("d", 0));
    TRY(umount2("/proc", MNT_DETACH));
    TRY(umount2("missing", 0));
    TRY(umount2("d", 0x100));
    TRY(syscall(SYS_pivot_root, "d", "d"));
    TRY(syscall(SYS_pivot_root, "missing", "d"));
    TRY(syscall(430, "tmpfs", 0));
    TRY(syscall(428, AT_FDCWD, "d", 1));
    TRY(chroot("d"));
    TRY(swapoff("d"));
    TRY(syscall(SYS_acct, "d"));
    USERNS_CHILD(0, own_uid_at(0), own_gid_at(0)) {
        TRY(mount("none", "d", "tmpfs", 0, NULL));
        TRY(umount2("/proc", MNT_DETACH));
    }
    return 0;
}

