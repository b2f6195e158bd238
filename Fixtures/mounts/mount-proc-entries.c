// Rules: mount-kinds-differ mount-place-gone
// As: root user
// What can be mounted on in /proc/[pid]: entries of fd and fdinfo cannot, as they come and go with open files.
#include "mounts.h"
static void on(const char *source, const char *place) {
    char path[64];
    int fd = open(place, O_PATH | O_NOFOLLOW | O_CLOEXEC);
    if (fd == -1) { say("%s: %s", place, errno_text(errno)); return; }
    snprintf(path, sizeof path, "/proc/self/fd/%d", fd);
    errno = 0;
    long result = mount(source, path, NULL, MS_BIND, NULL);
    say("%s on %s: %s", source, place, result ? errno_text(errno) : "ok");
    close(fd);
    if (result == 0) show("umount", umount2(place, UMOUNT_NOFOLLOW | MNT_DETACH));
}
static void body(void) {
    file("source");
    dir("directory");
    int fd = must(open("source", O_RDONLY));
    must(dup2(fd, 50));
    static const char *const places[] = {
        "/proc/self/fd/50", "/proc/self/fdinfo/50", "/proc/thread-self/fd/50",
        "/proc/thread-self/fdinfo/50", "/proc/self/fd", "/proc/self/fdinfo", "/proc/self/status", "/proc/self/exe",
        "/proc/self/ns/user", "/proc/self/mem",
    };
    for (unsigned i = 0; i < sizeof places / sizeof *places; i++) {
        on("source", places[i]);
        on("directory", places[i]);
    }
    TRY(mount("over", "/proc/self/fdinfo/50", "tmpfs", 0, NULL));
    // As a source both serve.
    on("/proc/self/fdinfo/50", "source");
}
int main(void) { return in_worlds(0, body); }
