// Rules: umount-busy
// As: root user
// What keeps a mount busy and what does not, also through propagated copies.
#include "mounts.h"
#include <sys/un.h>
static void try_at(const char *label, const char *path) {
    show(label, umount2(path, 0));
    show("  with FORCE", umount2(path, MNT_FORCE));
}
static void fresh(void) {
    tmpfs("m");
    file("m/f");
    dir("m/d");
    must(mkfifo("m/fifo", 0600));
}
static void in_flight(int copy) {
    int pair[2];
    must(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair));
    char control[CMSG_SPACE(sizeof(int))] = {0}, byte = 0;
    struct iovec part = {&byte, 1};
    struct msghdr message = {.msg_iov = &part, .msg_iovlen = 1, .msg_control = control, .msg_controllen = sizeof control};
    struct cmsghdr *head = CMSG_FIRSTHDR(&message);
    *head = (struct cmsghdr){CMSG_LEN(sizeof(int)), SOL_SOCKET, SCM_RIGHTS};
    memcpy(CMSG_DATA(head), &copy, sizeof copy);
    must(sendmsg(pair[0], &message, 0));
    close(copy);
    try_at("in flight", "m");
    close(pair[0]);
    close(pair[1]);
}
static void open_files(void) {
    fresh();
    int fd = must(open("m/f", O_RDONLY | O_CLOEXEC));
    try_at("an open file", "m");
    int copy = must(dup(fd));
    close(fd);
    try_at("its copy", "m");
    // For an unprivileged sender what is in flight counts against a limit of the whole machine.
    if (caller != ROOT) close(copy);
    else in_flight(copy);
    TRY(umount2("m", 0));
    fresh();
    fd = must(open("m", O_PATH | O_CLOEXEC));
    try_at("O_PATH of its root", "m");
    close(fd);
    fd = must(open("m/f", O_PATH | O_CLOEXEC));
    try_at("O_PATH of a file", "m");
    close(fd);
    fd = must(open("m/fifo", O_RDWR | O_CLOEXEC));
    try_at("an open fifo", "m");
    close(fd);
    fd = must(open("m/f", O_RDWR | O_CLOEXEC));
    must(unlink("m/f"));
    try_at("an unlinked file", "m");
    char *map = mmap(NULL, 4096, PROT_READ, MAP_PRIVATE, fd, 0);
    close(fd);
    try_at("a mapping", "m");
    must(munmap(map, 4096));
    TRY(umount2("m", 0));
    fresh();
    fd = must(socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
    struct sockaddr_un name = {AF_UNIX, "m/socket"};
    must(bind(fd, (struct sockaddr *)&name, sizeof name));
    try_at("a bound socket", "m");
    must(unlink("m/socket"));
    try_at("a bound socket without a name", "m");
    close(fd);
    TRY(umount2("m", 0));
}
static void places(void) {
    fresh();
    must(chdir("m/d"));
    try_at("the working directory", world[0] ? format_path("%s/m", world) : "m");
    must(chdir(world));
    struct gate ready = gate_new(), end = gate_new();
    pid_t pid;
    SPAWN(pid) { must(chdir("m")); gate_open(ready); gate_wait(end); }
    gate_wait(ready);
    try_at("another's working directory", "m");
    gate_open(end);
    reap(pid);
    SPAWN(pid) { must(chroot("m/d")); gate_open(ready); gate_wait(end); }
    gate_wait(ready);
    try_at("another's root", "m");
    gate_open(end);
    reap(pid);
    tmpfs("m/d");
    try_at("a mount within", "m");
    must(umount2("m/d", 0));
    TRY(umount2("m", 0));
    fresh();
    dir("bound");
    bind_to("m/d", "bound");
    int fd = must(open("bound", O_RDONLY | O_CLOEXEC));
    show("another mount of the file system is in use", umount2("m", 0));
    TRY(umount2("bound", 0));
    close(fd);
    TRY(umount2("bound", 0));
    // In use through the copy in another namespace.
    fresh();
    pid_t other = hold(CLONE_NEWNS);
    SPAWN(pid) { join(other); must(chdir("m")); gate_open(ready); gate_wait(end); }
    gate_wait(ready);
    show("used in another namespace", umount2("m", 0));
    gate_open(end);
    reap(pid);
    release(other);
}
/// A shared parent with a peer: what is mounted in one is in the other too.
static void propagated(void) {
    tmpfs("shared");
    make("shared", MS_SHARED);
    dir("peer");
    bind_to("shared", "peer");
    tmpfs("shared/m");
    mounts("a mount and its copy");
    int fd = must(open("peer/m", O_RDONLY | O_CLOEXEC));
    try_at("the copy is open", "shared/m");
    close(fd);
    dir("shared/m/d");
    make("peer/m", MS_PRIVATE);
    must(mount("own", "peer/m/d", "tmpfs", 0, NULL));
    mounts("the copy has a mount of its own");
    show("then", umount2("shared/m", 0));
    mounts("the copy stays");
    TRY(umount2("peer/m/d", 0));
    TRY(umount2("peer/m", 0));
    mounts("without it");
}
static void body(void) {
    open_files();
    places();
    propagated();
}
int main(void) { return in_worlds(0, body); }
