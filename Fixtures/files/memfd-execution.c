// Rules: file-access-denied fork-into-dead-pid-namespace memory-file-execution-sealed memory-file-must-not-execute memory-file-scope-needs-admin
// As: root
// Which memory files can be executed: the flags, the seal, and what a PID namespace allows.
#include "fixture.h"
#define SCOPE "/proc/sys/vm/memfd_noexec"
#define NOEXEC_SEAL 8
#define EXEC 16
static void try_memory(const char *label, unsigned flags) {
    int fd = syscall(SYS_memfd_create, "memory", flags);
    if (fd < 0) {
        say("%s: %s", label, errno_text(errno));
        return;
    }
    struct stat st;
    must(fstat(fd, &st));
    say("%s: mode %o seals %x", label, st.st_mode, fcntl(fd, F_GET_SEALS));
    show("  chmod a-x", fchmod(fd, 0644));
    show("  chmod a+x", fchmod(fd, 0755));
    show("  chmod u-w", fchmod(fd, st.st_mode & 0111 ? 0555 : 0444));
    CHILD {
        char *argv[] = {"x", NULL}, *environment[] = {NULL};
        must(fchmod(fd, st.st_mode & 0777));
        must(write(fd, "#!/bin/true\n", 12));
        syscall(SYS_execveat, fd, "", argv, environment, AT_EMPTY_PATH);
        say("  exec: %s", errno_text(errno));
    }
    close(fd);
}
static void try_all(void) {
    show_file("scope", SCOPE);
    try_memory("neither", 0);
    try_memory("not executable", NOEXEC_SEAL);
    try_memory("executable", EXEC);
    try_memory("both", EXEC | NOEXEC_SEAL);
}
int main(void) {
    try_all();
    CHILD {
        must(unshare(CLONE_NEWPID));
        CHILD {
            show_put("out of range", SCOPE, "3");
            show_put("up", SCOPE, "1");
            try_all();
            must(unshare(CLONE_NEWPID));
            CHILD {
                show_put("below the parent", SCOPE, "0");
                show_put("up", SCOPE, "2");
                try_all();
                show_put("back", SCOPE, "1");
            }
            show_file("outside", SCOPE);
            CHILD {
                must(unshare(CLONE_NEWUSER));
                struct stat st;
                must(stat(SCOPE, &st));
                show("the file is for its root to write", st.st_mode & 0777);
                show("opened by root without a map", open(SCOPE, O_WRONLY) >= 0);
                show_put("without power over the namespace", SCOPE, "2");
            }
            lower_effective(CAP_SYS_ADMIN);
            show_put("without CAP_SYS_ADMIN", SCOPE, "2");
        }
    }
    USERNS_CHILD(CLONE_NEWPID, "0 1000 1", "0 1000 1") { CHILD show_put("inner root", SCOPE, "2"); }
    show_file("in the end", SCOPE);
    return 0;
}
