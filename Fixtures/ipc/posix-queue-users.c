// Rules: file-access-denied file-create-unmapped-id file-sticky-directory queue-attributes-limit
// As: root
// Message queues of several users: who may open and remove, whose numbers a notification shows.
#include "fixture.h"
#include <mqueue.h>
static volatile sig_atomic_t came;
static siginfo_t seen;
static void handler(int signal, siginfo_t *info, void *context) {
    (void)signal, (void)context;
    seen = *info;
    came++;
}
/// Small ones, as the real user's limit counts.
static mqd_t open_raw(const char *name, int flags, mode_t mode) {
    struct mq_attr attr = {.mq_maxmsg = 1, .mq_msgsize = 16};
    return syscall(SYS_mq_open, name, flags, mode, &attr);
}
int main(void) {
    must(unshare(CLONE_NEWIPC));
    umask(0);
    must(open_raw("root's", O_RDWR | O_CREAT, 0600));
    must(open_raw("group's", O_RDWR | O_CREAT, 0640));
    must(fchown(open_raw("group's", O_RDWR, 0), 0, 2000));
    mqd_t all = must(open_raw("all's", O_RDWR | O_CREAT, 0606));
    CHILD {
        become(1000, 2000);
        show("root's", open_raw("root's", O_RDONLY, 0));
        ok("group's, to read", open_raw("group's", O_RDONLY, 0));
        show("group's, to write", open_raw("group's", O_RDWR, 0));
        ok("all's", open_raw("all's", O_RDWR, 0));
        ok("own", open_raw("own", O_RDWR | O_CREAT, 0));
        show("own again", open_raw("own", O_RDONLY, 0));
        show("remove root's", syscall(SYS_mq_unlink, "root's"));
        show("remove all's", syscall(SYS_mq_unlink, "all's"));
        show("remove own", syscall(SYS_mq_unlink, "own"));
        ok("own", open_raw("own", O_RDWR | O_CREAT, 0600));
        struct mq_attr attr = {.mq_maxmsg = 11, .mq_msgsize = 16};
        show("large", syscall(SYS_mq_open, "large", O_RDWR | O_CREAT, 0600, &attr));
    }
    ok("a user's, by root", open_raw("own", O_RDWR, 0));
    CHILD {
        must(setresuid(1001, 1001, 0));
        show("a user's, by another", open_raw("own", O_RDWR, 0));
        show("remove a user's", syscall(SYS_mq_unlink, "own"));
    }
    show("remove a user's, by root", syscall(SYS_mq_unlink, "own"));

    // Who is in a user namespace with its own IPC namespace owns the names there.
    CHILD {
        become(1000, 1000);
        must(unshare(CLONE_NEWUSER | CLONE_NEWIPC));
        show("unmapped", open_raw("x", O_RDWR | O_CREAT, 0600));
        show("the old namespace's is open", mq_send(all, "x", 1, 0));
    }
    // The receiver sees the sender's numbers as its own namespaces have them.
    char text[16];
    must(mq_receive(all, text, sizeof text, NULL));
    struct sigevent event = {.sigev_notify = SIGEV_SIGNAL, .sigev_signo = SIGUSR1};
    struct sigaction action = {.sa_sigaction = handler, .sa_flags = SA_SIGINFO};
    sigaction(SIGUSR1, &action, NULL);
    for (int round = 0; round < 3; round++) {
        must(mq_notify(all, &event));
        came = 0;
        CHILD {
            if (round == 1) become(1000, 1000);
            if (round == 2) {
                become(1000, 1000);
                must(unshare(CLONE_NEWUSER));
            }
            must(mq_send(all, "x", 1, 0));
        }
        say("round %d: came %d, user %d", round, came, seen.si_uid);
        must(mq_receive(all, text, sizeof text, NULL));
    }
    struct gate ready = gate_new(), sent = gate_new();
    pid_t child;
    SPAWN(child) {
        must(unshare(CLONE_NEWUSER));
        must(mq_notify(all, &event));
        came = 0;
        gate_open(ready);
        gate_wait(sent);
        say("in a user namespace: came %d, user %d", came, seen.si_uid);
        must(mq_notify(all, &event));
    }
    gate_wait(ready);
    must(mq_send(all, "x", 1, 0));
    gate_open(sent);
    reap(child);
    must(mq_receive(all, text, sizeof text, NULL));
    show("gone with its process", mq_notify(all, &event));
    return 0;
}
