// Rules:
// As: user
// Watches on directories report what happens to names.
#include "fixture.h"
#include <sys/inotify.h>
int main(void) {
    must(mkdir("d", 0755));
    int queue = must(inotify_init1(IN_NONBLOCK));
    must(inotify_add_watch(queue, "d", IN_CREATE | IN_DELETE));
    make_file("d/f", "text", 0644);
    must(unlink("d/f"));
    char buffer[1024] __attribute__((aligned(8)));
    yes("events", read(queue, buffer, sizeof buffer) > 0);
    return 0;
}
