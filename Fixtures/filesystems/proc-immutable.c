// Rules: chown-user-not-permitted file-access-denied proc-mode-is-fixed proc-process-immutable
// As: root user
// The directories of processes are immutable: nothing is made or removed in them, and their attributes stay.
#include "../mountapi/api.h"
static void try_directory(const char *label, const char *path) {
    say("%s:", label);
#define IN_IT(name) format_path("%s/" name, path)
    show("  mkdir", mkdir(IN_IT("x"), 0755));
    show("  mkdir of what is there", mkdir(IN_IT("status"), 0755));
    show("  create", open(IN_IT("x"), O_CREAT | O_RDWR, 0644));
    show("  create what is there", open(IN_IT("status"), O_CREAT | O_EXCL | O_RDWR, 0644));
    show("  O_TMPFILE", open(path, O_TMPFILE | O_RDWR, 0644));
    show("  symlink", symlink("x", IN_IT("x")));
    show("  mknod", mknod(IN_IT("x"), S_IFIFO | 0644, 0));
    show("  unlink", unlink(IN_IT("status")));
    show("  unlink nothing", unlink(IN_IT("x")));
    show("  rmdir", rmdir(IN_IT("ns")));
    show("  rename", rename(IN_IT("status"), IN_IT("x")));
    show("  rename nothing", rename(IN_IT("x"), IN_IT("y")));
    show("  link", link(IN_IT("status"), IN_IT("x")));
    show("  chmod", chmod(path, 0755));
    show("  chmod as it is", chmod(path, 0555));
    show("  chown", chown(path, 0, 0));
    show("  chown of nothing", chown(path, -1, -1));
    show("  utimensat", utimensat(AT_FDCWD, path, NULL, 0));
    show("  utimensat of a time", utimensat(AT_FDCWD, path, (struct timespec[]){{1, 0}, {1, 0}}, 0));
    show("  setxattr", setxattr(path, "user.x", "y", 1, 0));
    show("  removexattr", removexattr(path, "user.x"));
    show("  access for writing", access(path, W_OK));
    show("  access for reading", access(path, R_OK | X_OK));
    show("  rmdir itself", rmdir(path));
    show("  rename itself", rename(path, IN_IT("../x")));
}
int main(void) {
    try_directory("one's own", "/proc/self");
    try_directory("one's own thread", "/proc/thread-self");
    try_directory("the threads", "/proc/self/task");
    struct gate end = gate_new();
    pid_t pid;
    SPAWN(pid) gate_wait(end);
    try_directory("a child", format_path("/proc/%d", pid));
    gate_open(end);
    reap(pid);
    if (geteuid() == 0) CHILD {
        must(caps_set(0, 0, 0));
        try_directory("without capabilities", "/proc/self");
    }
    return 0;
}
