// Rules:
// As: root
// A large write takes set-ID bits and file capabilities away just as a small one does.
#include "fixture.h"
static void look(const char *label, const char *path) {
    struct stat st;
    must(stat(path, &st));
    say("%s: mode %o, capabilities %s", label, st.st_mode & 07777, getxattr(path, "security.capability", NULL, 0) == -1 ? "none" : "some");
}
int main(void) {
    static char bytes[1 << 16];
    uint32_t capabilities[5] = {0x02000001, 1 << CAP_CHOWN};
    must(chmod(".", 0777));
    for (size_t size = 100; size <= sizeof bytes; size *= 20) {
        char *path = format_path("file-%zu", size);
        close(must(open(path, O_CREAT | O_RDWR, 0600)));
        must(setxattr(path, "security.capability", capabilities, sizeof capabilities, 0));
        must(chmod(path, 06777));
        CHILD {
            must(setresuid(1000, 1000, 1000));
            int fd = must(open(path, O_WRONLY));
            must(write(fd, bytes, size));
        }
        look(path, path);
    }
    return 0;
}
