// Rules:
// As: root
// Set-id bits of files whose owner is not mapped in the caller's user namespace are ignored.
#include "fixture.h"
int main(int argc, char **argv) {
    if (argc > 1) {
        show_uids(argv[1]);
        show_gids("  ");
        show_caps("  ");
        show("  secure", getauxval_secure());
        return 0;
    }
    static const struct { const char *name; uid_t uid; gid_t gid; } files[] = {
        {"f-both", 1001, 1001}, {"f-uid", 1001, 7}, {"f-gid", 7, 1001}, {"f-none", 7, 7}, {"f-root", 0, 0}, {"f-inner0", 1000, 1000}};
    for (int i = 0; i < 6; i++) {
        copy_file("/proc/self/exe", files[i].name, 0755);
        must(chown(files[i].name, files[i].uid, files[i].gid));
        must(chmod(files[i].name, 06755));
    }
    // 1000 to 1009 outside are 0 to 9 inside.
    for (int as = 0; as < 2; as++)
        USERNS_CHILD(0, "0 1000 10", "0 1000 10") {
            must(syscall(SYS_setgroups, 0, NULL));
            must(setresgid(as * 3, as * 3, as * 3));
            must(setresuid(as * 3, as * 3, as * 3));
            for (int i = 0; i < 6; i++) run(format_path("./%s", files[i].name), format_path("as %d: %s", as * 3, files[i].name));
        }
    return 0;
}
