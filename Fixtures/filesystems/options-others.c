// Rules: mount-option-unknown mount-option-value mount-source-twice remount-not-permitted
// As: root user
// Options of ramfs, mqueue, sysfs: what is taken, ignored and shown, at first and by a remount.
#include "../mountapi/api.h"
static void texts(void) {
    must(mkdir("d", 0755));
    static const char *const ramfs[] = {"mode=700", "mode=0", "mode=755", "mode=17777", "mode=8", "mode=x", "mode=", "mode=-1", "size=8k", "nonesuch", "nonesuch=1", "uid=70000", "nr_inodes=x",
        "mode=711,mode=700", "mode", "source=x"};
    for (size_t i = 0; i < sizeof ramfs / sizeof *ramfs; i++) try_options("ramfs", 0, ramfs[i]);
    must(mount("x", "d", "ramfs", 0, "mode=3710"));
    show_owner("ramfs root", "d");
    show("remount mode", mount(NULL, "d", NULL, MS_REMOUNT, "mode=700"));
    show_mount("d");
    show_owner("then", "d");
    show("remount with nonsense", mount(NULL, "d", NULL, MS_REMOUNT, "nonesuch"));
    show("remount ro", mount(NULL, "d", NULL, MS_REMOUNT | MS_RDONLY, NULL));
    show_mount("d");
    must(umount("d"));
    static const char *const none[] = {"mode=700", "uid=0", "size=8k", "nonesuch", "ro", ",", ""}, *const types[] = {"mqueue", "sysfs"};
    for (int type = 0; type < 2; type++) {
        for (size_t i = 0; i < sizeof none / sizeof *none; i++) try_options(types[type], 0, none[i]);
        must(mount("x", "d", types[type], 0, NULL));
        show("remount with an option", mount(NULL, "d", NULL, MS_REMOUNT, "mode=700"));
        show("remount ro", mount(NULL, "d", NULL, MS_REMOUNT | MS_RDONLY, NULL));
        show_mount("d");
        show("remount rw", mount(NULL, "d", NULL, MS_REMOUNT, NULL));
        show_mount("d");
        must(umount("d"));
    }
}
int main(void) { as_each(ALL_NEW, texts); return 0; }
