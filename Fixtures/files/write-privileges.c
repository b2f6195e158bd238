// Rules:
// As: root
// Which ways of changing a file take its set-ID bits and capabilities away, from whom.
#include "fixture.h"
#include <sys/sendfile.h>
static void fresh(mode_t mode) {
    unlink("f");
    make_file("f", "0123456789", 0666);
    must(chmod("f", mode));
    struct { uint32_t version, sets[4]; } caps = {0x02000001, {BIT(CAP_NET_RAW)}};
    must(setxattr("f", "security.capability", &caps, sizeof caps, 0));
    must(chmod("f", mode));
}
static int target(void) { return must(open("f", O_RDWR)); }
static int source(void) { return must(open("source", O_RDONLY)); }
static void change(int how) {
    char zero[1] = "z";
    struct iovec vectors[2] = {{zero, 0}, {zero, 1}};
    int ends[2];
    switch (how) {
    case 0: must(open("f", O_RDWR)); break;
    case 1: must(write(target(), zero, 0)); break;
    case 2: must(write(target(), zero, 1)); break;
    case 3: must(pwrite(target(), zero, 1, 3)); break;
    case 4: must(writev(target(), vectors, 1)); break;
    case 5: must(writev(target(), vectors, 2)); break;
    case 6: must(sendfile(target(), source(), NULL, 3)); break;
    case 7: must(sendfile(target(), source(), NULL, 0)); break;
    case 8: must(copy_file_range(source(), NULL, target(), NULL, 3, 0)); break;
    case 9:
        must(pipe(ends));
        must(write(ends[1], "abc", 3));
        must(splice(ends[0], NULL, target(), NULL, 3, 0));
        break;
    case 10: must(ftruncate(target(), 3)); break;
    case 11: must(open("f", O_WRONLY | O_TRUNC)); break;
    case 12: must(fallocate(target(), 0, 0, 100)); break;
    case 13: *(volatile char *)mmap(NULL, 1, PROT_READ | PROT_WRITE, MAP_SHARED, target(), 0) = 'm'; break;
    }
}
int main(void) {
    static const char *ways[] = {"open", "write nothing", "write", "pwrite", "empty vector", "vectors", "sendfile", "send nothing",
                                 "copy", "splice", "ftruncate", "O_TRUNC", "fallocate", "mapping"};
    static const mode_t modes[] = {06777, 02767, 04666};
    make_file("source", "abcdefghij", 0644);
    must(chmod(".", 0777));
    for (int who = 0; who < 3; who++)
        for (int how = 0; how < 14; how++) {
            char text[64];
            int length = 0;
            for (int i = 0; i < 3; i++) {
                fresh(modes[i]);
                CHILD {
                    if (who == 1) drop_cap(CAP_FSETID);
                    if (who == 2) become(1000, 1000);
                    change(how);
                }
                struct stat st;
                must(stat("f", &st));
                length += sprintf(text + length, " %o%s", st.st_mode & 07777, getxattr("f", "security.capability", NULL, 0) > 0 ? "+" : "");
            }
            say("%s, %s:%s", who == 0 ? "root" : who == 1 ? "without FSETID" : "user", ways[how], text);
        }
}
