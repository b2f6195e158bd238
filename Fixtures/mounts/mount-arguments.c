// Rules: file-search-denied mount-kinds-differ mount-not-permitted mount-option-unknown mount-unknown-flags mount-unknown-type mount-without-type umount-not-mountpoint
// As: root user
// mount(2): the order in which arguments are copied, looked up and refused, and what sources, types and data may be.
#include "mounts.h"
#define BAD ((void *)8)
static void *edge; // the last bytes of a page with nothing behind it
static char *long_text(size_t length) {
    char *text = malloc(length + 1);
    memset(text, 'x', length);
    text[length] = 0;
    return text;
}
static void orders(void) {
    TRY(mount(BAD, "missing", "tmpfs", 0, NULL));
    TRY(mount("s", "missing", BAD, 0, NULL));
    TRY(mount("s", "missing", "tmpfs", 0, BAD));
    TRY(mount("s", BAD, "tmpfs", 0, NULL));
    TRY(mount("s", NULL, "tmpfs", 0, NULL));
    TRY(mount("s", "", "tmpfs", 0, NULL));
    TRY(mount("s", "missing", "tmpfs", 0, NULL));
    TRY(mount("s", "file/x", "tmpfs", 0, NULL));
    TRY(mount("s", "loop", "tmpfs", 0, NULL));
    TRY(mount("s", "dangling", "tmpfs", 0, NULL));
    show("a name that is too long", mount("s", long_text(256), "tmpfs", 0, NULL));
    show("a path that is too long", mount("s", long_text(4096), "tmpfs", 0, NULL));
    show("type too long, missing target", mount("s", "missing", long_text(4096), 0, NULL));
    show("source too long, missing target", mount(long_text(4096), "missing", "tmpfs", 0, NULL));
    TRY(mount("s", "missing", "tmpfs", 1UL << 31, NULL));
    TRY(mount("s", "d", "tmpfs", 1UL << 31, NULL));
    TRY(mount("s", "d", "tmpfs", 1UL << 40, NULL));
    TRY(mount("s", "d", BAD, MS_BIND, NULL));
}
static void without_capability(void) {
    say("without capabilities:");
    must(caps_set(0, 0, 0));
    orders();
    TRY(mount("s", "closed/d", "tmpfs", 0, NULL));
    TRY(mount("s", "d", NULL, 0, NULL));
    TRY(mount("s", "d", "unknown", 0, NULL));
    TRY(mount("missing", "d", NULL, MS_BIND, NULL));
    TRY(mount("s", "d", "tmpfs", MS_REMOUNT, NULL));
    TRY(mount(NULL, "d", NULL, MS_SHARED | MS_PRIVATE, NULL));
}
static void types(void) {
    TRY(mount("s", "d", NULL, 0, NULL));
    TRY(mount("s", "d", "", 0, NULL));
    TRY(mount("s", "d", "unknown", 0, NULL));
    TRY(mount("s", "d", "tmpfs.x", 0, NULL));
    TRY(mount("s", "d", "TMPFS", 0, NULL));
    show("the longest type", mount("s", "d", long_text(4095), 0, NULL));
    say("in operations that ignore them:");
    TRY(mount("d", "e", "unknown", MS_BIND, NULL));
    TRY(mount("x", "e", "unknown", MS_REMOUNT, "size=1m"));
    TRY(mount("x", "e", "unknown", MS_PRIVATE, "nonsense"));
    TRY(umount2("e", 0));
    say("order:");
    TRY(mount("s", "file", "unknown", 0, NULL));
    TRY(mount("s", "file", "tmpfs", 0, "unknown=1"));
    TRY(mount("s", "file", "tmpfs", 0, NULL));
    TRY(mount("s", "fifo", "tmpfs", 0, NULL));
    TRY(mount("s", "to-file", "tmpfs", 0, NULL));
}
static void sources(void) {
    TRY(mount(NULL, "d", "tmpfs", 0, NULL));
    TRY(mount("", "d/../e", "tmpfs", 0, NULL));
    TRY(mount("a b\tc\nd\\e#f,g:h", "dangling-not", "tmpfs", 0, NULL));
    show("the longest source", mount(long_text(4095), "g", "tmpfs", 0, NULL));
    TRY(umount2("g", 0));
    mounts("sources");
    show_flags("none", "d");
    show_flags("empty", "e");
    TRY(umount2("d", 0));
    TRY(umount2("e", 0));
    TRY(umount2("dangling-not", 0));
}
static void data(void) {
    strcpy(edge - 8, "size=8k");
    show("data at the end of a page", mount("s", "d", "tmpfs", 0, edge - 8));
    show_flags("  ", "d");
    must(umount2("d", 0));
    memcpy(edge - 7, "size=8k", 7);
    show("data without an end, at the end of a page", mount("s", "d", "tmpfs", 0, edge - 7));
    show_flags("  ", "d");
    must(umount2("d", 0));
    char *text = malloc(8192);
    memset(text, ',', 8192);
    strcpy(text + 4096 - 9, "size=64kk");
    show("data cut at 4095 bytes", mount("s", "d", "tmpfs", 0, text));
    show_flags("  ", "d");
    must(umount2("d", 0));
    TRY(mount("s", "d", "tmpfs", 0, ",,"));
    TRY(umount2("d", 0));
    TRY(mount("s", "d", "tmpfs", 0, ""));
    TRY(umount2("d", 0));
    TRY(mount("s", "d", "tmpfs", 0, ",size=8k,,mode=700,"));
    show_flags("  ", "d");
    TRY(umount2("d", 0));
}
static void links(void) {
    TRY(mount("s", "to-d", "tmpfs", 0, "mode=755"));
    mounts("through a link");
    TRY(umount2("to-d", 0));
    int link = must(open("to-d", O_PATH | O_NOFOLLOW));
    char *path = format_path("/proc/self/fd/%d", link);
    show("a link as the source of a bind", mount(path, "file", NULL, MS_BIND, NULL));
    struct stat st;
    must(lstat("file", &st));
    yes("the file is a link now", S_ISLNK(st.st_mode));
    show_link("it says", "file");
    mounts("a bound link");
    TRY(umount2("file", 0));
    TRY(umount2("file", UMOUNT_NOFOLLOW));
    show("a link as the target", mount("file", path, NULL, MS_BIND, NULL));
    show("a link as the target of a directory", mount("d", path, NULL, MS_BIND, NULL));
    show("a link as the target of a link", mount(path, path, NULL, MS_BIND, NULL));
    TRY(umount2("to-d", UMOUNT_NOFOLLOW));
    close(link);
}
static void prepare(void) {
    dir("d"); dir("e"); dir("g"); dir("dangling-not"); dir("closed"); dir("closed/d");
    must(chmod("closed", 0));
    file("file");
    must(mkfifo("fifo", 0600));
    must(symlink("d", "to-d"));
    must(symlink("file", "to-file"));
    must(symlink("loop", "loop"));
    must(symlink("nowhere", "dangling"));
}
static void body(void) {
    prepare();
    orders();
    TRY(mount("s", "d", "tmpfs", 0, BAD));
    types();
    sources();
    data();
    links();
    CHILD without_capability();
    mounts("at the end");
}
int main(void) {
    edge = mmap(NULL, 8192, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0) + 4096;
    must(munmap(edge, 4096));
    if (geteuid() != 0) CHILD {
        say("# an ordinary user");
        prepare();
        without_capability();
        must(chmod("closed", 0755));
    }
    return in_worlds(0, body);
}
