// Rules: freeze-needs-admin
// As: root user
// Freezing a tmpfs of one's own: who may ask for what tmpfs cannot do.
#include "../mounts/mounts.h"
#include <linux/fs.h>
static void try_all(const char *label, int directory, int file, int path) {
    say("%s:", label);
    show("  freeze", ioctl(directory, FIFREEZE, 0));
    if (errno == EPERM) {
        show("  thaw", ioctl(directory, FITHAW, 0));
        show("  thaw by a file", ioctl(file, FITHAW, 0));
    }
    show("  freeze by a file", ioctl(file, FIFREEZE, 0));
    show("  freeze by O_PATH", ioctl(path, FIFREEZE, 0));
}
static void body(void) {
    tmpfs("t");
    file("t/file");
    int directory = must(open("t", O_RDONLY | O_DIRECTORY)), file = must(open("t/file", O_RDONLY)), path = must(open("t", O_PATH));
    try_all("as its owner", directory, file, path);
    CHILD {
        lower_effective(CAP_SYS_ADMIN);
        try_all("without CAP_SYS_ADMIN", directory, file, path);
        raise_effective(CAP_SYS_ADMIN);
        try_all("with it again", directory, file, path);
    }
    CHILD {
        must(caps_set(BIT(CAP_SYS_ADMIN), BIT(CAP_SYS_ADMIN), 0));
        try_all("with nothing but it", directory, file, path);
    }
    pid_t inner = hold(CLONE_NEWUSER | CLONE_NEWNS);
    IN(inner) try_all("from a child user namespace", directory, file, path);
    IN(inner) {
        tmpfs("own");
        int own = must(open("own", O_RDONLY | O_DIRECTORY));
        try_all("its own one", own, own, path);
    }
    release(inner);
}
int main(void) { return in_worlds(0, body); }
