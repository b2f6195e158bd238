// Rules: mount-option-unknown mount-option-value
// As: root user
// devpts: its options as written and shown, what a remount changes, and its root and ptmx.
#include "../mountapi/api.h"
#define EACH(...) for (const char *list[] = {__VA_ARGS__, NULL}, **one = list; *one; one++) try_options("devpts", 0, *one)
static void remount(const char *options) {
    show(format_path("remount %s", options), mount(NULL, "d", NULL, MS_REMOUNT, options));
    show_mount("d");
    show_owner("  ptmx", "d/ptmx");
}
static void texts(void) {
    must(mkdir("d", 0755));
    EACH("newinstance", "newinstance=1", "ptmxmode=666", "ptmxmode=0666", "ptmxmode=17777", "ptmxmode=8", "ptmxmode=", "ptmxmode=-1", "mode=620", "mode=17777", "mode=0",
        "mode=x", "mode=9", "uid=0", "gid=0", "uid=5", "gid=5", "uid=70000", "gid=70000", "uid=-1", "uid=x", "gid=0x5", "max=0", "max=10", "max=1048576", "max=1048577", "max=-1", "max=x",
        "max=0x10", "max", "nonesuch", "max=5,ptmxmode=666,mode=620,gid=0,uid=0,newinstance", "mode=600,mode=620");
    for (int i = 0; i < 2; i++) {
        must(mount("x", "d", "devpts", 0, i ? "mode=700,ptmxmode=640,uid=0,gid=0" : NULL));
        show_owner("root", "d");
        show_owner("ptmx", "d/ptmx");
        struct stat st;
        must(stat("d/ptmx", &st));
        say("  device %u:%u inode %s", major(st.st_rdev), minor(st.st_rdev), st.st_ino == 2 ? "2" : "other");
        must(umount("d"));
    }
    must(mount("x", "d", "devpts", 0, NULL));
    remount("ptmxmode=666");
    remount("mode=620");
    remount("max=7");
    remount("uid=0,gid=0");
    remount("max=-1");
    remount("");
    must(umount("d"));
}
int main(void) { as_each(0, texts); return 0; }
