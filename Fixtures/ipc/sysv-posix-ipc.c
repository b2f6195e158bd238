// Rules:
// As: root user
// SysV objects: keys, numbers and namespaces.
#include "fixture.h"
#include <sys/ipc.h>
#include <sys/msg.h>
#include <sys/sem.h>
#include <sys/shm.h>
/// Without times, which have many digits, and process numbers, which follow the first column group.
static char *masked(char *text) {
    char *result = calloc(1, strlen(text) + 1), *out = result;
    for (char *line = strtok(text, "\n"); line; line = strtok(NULL, "\n")) {
        line[strlen(line) > 42 ? 42 : strlen(line)] = 0;
        out += sprintf(out, "%s\n", line);
    }
    return result;
}
int main(void) {
    USERNS_CHILD(CLONE_NEWIPC, own_uid_at(0), own_gid_at(0)) {
        int shm = ok("shmget", shmget(0x1234, 4096, IPC_CREAT | 0600));
        show("number", shm);
        show("again, exclusive", shmget(0x1234, 4096, IPC_CREAT | IPC_EXCL | 0600));
        show("too large", shmget(0x1234, 8192, 0));
        show("empty", shmget(IPC_PRIVATE, 0, 0600));
        struct shmid_ds ds;
        show("stat", shmctl(shm, IPC_STAT, &ds));
        say("uid %u cuid %u mode %o attached %d size %d", ds.shm_perm.uid, ds.shm_perm.cuid, ds.shm_perm.mode, (int)ds.shm_nattch, (int)ds.shm_segsz);
        yes("made by this process", ds.shm_cpid == getpid());
        CHILD { must(unshare(CLONE_NEWIPC)); show("another namespace", shmget(0x1234, 4096, 0)); show("by number", shmctl(shm, IPC_STAT, &ds)); }
        show("lock", shmctl(shm, SHM_LOCK, NULL));
        show("remove", shmctl(shm, IPC_RMID, NULL));
        show("removed", shmctl(shm, IPC_STAT, &ds));
        show("next number", shmget(0x1234, 4096, IPC_CREAT | 0600));
        int sem = ok("semget", semget(IPC_PRIVATE, 2, 0600));
        show("setval", semctl(sem, 0, SETVAL, 5));
        show("setval too large", semctl(sem, 0, SETVAL, 32768));
        show("setval of none", semctl(sem, 2, SETVAL, 1));
        show("op", semop(sem, &(struct sembuf){0, -3, SEM_UNDO}, 1));
        show("getval", semctl(sem, 0, GETVAL));
        yes("getpid", semctl(sem, 0, GETPID) == getpid());
        show("would block", semop(sem, &(struct sembuf){0, -3, IPC_NOWAIT}, 1));
        show("both or none", semop(sem, (struct sembuf[]){{0, -1, 0}, {1, -1, IPC_NOWAIT}}, 2));
        show("getval", semctl(sem, 0, GETVAL));
        show("out of range", semop(sem, &(struct sembuf){0, 32767, 0}, 1));
        show("no such semaphore", semop(sem, &(struct sembuf){2, 1, 0}, 1));
        show("no operations", semop(sem, NULL, 0));
        show("too many", semop(sem, (void *)16, 501));
        show("bad pointer", semop(sem, (void *)16, 1));
        show("timeout", semtimedop(sem, &(struct sembuf){0, -30, 0}, 1, &(struct timespec){0, 10000000}));
        show("bad timeout", semtimedop(sem, &(struct sembuf){0, -30, 0}, 1, &(struct timespec){0, 1000000000}));
        unsigned short all[2] = {7, 8};
        show("setall", semctl(sem, 0, SETALL, all));
        all[0] = 0;
        show("getall", semctl(sem, 0, GETALL, all));
        say("%d %d", all[0], all[1]);
        show("unknown command", semctl(sem, 0, 99));
        int queue = ok("msgget", msgget(IPC_PRIVATE, 0600));
        struct { long type; char text[8]; } message = {3, "hello"};
        show("msgsnd", msgsnd(queue, &message, 6, 0));
        message.type = 0;
        show("type 0", msgsnd(queue, &message, 6, 0));
        message.type = 2;
        show("type 2", msgsnd(queue, &message, 2, 0));
        show("too long", msgsnd(queue, &message, 8193, 0));
        struct msqid_ds state;
        show("stat", msgctl(queue, IPC_STAT, &state));
        say("%d messages, %d bytes of %d", (int)state.msg_qnum, (int)state.__msg_cbytes, (int)state.msg_qbytes);
        yes("sender", state.msg_lspid == getpid());
        show("too small", msgrcv(queue, &message, 1, 3, IPC_NOWAIT));
        show("copy of the second", msgrcv(queue, &message, 8, 1, IPC_NOWAIT | 040000));
        show("lowest up to 9", msgrcv(queue, &message, 8, -9, IPC_NOWAIT));
        say("type %ld", message.type);
        show("not 3", msgrcv(queue, &message, 8, 3, IPC_NOWAIT | 020000));
        show("cut", msgrcv(queue, &message, 2, 3, IPC_NOWAIT | MSG_NOERROR));
        show("empty", msgrcv(queue, &message, 8, 0, IPC_NOWAIT));
        say("%s%s%s", masked(get("/proc/sysvipc/msg")), masked(get("/proc/sysvipc/sem")), masked(get("/proc/sysvipc/shm")));
        show("bad number", msgrcv(-1, &message, 8, 0, IPC_NOWAIT));
    }
    return 0;
}
