// Rules: mount-option-unknown remount-not-permitted
// As: root user
// Options of cgroup2 and binfmt_misc in a user namespace.
#include "../mountapi/api.h"
static void texts(void) {
    if (is_init()) return;
    must(mkdir("d", 0755));
    static const char *const cgroup[] = {"nsdelegate", "favordynmods", "memory_localevents", "memory_recursiveprot", "memory_hugetlb_accounting", "pids_localevents", "none", "name=x", "cpu", "ro"};
    for (size_t i = 0; i < sizeof cgroup / sizeof *cgroup; i++) {
        long result = mount("x", "d", "cgroup2", 0, cgroup[i]);
        say("cgroup2 %s: %s", cgroup[i], result ? errno_text(errno) : "ok");
        if (result == 0) {
            // What the whole system has is shown; what is asked for here is not.
            yes("  shown", strcmp(cgroup[i], "ro") && strstr(mount_line("d"), cgroup[i]) && strcmp(cgroup[i], "nsdelegate"));
            must(umount("d"));
        }
    }
    must(mount("x", "d", "cgroup2", 0, NULL));
    show("remount", mount(NULL, "d", NULL, MS_REMOUNT, NULL));
    show("remount ro", mount(NULL, "d", NULL, MS_REMOUNT | MS_RDONLY, NULL));
    show("remount of the mount ro", mount(NULL, "d", NULL, MS_REMOUNT | MS_BIND | MS_RDONLY, NULL));
    must(umount("d"));
    try_options("binfmt_misc", 0, NULL);
    try_options("binfmt_misc", 0, "mode=700");
    try_options("binfmt_misc", 0, "ro");
}
int main(void) { as_each(ALL_NEW, texts); return 0; }
