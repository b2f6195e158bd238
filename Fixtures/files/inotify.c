// Rules:
// As: user
// Watches on regular files, and what inotify refuses.
#include "fixture.h"
#include <sys/inotify.h>
static int queue;
static void events(const char *after) {
    char buffer[1024] __attribute__((aligned(8))), text[200] = "";
    ssize_t count = read(queue, buffer, sizeof buffer);
    uint32_t seen = 0;
    for (ssize_t at = 0; at < count; at += sizeof(struct inotify_event)) seen |= ((struct inotify_event *)(buffer + at))->mask;
    say("%s: %x%s", after, seen, text);
}
int main(void) {
    make_file("f", "text", 0644);
    make_file("g", "text", 0644);
    must(mkdir("d", 0755));
    queue = ok("inotify_init1", inotify_init1(IN_NONBLOCK | IN_CLOEXEC));
    int watch = ok("watch", inotify_add_watch(queue, "f", IN_MODIFY | IN_CLOSE_WRITE));
    yes("the same", inotify_add_watch(queue, "f", IN_MODIFY | IN_CLOSE_WRITE) == watch);
    show("only if new", inotify_add_watch(queue, "f", IN_MODIFY | IN_MASK_CREATE));
    yes("another", inotify_add_watch(queue, "g", IN_MODIFY) != watch);
    ok("a directory", inotify_add_watch(queue, "d", IN_DELETE));
    show("only directories", inotify_add_watch(queue, "f", IN_MODIFY | IN_ONLYDIR));
    show("nothing", inotify_add_watch(queue, "f", 0));
    show("both ways", inotify_add_watch(queue, "f", IN_MODIFY | IN_MASK_ADD | IN_MASK_CREATE));
    show("missing", inotify_add_watch(queue, "none", IN_MODIFY));
    show("bad pointer", inotify_add_watch(queue, (void *)16, IN_MODIFY));
    events("at first");
    int fd = must(open("f", O_RDWR));
    must(write(fd, "abc", 3));
    events("after a write");
    must(ftruncate(fd, 1));
    events("after a truncation");
    close(fd);
    events("after the close");
    CHILD { int other = must(open("g", O_WRONLY | O_APPEND)); must(write(other, "x", 1)); }
    events("after a child's write");
    show("remove", inotify_rm_watch(queue, watch));
    events("ignored");
    show("again", inotify_rm_watch(queue, watch));
    char link[64] = "";
    must(readlink(format_path("/proc/self/fd/%d", queue), link, 63));
    say("%s", link);
    return 0;
}
