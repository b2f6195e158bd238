// Rules: mount-option-unknown
// As: root user
// The flags of a new mount, one by one and together: the texts of mounts and mountinfo, and statfs.
#include "mounts.h"
static const struct { const char *name; unsigned long flag; } flags[] = {
    {"ro", MS_RDONLY}, {"nosuid", MS_NOSUID}, {"nodev", MS_NODEV}, {"noexec", MS_NOEXEC}, {"sync", MS_SYNCHRONOUS}, {"mand", MS_MANDLOCK},
    {"dirsync", MS_DIRSYNC}, {"nosymfollow", MS_NOSYMFOLLOW}, {"noatime", MS_NOATIME}, {"nodiratime", MS_NODIRATIME}, {"relatime", MS_RELATIME},
    {"strictatime", MS_STRICTATIME}, {"lazytime", MS_LAZYTIME}};
enum { COUNT = sizeof flags / sizeof *flags };
static void one(const char *label, unsigned long set, const char *data) {
    long result = mount("s", "d", "tmpfs", set, data);
    if (result == -1) { say("%s: %s", label, errno_text(errno)); return; }
    show_flags(label, "d");
    must(umount2("d", 0));
}
static void body(void) {
    dir("d");
    one("none", 0, NULL);
    unsigned long all = 0;
    for (int i = 0; i < COUNT; i++) {
        one(flags[i].name, flags[i].flag, NULL);
        all |= flags[i].flag;
    }
    // The group of access times: which bit wins.
    for (int i = 0; i < 16; i++) {
        unsigned long set = 0;
        char label[64] = "atime:";
        for (int bit = 0; bit < 4; bit++)
            if (i >> bit & 1) {
                set |= flags[8 + bit].flag;
                sprintf(label + strlen(label), " %s", flags[8 + bit].name);
            }
        one(label, set, NULL);
    }
    one("all", all, NULL);
    one("all but strictatime", all & ~MS_STRICTATIME, "size=16k");
    one("flags of the mount", MS_RDONLY | MS_NOSUID | MS_NODEV | MS_NOEXEC | MS_NOATIME | MS_NODIRATIME | MS_NOSYMFOLLOW, NULL);
    one("flags of the file system", MS_RDONLY | MS_SYNCHRONOUS | MS_DIRSYNC | MS_MANDLOCK | MS_LAZYTIME, "size=16k,mode=700");
    // The words that every type takes, and how they go with the flags.
    static const char *words[] = {"ro", "rw", "sync", "async", "dirsync", "lazytime", "nolazytime", "mand", "nomand", "ro=0", "ro,rw", "noatime", "nosuid", "defaults"};
    for (int i = 0; i < 14; i++) one(format_path("data %s", words[i]), 0, words[i]);
    one("RDONLY with rw", MS_RDONLY, "rw");
    one("SYNCHRONOUS with async", MS_SYNCHRONOUS, "async");
    // A bind takes over what its source has and ignores what is asked for.
    must(mount("s", "d", "tmpfs", MS_NOSUID | MS_NODIRATIME | MS_SYNCHRONOUS, NULL));
    dir("e");
    TRY(mount("d", "e", NULL, MS_BIND | MS_RDONLY | MS_NODEV | MS_NOEXEC | MS_NOATIME, NULL));
    show_flags("bound", "e");
    mounts("at the end");
}
int main(void) { return in_worlds(0, body); }
