// Rules: file-read-only-mount mount-option-unknown mount-option-value mount-source-twice
// As: root user
// Words that every file system takes in its text of options, words that none takes, and how text is cut into words.
#include "../mountapi/api.h"
static void words(void) {
    must(mkdir("d", 0755));
    static const char *const known[] = {"ro", "rw", "sync", "async", "dirsync", "lazytime", "nolazytime", "mand", "nomand", "ro,rw", "rw,ro",
        "sync,async", "async,sync", "mand,nomand", "lazytime,nolazytime", "ro=0", "ro=1", "rw=0", "sync=no", "ro,sync,dirsync,mand,lazytime"};
    for (size_t i = 0; i < sizeof known / sizeof *known; i++) try_options("tmpfs", 0, known[i]);
    say("over flags");
    try_options("tmpfs", MS_RDONLY, "rw");
    try_options("tmpfs", MS_SYNCHRONOUS, "async");
    try_options("tmpfs", 0, "ro,size=64k");
    try_options("tmpfs", MS_RDONLY | MS_SYNCHRONOUS | MS_DIRSYNC | MS_MANDLOCK | MS_LAZYTIME, "");
    say("unknown");
    static const char *const unknown[] = {"noatime", "atime", "relatime", "norelatime", "strictatime", "diratime", "nodiratime", "nodev", "dev",
        "noexec", "exec", "suid", "nosuid", "remount", "bind", "rbind", "private", "defaults", "silent", "loud", "iversion", "noiversion", "acl",
        "noacl", "user_xattr", "posixacl", "source=x", "nosymfollow", "RO", "Size=4k", "nonesuch", "nonesuch=1"};
    for (size_t i = 0; i < sizeof unknown / sizeof *unknown; i++) try_options("tmpfs", 0, unknown[i]);
    say("words");
    static const char *const text[] = {",", ",,", ",,size=8k,,", ",size=8k", "size=8k,", "size=8k,size=16k", "size=16k,size=8k", "size =8k",
        " size=8k", "size=8k ", "size=8k\n", "size= 8k", "size", "size=", "=8k", "size=8k=4k", "mode=700,,uid=0", "size=8k,nonesuch", "nonesuch,size=8k"};
    for (size_t i = 0; i < sizeof text / sizeof *text; i++) try_options("tmpfs", 0, text[i]);
    say("other types");
    static const char *const types[] = {"ramfs", "devpts", "proc", "sysfs", "mqueue"};
    for (int i = 0; i < 5; i++) {
        try_options(types[i], 0, "ro");
        try_options(types[i], 0, "sync,dirsync,mand,lazytime");
        try_options(types[i], 0, "noatime");
        try_options(types[i], 0, "nonesuch");
        try_options(types[i], 0, "source=x");
        try_options(types[i], MS_RDONLY, NULL);
    }
    // The file system is read-only, the mount is not, or the other way around.
    must(mount("x", "d", "tmpfs", 0, "ro"));
    show("create", open("d/f", O_CREAT | O_WRONLY, 0600));
    show("remount rw by a flag", mount(NULL, "d", NULL, MS_REMOUNT, NULL));
    ok("create", open("d/f", O_CREAT | O_RDONLY, 0600));
    show("remount ro by a word", mount(NULL, "d", NULL, MS_REMOUNT, "ro"));
    show_mount("d");
    show("remount, flag ro, word rw", mount(NULL, "d", NULL, MS_REMOUNT | MS_RDONLY, "rw"));
    show_mount("d");
    show("remount with a bad word", mount(NULL, "d", NULL, MS_REMOUNT | MS_SYNCHRONOUS, "nonesuch"));
    show_mount("d");
}
int main(void) { as_each(ALL_NEW, words); return 0; }
