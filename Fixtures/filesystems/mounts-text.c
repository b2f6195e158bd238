// Rules:
// As: root user
// How mounts and mountinfo write names, flags and roots: what is escaped, in which order, and what of removed directories.
#include "../mountapi/api.h"
/// The line of /proc/self/mounts for a place of the world, without what precedes the world.
static void mounts_line(const char *label, const char *wanted) {
    char *line = NULL, source[512], place[2048], rest[512];
    size_t room = 0;
    FILE *file = fopen("/proc/thread-self/mounts", "re");
    while (file && getline(&line, &room, file) > 0) {
        size_t first = strcspn(line, " "), second = strcspn(line + first + 1, " ");
        snprintf(source, sizeof source, "%.*s", (int)first, line);
        snprintf(place, sizeof place, "%.*s", (int)second, line + first + 1);
        snprintf(rest, sizeof rest, "%s", line + first + 1 + second);
        if (!strstr(place, "/world")) continue;
        const char *below = strstr(place, "/world") + 6;
        if (strcmp(below, wanted)) continue;
        say("%s: [%s] %s%.*s", label, source, below, (int)strcspn(rest, "\n"), rest);
    }
    free(line);
    if (file) fclose(file);
}
static void names(void) {
    static const char *const odd[] = {"with blank", "tab\tin", "line\nin", "back\\slash", "hash#in", "comma,in", "colon:in", "quote\"in", "\303\244", "octal\\040"};
    for (size_t i = 0; i < sizeof odd / sizeof *odd; i++) {
        must(mkdir(odd[i], 0755));
        must(mount(odd[i], odd[i], "tmpfs", 0, NULL));
    }
    show_mounts("odd names");
    for (size_t i = 0; i < sizeof odd / sizeof *odd; i++) must(umount(odd[i]));
    for (size_t i = 0; i < sizeof odd / sizeof *odd; i++) must(mount(odd[i], odd[i], NULL, MS_BIND, NULL));
    show_mounts("odd roots");
    for (size_t i = 0; i < sizeof odd / sizeof *odd; i++) must(umount(odd[i]));
    must(mkdir("d", 0755));
    say("sources");
    must(mount(NULL, "d", "tmpfs", 0, NULL));
    mounts_line("NULL", "/d");
    show_mounts("  mountinfo");
    must(umount("d"));
    must(mount("", "d", "tmpfs", 0, NULL));
    mounts_line("empty", "/d");
    show_mounts("  mountinfo");
    must(umount("d"));
    char *text = malloc(5000);
    memset(text, 's', 4999);
    text[4999] = 0;
    show("a source too long", mount(text, "d", "tmpfs", 0, NULL));
    text[4096] = 0;
    show("by one", mount(text, "d", "tmpfs", 0, NULL));
    text[4095] = 0;
    show("just not", mount(text, "d", "tmpfs", 0, NULL));
    must(umount("d"));
}
static void flags(void) {
    say("flags");
    static const unsigned long sets[] = {0, MS_RDONLY, MS_NOSUID | MS_NODEV | MS_NOEXEC, MS_NOATIME, MS_NODIRATIME, MS_STRICTATIME, MS_NOATIME | MS_NODIRATIME,
        MS_STRICTATIME | MS_NODIRATIME, MS_NOATIME | MS_STRICTATIME, MS_RELATIME, MS_NOATIME | MS_RELATIME, 256 /* MS_NOSYMFOLLOW */, MS_SYNCHRONOUS, MS_DIRSYNC, MS_MANDLOCK, MS_LAZYTIME,
        MS_SILENT | MS_POSIXACL | MS_I_VERSION, MS_RDONLY | MS_NOSUID | MS_NODEV | MS_NOEXEC | MS_SYNCHRONOUS | MS_DIRSYNC | MS_MANDLOCK | MS_LAZYTIME | MS_NOATIME | MS_NODIRATIME | 256};
    for (size_t i = 0; i < sizeof sets / sizeof *sets; i++) {
        must(mount("x", "d", "tmpfs", sets[i], "size=8k"));
        mounts_line(format_path("%lx", sets[i]), "/d");
        show_mount("d");
        struct statfs fs;
        must(statfs("d", &fs));
        say("  statfs %lx", (long)fs.f_flags);
        must(umount("d"));
    }
    say("a read-only file system, a read-only mount");
    must(mount("x", "d", "tmpfs", 0, "ro"));
    mounts_line("file system", "/d");
    must(umount("d"));
    must(mount("x", "d", "tmpfs", MS_RDONLY, "rw"));
    mounts_line("mount", "/d");
    must(umount("d"));
}
static void roots(void) {
    must(mkdir("at", 0755));
    must(mkdir("from", 0755)); must(mkdir("from/deep", 0755)); must(mkdir("from/deep/er one", 0755));
    must(mount("from/deep/er one", "at", NULL, MS_BIND, NULL));
    show_mounts("a directory as root");
    must(rename("from/deep", "from/other"));
    show_mounts("renamed above");
    must(rmdir("from/other/er one"));
    show_mounts("removed");
    mounts_line("mounts of it", "/at");
    must(umount("at"));
    make_file("file", "", 0644);
    make_file("source", "", 0644);
    must(mount("source", "file", NULL, MS_BIND, NULL));
    make_file("new", "", 0644);
    must(rename("new", "source"));
    show_mounts("a file as root, replaced");
    must(umount("file"));
}
static void all(void) { names(); flags(); roots(); }
int main(void) { as_each(0, all); return 0; }
