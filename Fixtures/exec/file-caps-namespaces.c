// Rules: file-capabilities-need-setfcap file-capabilities-of-other-root file-capabilities-root-unmapped
// As: root
// security.capability across user namespaces: version 3 with the writer's root, as read and as executed from each.
#include "fixture.h"
struct vfs { uint32_t magic; struct { uint32_t permitted, inheritable; } data[2]; uint32_t rootid; };
static void look(const char *label, const char *file) {
    struct vfs vfs = {0};
    errno = 0;
    int size = getxattr(file, "security.capability", &vfs, sizeof vfs);
    if (size == -1) say("%s: %s: %s", label, file, errno_text(errno));
    else say("%s: %s: size %d magic %x P %x root %u", label, file, size, vfs.magic, vfs.data[0].permitted, size == 24 ? vfs.rootid : 0);
}
static void set(const char *label, const char *file, uint32_t magic, int size, uint32_t rootid) {
    struct vfs vfs = {magic, {{BIT(CAP_NET_RAW), 0}, {0, 0}}, rootid};
    show(format_path("%s sets %s version %x root %d", label, file, magic >> 24, rootid), setxattr(file, "security.capability", &vfs, size, 0));
}
int main(int argc, char **argv) {
    if (argc > 1) { show_caps(argv[1]); return 0; }
    for (int i = 0; i < 4; i++) {
        copy_file("/proc/self/exe", format_path("copy%d", i), 0755);
        must(chown(format_path("copy%d", i), 1000 + i, 1000 + i));
    }
    copy_file("/proc/self/exe", "foreign", 0755);
    set("outside", "copy3", 0x03000001, 24, 1000);
    USERNS_CHILD(0, "0 1000 10", "0 1000 10") {
        must(setresgid(0, 0, 0));
        must(setresuid(0, 0, 0));
        must(prctl(PR_SET_DUMPABLE, 1));
        set("inside", "copy0", 0x02000001, 20, 0);
        set("inside", "copy1", 0x03000001, 24, 0);
        set("inside", "copy2", 0x03000001, 24, 5);
        set("inside", "copy2", 0x03000001, 24, 50);
        set("inside", "foreign", 0x02000001, 20, 0);
        for (int i = 0; i < 4; i++) look("inside", format_path("copy%d", i));
        for (int i = 0; i < 4; i++) CHILD {
            must(setresuid(3, 3, 3));
            run(format_path("./copy%d", i), format_path("copy%d inside by 3", i));
        }
        USERNS_CHILD(0, "0 5 3", "0 5 3") {
            for (int i = 0; i < 4; i++) look("deeper", format_path("copy%d", i));
            CHILD { must(setresuid(1, 1, 1)); for (int i = 0; i < 4; i++) run(format_path("./copy%d", i), format_path("copy%d deeper", i)); }
        }
    }
    for (int i = 0; i < 4; i++) look("outside", format_path("copy%d", i));
    for (int i = 0; i < 4; i++) CHILD { become(1000, 1000); run(format_path("./copy%d", i), format_path("copy%d outside", i)); }
    USERNS_CHILD(0, "0 2000 10", "0 2000 10") for (int i = 0; i < 4; i++) look("elsewhere", format_path("copy%d", i));
    return 0;
}
