// Rules:
// As: root user
// What clone shares, as kcmp tells it, and semaphore undo lists that processes share and give up.
#include "fixture.h"
#include <linux/kcmp.h>
#include <sys/ipc.h>
#include <sys/sem.h>
static long same(pid_t a, pid_t b, int type) {
    long result = syscall(SYS_kcmp, a, b, type, 0, 0);
    return result > 0 ? 1 : result;
}
static pid_t parent;
static int set;
static int compare(void *label) {
    pid_t self = syscall(SYS_getpid);
    char text[128];
    int length = 0;
    for (int type = KCMP_VM; type <= KCMP_SYSVSEM; type++)
        length += sprintf(text + length, " %ld", same(parent, self, type));
    say("%s:%s", (char *)label, text);
    _exit(0);
}
static int use_undo(void *unused) {
    struct sembuf up = {0, 1, SEM_UNDO};
    semop(set, &up, 1);
    _exit(0);
}
static void make(int flags, int (*entry)(void *), void *argument) {
    static char stack[65536] __attribute__((aligned(16)));
    wait_status(must(clone(entry, stack + sizeof stack, flags | SIGCHLD, argument)));
}
static void compare_all(const char *when) {
    say("%s: vm files fs sighand io sysvsem", when);
    make(0, compare, "nothing");
    make(CLONE_VM, compare, "memory");
    make(CLONE_VM | CLONE_SIGHAND, compare, "handlers");
    make(CLONE_FILES, compare, "files");
    make(CLONE_FS, compare, "fs");
    make(CLONE_IO, compare, "io");
    make(CLONE_SYSVSEM, compare, "undo");
}
int main(void) {
    parent = getpid();
    compare_all("at first");
    must(syscall(SYS_ioprio_set, 1, 0, 2 << 13 | 5));
    set = must(semget(IPC_PRIVATE, 1, 0600));
    compare_all("with a priority and an undo list");
    show("with itself", same(parent, parent, KCMP_SYSVSEM));
    show("epoll without a slot", syscall(SYS_kcmp, parent, parent, KCMP_EPOLL_TFD, 0, 0));

    make(0, use_undo, NULL);
    show("undone at its end", semctl(set, 0, GETVAL));
    make(CLONE_SYSVSEM, use_undo, NULL);
    show("not undone while shared", semctl(set, 0, GETVAL));
    must(unshare(CLONE_SYSVSEM));
    show("undone when given up", semctl(set, 0, GETVAL));
    CHILD {
        struct sembuf up = {0, 1, SEM_UNDO};
        must(semop(set, &up, 1));
        int old = must(ns_open(0, "ipc"));
        if (geteuid() != 0) must(unshare(CLONE_NEWUSER));
        must(unshare(CLONE_NEWIPC));
        ok("elsewhere", semctl(set, 0, GETVAL));
        close(old);
    }
    show("undone by leaving", semctl(set, 0, GETVAL));
    must(semctl(set, 0, IPC_RMID));
}
