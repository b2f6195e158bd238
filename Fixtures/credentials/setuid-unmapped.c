// Rules: id-unmapped setgid-not-permitted setuid-not-permitted
// As: root
// Ids without a mapping are EINVAL before any question of permission; and what root is, without a mapping for 0.
#include "fixture.h"
#define TRY(call) CHILD { show(#call, call); show_uids("  now"); show_gids("  now"); say("  P %d E %d", caps_permitted() != 0, caps_effective() != 0); }
static void tries(void) {
    TRY(syscall(SYS_setuid, 0));
    TRY(syscall(SYS_setuid, 5));
    TRY(syscall(SYS_setuid, 50));
    TRY(syscall(SYS_setuid, 65534));
    TRY(syscall(SYS_setreuid, 50, -1));
    TRY(syscall(SYS_setreuid, 5, 50));
    TRY(syscall(SYS_setresuid, -1, -1, 50));
    TRY(syscall(SYS_setresuid, -1, -1, -1));
    TRY(syscall(SYS_setresuid, 5, 6, 7));
    TRY(syscall(SYS_setfsuid, 50));
    TRY(syscall(SYS_setfsuid, 5));
    TRY(syscall(SYS_setgid, 50));
    TRY(syscall(SYS_setgid, 5));
    TRY(syscall(SYS_setregid, 50, -1));
    TRY(syscall(SYS_setresgid, -1, 50, -1));
    TRY(syscall(SYS_setresgid, 5, 6, 7));
    TRY(syscall(SYS_setfsgid, 50));
    TRY(syscall(SYS_setfsgid, 5));
}
int main(void) {
    CHILD { must(unshare(CLONE_NEWUSER)); say("no maps"); tries(); }
    USERNS_CHILD(0, "0 0 10", "0 0 10") { say("0 to 9"); tries(); }
    USERNS_CHILD(0, "0 0 10", "0 0 10") { say("0 to 9, no capabilities"); must(caps_set(0, 0, 0)); tries(); }
    USERNS_CHILD(0, "5 0 2", "5 0 2") { say("5 and 6"); tries(); }
    USERNS_CHILD(0, "0 5 1\n5 0 2", "0 0 10") { say("0 is another"); tries(); }
    return 0;
}
