// Rules: ipc-access-denied ipc-lock-not-permitted ipc-not-owner ipc-owner-unmapped ipc-queue-bytes-raise
// As: root
// Who may use, change and remove SysV objects.
#include "fixture.h"
#include <sys/ipc.h>
#include <sys/msg.h>
#include <sys/resource.h>
#include <sys/sem.h>
#include <sys/shm.h>
static int shm, sem, queue;
static void attempt(const char *who) {
    say("%s", who);
    struct msqid_ds state;
    struct shmid_ds segment;
    struct { long type; char text[8]; } message = {3, "hello"};
    show("  get", msgget(0x77, 0600));
    show("  get without wishes", msgget(0x77, 0) < 0 ? -1 : 0);
    show("  stat", msgctl(queue, IPC_STAT, &state));
    show("  stat any", msgctl(queue & 0x7fff, MSG_STAT_ANY, &state) < 0 ? -1 : 0);
    show("  send", msgsnd(queue, &message, 6, IPC_NOWAIT));
    show("  receive", msgrcv(queue, &message, 8, 0, IPC_NOWAIT));
    show("  setval", semctl(sem, 0, SETVAL, 1));
    show("  getval", semctl(sem, 0, GETVAL));
    show("  op", semop(sem, &(struct sembuf){0, 1, 0}, 1));
    show("  wait for zero", semop(sem, &(struct sembuf){0, 0, IPC_NOWAIT}, 1));
    show("  shm stat", shmctl(shm, IPC_STAT, &segment));
    show("  lock", shmctl(shm, SHM_LOCK, NULL));
    show("  unlock", shmctl(shm, SHM_UNLOCK, NULL));
    show("  remove", msgctl(queue, IPC_RMID, NULL));
    state.msg_perm.uid = 1000;
    state.msg_perm.gid = 1000;
    state.msg_perm.mode = 0640;
    state.msg_qbytes = 16385;
    show("  set", msgctl(queue, IPC_SET, &state));
}
static void make(int mode) {
    queue = must(msgget(0x77, IPC_CREAT | mode));
    sem = must(semget(0x77, 1, IPC_CREAT | mode));
    shm = must(shmget(0x77, 4096, IPC_CREAT | mode));
}
static void as(int uid, int gid) {
    must(setgroups(0, NULL));
    must(setresgid(gid, gid, gid));
    must(setresuid(uid, uid, uid));
}
int main(void) {
    must(unshare(CLONE_NEWIPC));
    make(0600);
    struct msqid_ds state;
    must(msgctl(queue, IPC_STAT, &state));
    state.msg_perm.uid = 1000;
    state.msg_perm.gid = 2000;
    state.msg_perm.mode = 0640;
    show("give away", msgctl(queue, IPC_SET, &state));
    show("stat", msgctl(queue, IPC_STAT, &state));
    say("uid %u gid %u cuid %u cgid %u mode %o", state.msg_perm.uid, state.msg_perm.gid, state.msg_perm.cuid, state.msg_perm.cgid, state.msg_perm.mode);
    CHILD { as(1001, 1001); attempt("a stranger"); }
    CHILD { as(1001, 2000); attempt("in the group"); }
    CHILD { as(1000, 1000); struct rlimit none = {0, 0}; must(setrlimit(RLIMIT_MEMLOCK, &none)); attempt("owner of the queue"); }
    show("again", msgget(0x77, 0));
    make(0600);
    CHILD {
        must(unshare(CLONE_NEWUSER));
        attempt("root of a child namespace without a map");
    }
    show("remove semaphores", semctl(sem, 0, IPC_RMID));
    show("remove memory", shmctl(shm, IPC_RMID, NULL));
    USERNS_CHILD(CLONE_NEWIPC, "0 0 1", "0 0 1") {
        make(0600);
        must(msgctl(queue, IPC_STAT, &state));
        state.msg_perm.uid = 5;
        show("unmapped owner", msgctl(queue, IPC_SET, &state));
        state.msg_perm.uid = 0;
        state.msg_qbytes = 16385;
        show("more bytes", msgctl(queue, IPC_SET, &state));
        state.msg_qbytes = 10;
        show("fewer bytes", msgctl(queue, IPC_SET, &state));
        show("negative number", msgctl(-1, IPC_RMID, NULL));
        show("bad pointer", msgctl(queue, IPC_SET, (void *)16));
        show("bad stat", msgctl(queue, IPC_STAT, (void *)16));
    }
    return 0;
}
