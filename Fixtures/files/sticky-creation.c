// Rules: create-opens-others-file
// As: root
// O_CREAT in a sticky directory that others may write does not open what belongs to another, but for the kinds that have a
// setting of their own, which is off.
#include "../common/fixture.h"

static void try_open(const char *name) {
    char *path = format_path("sticky/%s", name);
    for (int creates = 1; creates >= 0; creates--) {
        ok(format_path("  %s%s", name, creates ? " with O_CREAT" : ""), open(path, O_RDWR | O_NONBLOCK | O_CLOEXEC | (creates ? O_CREAT : 0), 0600));
    }
}

static void try_all(const char *label) {
    say("%s", label);
    try_open("file");
    try_open("fifo");
    try_open("null");
    try_open("socket");
}

int main(void) {
    umask(0);
    must(mkdir("sticky", 0777));
    must(chmod("sticky", 01777));
    make_file("sticky/file", "x", 0666);
    must(mkfifo("sticky/fifo", 0666));
    must(mknod("sticky/null", S_IFCHR | 0666, makedev(1, 3)));
    must(mknod("sticky/socket", S_IFSOCK | 0666, 0));
    CHILD { become(1002, 1002); try_all("the owner of both is another"); }
    must(chown("sticky", 1001, 1001));
    CHILD { become(1002, 1002); try_all("the directory is another's"); }
    CHILD { become(1001, 1001); try_all("the directory is one's own"); }
    must(chmod("sticky", 01755));
    CHILD { become(1001, 1001); try_all("nobody else may write it"); }
    must(chmod("sticky", 01775));
    CHILD { become(1002, 1001); try_all("a group may write it"); }
    try_all("root");
    return 0;
}
