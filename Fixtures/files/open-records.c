// Rules:
// As: root user
// What a description remembers of its opening: whether it made the file, which flags it keeps; and who refuses O_DIRECT.
#include "fixture.h"
#ifndef F_DUPFD_QUERY
#define F_DUPFD_QUERY 1027
#endif
#ifndef F_CREATED_QUERY
#define F_CREATED_QUERY 1028
#endif
int main(void) {
    int made = must(open("f", O_CREAT | O_RDWR, 0600)), again = must(open("f", O_CREAT | O_RDWR, 0600)), twin = must(dup(made));
    show("made", fcntl(made, F_CREATED_QUERY, 0));
    show("by a duplicate", fcntl(twin, F_CREATED_QUERY, 0));
    show("there already", fcntl(again, F_CREATED_QUERY, 0));
    show("exclusively", fcntl(must(open("g", O_CREAT | O_EXCL | O_WRONLY, 0600)), F_CREATED_QUERY, 0));
    show("without a name", fcntl(must(open(".", O_TMPFILE | O_RDWR, 0600)), F_CREATED_QUERY, 0));
    int place = must(open("f", O_PATH));
    show("by a place", fcntl(place, F_CREATED_QUERY, 0));
    show("one description", fcntl(made, F_DUPFD_QUERY, twin));
    show("two", fcntl(made, F_DUPFD_QUERY, again));
    show("a place and a file", fcntl(place, F_DUPFD_QUERY, made));
    show("a place and itself", fcntl(place, F_DUPFD_QUERY, place));
    show("a closed one", fcntl(made, F_DUPFD_QUERY, 99));
    say("without a name: %x", fcntl(must(open(".", O_TMPFILE | O_RDWR | O_EXCL, 0600)), F_GETFL));
    static const char *const paths[] = {"f", ".", "/proc/self/status", "/proc", "/proc/self/ns/uts", "/proc/sys/kernel/hostname", "/dev/null", "/sys"};
    for (unsigned i = 0; i < sizeof paths / sizeof *paths; i++) {
        ok(paths[i], open(paths[i], O_RDONLY | O_DIRECT));
        int fd = must(open(paths[i], O_RDONLY));
        show("later", fcntl(fd, F_SETFL, O_DIRECT));
    }
    ok("a place", open("/proc/self/status", O_PATH | O_DIRECT));
    int pipes[2];
    must(pipe(pipes));
    show("pipe", fcntl(pipes[1], F_SETFL, O_DIRECT));
    return 0;
}
