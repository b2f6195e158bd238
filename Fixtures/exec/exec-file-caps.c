// Rules: exec-capabilities-incomplete file-capabilities-malformed file-capabilities-need-setfcap
// As: root
// File capabilities: permitted, effective, inheritable, limits by the bounding set, and refusal.
#include "fixture.h"
struct vfs { uint32_t magic; struct { uint32_t permitted, inheritable; } data[2]; uint32_t rootid; };
static void set(const char *file, uint32_t magic, uint64_t permitted, uint64_t inheritable, int size, uint32_t rootid) {
    struct vfs vfs = {magic, {{permitted, inheritable}, {permitted >> 32, inheritable >> 32}}, rootid};
    show(format_path("set %x P %llx I %llx size %d", magic, (unsigned long long)permitted, (unsigned long long)inheritable, size),
         setxattr(file, "security.capability", &vfs, size, 0));
}
static void runs(const char *label) {
    CHILD { become(1000, 1000); run("./copy", label); }
    CHILD {
        must(prctl(PR_SET_SECUREBITS, SECBIT_KEEP_CAPS));
        must(setresuid(1000, 1000, 1000));
        must(caps_set(BIT(CAP_KILL) | BIT(CAP_CHOWN), 0, BIT(CAP_KILL) | BIT(CAP_CHOWN)));
        must(prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_RAISE, CAP_CHOWN, 0, 0));
        run("./copy", "  with inheritable and ambient");
    }
    CHILD { become(1000, 1000); must(prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0)); run("./copy", "  no_new_privs"); }
    CHILD { must(prctl(PR_CAPBSET_DROP, CAP_NET_RAW)); become(1000, 1000); run("./copy", "  less bounding"); }
    CHILD run("./copy", "  root");
    CHILD { must(prctl(PR_SET_SECUREBITS, SECBIT_NOROOT)); run("./copy", "  root with noroot"); }
}
int main(int argc, char **argv) {
    if (argc > 1) {
        show_uids(argv[1]);
        show_caps("   ");
        say("    secure %ld dumpable %d", getauxval_secure(), prctl(PR_GET_DUMPABLE));
        return 0;
    }
    copy_file("/proc/self/exe", "copy", 0755);
    const uint64_t raw = BIT(CAP_NET_RAW), kill_bit = BIT(CAP_KILL);
    set("copy", 0x02000001, raw, 0, 20, 0);
    runs("raw+ep");
    set("copy", 0x02000000, raw, 0, 20, 0);
    runs("raw+p");
    set("copy", 0x02000001, 0, kill_bit, 20, 0);
    runs("kill+ei");
    set("copy", 0x02000000, 0, kill_bit, 20, 0);
    runs("kill+i");
    set("copy", 0x02000001, raw | BIT(CAP_SYS_RESOURCE), 0, 20, 0);
    runs("raw and one outside bounding +ep");
    set("copy", 0x02000001, 0, 0, 20, 0);
    runs("empty +e");
    set("copy", 0x01000001, raw, 0, 12, 0);
    runs("version 1");
    set("copy", 0x03000001, raw, 0, 24, 0);
    runs("version 3 rootid 0");
    set("copy", 0x03000001, raw, 0, 24, 1000);
    runs("version 3 rootid 1000");
    set("copy", 0x02000001, raw, 0, 19, 0);
    set("copy", 0x02000001, raw, 0, 24, 0);
    set("copy", 0x03000001, raw, 0, 20, 0);
    set("copy", 0x04000001, raw, 0, 20, 0);
    set("copy", 0x02000001, raw, 0, 20, 0);
    // Set-user-id and file capabilities together.
    must(chown("copy", 0, 0));
    show("caps after chown", getxattr("copy", "security.capability", NULL, 0));
    set("copy", 0x02000001, raw, 0, 20, 0);
    must(chmod("copy", 04755));
    CHILD { become(1000, 1000); run("./copy", "suid root with raw+ep"); }
    must(chmod("copy", 0755));
    CHILD { become(1000, 1000); show("set by 1000", setxattr("copy", "security.capability", "x", 1, 0)); show("remove by 1000", removexattr("copy", "security.capability")); }
    CHILD { drop_cap(CAP_SETFCAP); set("copy", 0x02000001, raw, 0, 20, 0); show("remove without SETFCAP", removexattr("copy", "security.capability")); }
    show("remove", removexattr("copy", "security.capability"));
    return 0;
}
