// Rules:
// As: user
// SysV shared memory that processes attach.
#include "fixture.h"
#include <sys/ipc.h>
#include <sys/shm.h>
int main(void) {
    USERNS_CHILD(CLONE_NEWIPC, own_uid_at(0), own_gid_at(0)) {
        int shm = ok("shmget", shmget(IPC_PRIVATE, 4096, 0600));
        char *memory = shmat(shm, NULL, 0);
        yes("attached", memory != (void *)-1);
        if (memory == (void *)-1) return 0;
        strcpy(memory, "kept");
        CHILD say("child sees %s", memory);
        show("detach", shmdt(memory));
    }
    return 0;
}
