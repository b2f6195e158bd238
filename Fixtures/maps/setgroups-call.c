// Rules: id-unmapped setgroups-before-gid-map setgroups-denied setgroups-needs-setgid
// As: root user
// setgroups(2) and getgroups(2): permission before arguments, then count, memory and mapping.
#include "fixture.h"
static void calls(void) {
    gid_t some[] = {3, 1, 2, 1}, far[] = {1, 90000};
    show("none", syscall(SYS_setgroups, 0, NULL));
    show("four", syscall(SYS_setgroups, 4, some));
    show_groups("now");
    show("far", syscall(SYS_setgroups, 2, far));
    show("too many", syscall(SYS_setgroups, 65537, some));
    show("negative", syscall(SYS_setgroups, -1, some));
    show("bad pointer", syscall(SYS_setgroups, 2, (void *)8));
    gid_t out[8];
    show("getgroups 0", syscall(SYS_getgroups, 0, NULL));
    show("getgroups -1", syscall(SYS_getgroups, -1, out));
    show("getgroups 1", syscall(SYS_getgroups, 1, out));
    show("getgroups bad pointer", syscall(SYS_getgroups, 8, (void *)8));
    show_groups("finally");
}
int main(void) {
    CHILD calls();
    if (geteuid() == 0) {
        USERNS_CHILD(0, "0 0 10", "0 0 10") calls();
        USERNS_CHILD(0, "0 0 10", NULL) calls();
        gid_t groups[] = {0, 5, 500};
        must(setgroups(3, groups));
        USERNS_CHILD(0, "0 0 10", "100 0 10") show_groups("translated");
        CHILD { drop_cap(CAP_SETGID); calls(); }
    } else USERNS_CHILD(0, own_uid_at(0), own_gid_at(0)) calls();
    return 0;
}
