// Rules: ipc-access-denied ipc-not-owner
// As: root
// Who may attach a shared memory segment, for what, and keep it.
#include "fixture.h"
#include <sys/ipc.h>
#include <sys/shm.h>
static void attempts(const char *who, int segment) {
    static const struct { const char *label; int flags; } kinds[] = {
        {"read", SHM_RDONLY}, {"write", 0}, {"execute", SHM_RDONLY | SHM_EXEC}, {"all", SHM_EXEC}};
    char line[256];
    int length = 0;
    for (int i = 0; i < 4; i++) {
        void *memory = shmat(segment, NULL, kinds[i].flags);
        length += sprintf(line + length, " %s %s", kinds[i].label, memory == (void *)-1 ? errno_text(errno) : "ok");
        if (memory != (void *)-1) shmdt(memory);
    }
    say("%s:%s", who, line);
}
int main(void) {
    must(unshare(CLONE_NEWIPC));
    static const int modes[] = {0, 0400, 0600, 0700, 0040, 0060, 0004, 0006, 0005, 0007};
    int segments[10];
    CHILD {
        // Segments of user 1000 and group 2000.
        must(setresgid(2000, 2000, 2000));
        must(setresuid(1000, 1000, 1000));
        for (int i = 0; i < 10; i++) segments[i] = must(shmget(0x100 + i, 4096, IPC_CREAT | modes[i]));
        for (int i = 0; i < 10; i++) {
            char label[32];
            sprintf(label, "mode %o by its owner", modes[i]);
            attempts(label, segments[i]);
        }
    }
    for (int i = 0; i < 10; i++) segments[i] = must(shmget(0x100 + i, 1, 0));
    attempts("by root", segments[0]);
    CHILD {
        become(1001, 2000);
        attempts("mode 400 by a member", segments[1]);
        attempts("mode 40 by a member", segments[4]);
        attempts("mode 60 by a member", segments[5]);
        attempts("mode 7 by a member", segments[9]);
    }
    CHILD {
        become(1001, 1001);
        attempts("mode 4 by another", segments[6]);
        attempts("mode 6 by another", segments[7]);
        attempts("mode 5 by another", segments[8]);
        attempts("mode 7 by another", segments[9]);
        char *memory = shmat(segments[7], NULL, 0);
        show("remove another's", shmctl(segments[7], IPC_RMID, NULL));
        // What is attached stays so, whatever becomes of the user.
        strcpy(memory, "kept");
        must(unshare(CLONE_NEWUSER));
        attempts("mode 6 from a user namespace", segments[7]);
        attempts("mode 600 from a user namespace", segments[2]);
        say("%s", memory);
        show("detach", shmdt(memory));
    }
    struct shmid_ds ds;
    must(shmctl(segments[2], IPC_STAT, &ds));
    ds.shm_perm.uid = 1001;
    must(shmctl(segments[2], IPC_SET, &ds));
    CHILD {
        become(1001, 1001);
        attempts("given to another", segments[2]);
        show("remove", shmctl(segments[2], IPC_RMID, NULL));
    }
    return 0;
}
