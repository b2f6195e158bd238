// Rules: file-access-denied
// As: root user
// Set-user-id and set-group-id programs: what they change, and when the bits are ignored.
#include "fixture.h"
static const char *copy;
static void report(const char *label) {
    show_uids(label);
    show_gids("  ");
    show_caps("  ");
    int signal_number = 0;
    must(prctl(PR_GET_PDEATHSIG, &signal_number));
    say("  secure %ld dumpable %d pdeathsig %d", getauxval_secure(), prctl(PR_GET_DUMPABLE), signal_number);
}
static void try_file(const char *label, uid_t uid, gid_t gid, mode_t mode) {
    unlink("copy");
    copy_file("/proc/self/exe", "copy", 0700);
    if (geteuid() == 0) must(chown("copy", uid, gid));
    must(chmod("copy", mode));
    if (geteuid() != 0) { run("./copy", label); return; }
    CHILD { become(1000, 1000); must(prctl(PR_SET_PDEATHSIG, SIGUSR1)); run("./copy", format_path("%s, by 1000", label)); }
    CHILD { run("./copy", format_path("%s, by root", label)); }
    CHILD { become(1000, 1000); must(prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0)); run("./copy", format_path("%s, by 1000, no_new_privs", label)); }
}
int main(int argc, char **argv) {
    if (argc > 1) { report(argv[1]); return 0; }
    try_file("plain", 0, 0, 0755);
    try_file("suid root", 0, 0, 04755);
    try_file("sgid root", 0, 0, 02755);
    try_file("suid and sgid root", 0, 0, 06755);
    try_file("sgid without group x", 0, 0, 02745);
    try_file("suid 2000", 2000, 2000, 04755);
    try_file("suid sgid 2000", 2000, 2000, 06755);
    try_file("sgid own group", 0, 1000, 02755);
    try_file("suid own", 1000, 1000, 06755);
    if (geteuid() == 0) {
        try_file("unreadable", 0, 0, 0711);
        try_file("not executable", 0, 0, 0644);
        try_file("only owner x", 0, 0, 0744);
    }
    return 0;
}
