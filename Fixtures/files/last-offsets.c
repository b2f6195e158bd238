// Rules:
// As: root user
// Writes at the end of what offsets can say come back, whatever the file system's own bound is.
#include "fixture.h"
#include <sys/sendfile.h>
#define LAST ((loff_t)0x7fffffffffffffff)
static const loff_t near_last[] = {LAST, LAST - 1, LAST - 2, LAST - 4095, LAST - 4096, LAST - (1 << 20), LAST / 2 + 1};
/// Where the bound lies is the file system's matter.
static void ends(const char *what, long result) {
    if (result == -1 && errno != EFBIG && errno != EINVAL) say("%s: %s", what, errno_text(errno));
}
int main(void) {
    must(signal(SIGXFSZ, SIG_IGN) == SIG_ERR ? -1 : 0);
    int source = must(open("source", O_RDWR | O_CREAT, 0644)), fd = must(open("file", O_RDWR | O_CREAT, 0644));
    must(write(source, "hello", 5));
    for (unsigned i = 0; i < sizeof near_last / sizeof *near_last; i++) {
        off_t offset = near_last[i], from = 0;
        loff_t to = offset, start = 0;
        ends("pwrite of a byte", pwrite(fd, "a", 1, offset));
        ends("pwrite", pwrite(fd, "hello", 5, offset));
        if (lseek(fd, offset, SEEK_SET) == offset) {
            ends("write", write(fd, "hello", 5));
            lseek(fd, offset, SEEK_SET);
            ends("sendfile", sendfile(fd, source, &from, 5));
        }
        ends("copy", copy_file_range(source, &start, fd, &to, 5, 0));
        ends("fallocate", fallocate(fd, 0, offset, 1));
        ends("ftruncate", ftruncate(fd, offset));
        must(ftruncate(fd, 0));
    }
    loff_t start = 0, to = LAST;
    show("a copy to the last offset", copy_file_range(source, &start, fd, &to, 5, 0));
    show("pwrite there", pwrite(fd, "a", 1, LAST));
    show("nothing there", pwrite(fd, "", 0, LAST));
    show("ftruncate below 0", ftruncate(fd, -1));
    show("size", lseek(fd, 0, SEEK_END));
    show("and written after that", pwrite(fd, "hello", 5, 0));
}
