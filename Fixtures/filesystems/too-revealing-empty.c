// Rules: mount-too-revealing
// As: root user
// Directories of proc and sysfs that are always empty: what is mounted on them hides nothing.
#include "too-revealing.h"
static const char *place;
static void cover(void) { if (mount("cover", place, "tmpfs", 0, NULL) == -1) say("  (%s)", errno_text(errno)); }
static void rows(void) {
    static const char *const places[] = {"/proc/sys/fs/binfmt_misc", "/sys/fs/cgroup", "/sys/fs/bpf", "/sys/fs/pstore", "/sys/fs/fuse/connections", "/sys/fs/fuse", "/sys/kernel/debug",
        "/sys/kernel/tracing", "/sys/kernel/security", "/sys/fs", "/sys/devices", "/proc/sys/fs"};
    for (size_t i = 0; i < sizeof places / sizeof *places; i++) { place = places[i]; row(place, cover, NULL, 0); }
}
int main(void) {
    in_built_world(rows);
    return 0;
}
