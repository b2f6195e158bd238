// Rules:
// As: root user
// What inotify(7) tells of a file system that is unmounted.
#include "mounts.h"
#include <sys/inotify.h>
static void body(void) {
    tmpfs("m");
    file("m/f");
    int fd = must(inotify_init1(IN_CLOEXEC | IN_NONBLOCK));
    int watch = must(inotify_add_watch(fd, "m/f", IN_ALL_EVENTS)), root = must(inotify_add_watch(fd, "m", IN_ALL_EVENTS));
    show("watched", umount2("m", 0));
    union { struct inotify_event event; char bytes[4096]; } buffer;
    uint32_t of_file = 0, of_root = 0;
    for (long length; (length = read(fd, &buffer, sizeof buffer)) > 0;)
        for (char *at = buffer.bytes; at < buffer.bytes + length; at += sizeof(struct inotify_event) + ((struct inotify_event *)at)->len) {
            struct inotify_event *event = (struct inotify_event *)at;
            if (event->wd == watch) of_file |= event->mask;
            if (event->wd == root) of_root |= event->mask;
        }
    say("events of the file %#x, of the root %#x", of_file, of_root);
    close(fd);
}
int main(void) { return in_worlds(0, body); }
