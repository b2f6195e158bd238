// Rules:
// As: root user
// SysV objects: owners, modes and namespaces.
#include "fixture.h"
#include <sys/ipc.h>
#include <sys/msg.h>
#include <sys/sem.h>
#include <sys/shm.h>
int main(void) {
    USERNS_CHILD(CLONE_NEWIPC, own_uid_at(0), own_gid_at(0)) {
        int shm = ok("shmget", shmget(0x1234, 4096, IPC_CREAT | 0600));
        show("again, exclusive", shmget(0x1234, 4096, IPC_CREAT | IPC_EXCL | 0600));
        show("too large", shmget(0x1234, 8192, 0));
        char *memory = shmat(shm, NULL, 0);
        yes("attached", memory != (void *)-1);
        strcpy(memory, "kept");
        CHILD say("child sees %s", memory);
        struct shmid_ds ds;
        show("stat", shmctl(shm, IPC_STAT, &ds));
        say("uid %u cuid %u mode %o attached %d", ds.shm_perm.uid, ds.shm_perm.cuid, ds.shm_perm.mode, (int)ds.shm_nattch);
        CHILD { must(unshare(CLONE_NEWIPC)); show("another namespace", shmget(0x1234, 4096, 0)); show("by number", shmctl(shm, IPC_STAT, &ds)); }
        show("remove", shmctl(shm, IPC_RMID, NULL));
        int sem = ok("semget", semget(IPC_PRIVATE, 2, 0600));
        show("setval", semctl(sem, 0, SETVAL, 5));
        show("op", semop(sem, &(struct sembuf){0, -3, SEM_UNDO}, 1));
        show("getval", semctl(sem, 0, GETVAL));
        show("would block", semop(sem, &(struct sembuf){0, -3, IPC_NOWAIT}, 1));
        int queue = ok("msgget", msgget(IPC_PRIVATE, 0600));
        struct { long type; char text[8]; } message = {3, "hello"};
        show("msgsnd", msgsnd(queue, &message, 6, 0));
        show("msgrcv", msgrcv(queue, &message, 8, 3, IPC_NOWAIT));
        show("empty", msgrcv(queue, &message, 8, 0, IPC_NOWAIT));
    }
    return 0;
}
