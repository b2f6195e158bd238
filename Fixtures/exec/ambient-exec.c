// Rules:
// As: root
// Ambient capabilities over exec: kept by plain files, lost with set-id; inheritable and bounding pass on.
#include "fixture.h"
static void prepare(void) {
    must(prctl(PR_SET_SECUREBITS, SECBIT_KEEP_CAPS));
    must(setresgid(1000, 1000, 1000));
    must(setresuid(1000, 1000, 1000));
    must(caps_set(BIT(CAP_KILL) | BIT(CAP_CHOWN) | BIT(CAP_SETUID), BIT(CAP_SETUID), BIT(CAP_KILL) | BIT(CAP_CHOWN)));
    must(prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_RAISE, CAP_KILL, 0, 0));
}
int main(int argc, char **argv) {
    if (argc > 1) {
        show_uids(argv[1]);
        show_caps("  ");
        say("  secure %ld keepcaps %d", getauxval_secure(), prctl(PR_GET_KEEPCAPS));
        return 0;
    }
    copy_file("/proc/self/exe", "plain", 0755);
    copy_file("/proc/self/exe", "suid", 0755);
    must(chown("suid", 2000, 2000));
    must(chmod("suid", 04755));
    copy_file("/proc/self/exe", "sgid", 0755);
    must(chown("sgid", 2000, 2000));
    must(chmod("sgid", 02755));
    copy_file("/proc/self/exe", "suid-own", 0755);
    must(chown("suid-own", 1000, 1000));
    must(chmod("suid-own", 04755));
    static const char *files[] = {"plain", "suid", "sgid", "suid-own"};
    for (int i = 0; i < 4; i++) {
        CHILD { prepare(); run(format_path("./%s", files[i]), files[i]); }
        CHILD { prepare(); must(setresuid(-1, 1001, -1)); run(format_path("./%s", files[i]), format_path("%s, euid 1001", files[i])); }
        CHILD { prepare(); must(prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0)); run(format_path("./%s", files[i]), format_path("%s, no_new_privs", files[i])); }
    }
    // Recalculation: root's inheritable, and what 0 gets with each of real and effective.
    CHILD { must(setresuid(0, 1000, 0)); run("./plain", "real 0"); }
    CHILD { must(setresuid(1000, 0, 0)); run("./plain", "effective 0"); }
    CHILD { must(setresuid(1000, 1000, 0)); run("./plain", "saved 0"); }
    CHILD { must(caps_set(0, 0, 0)); run("./plain", "root that dropped all"); }
    CHILD { must(caps_set(caps_permitted(), caps_effective(), BIT(CAP_KILL))); must(prctl(PR_CAPBSET_DROP, CAP_KILL)); run("./plain", "inheritable outside bounding"); }
    return 0;
}
