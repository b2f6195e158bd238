// For shmat the host's file is lent to the task at a number that nobody uses. Another thread uses it just then: it gets a
// descriptor that is not its own, or loses its own behind the sentry's back.
// Seconds: 2
#include "hostile.h"
#include <sys/ipc.h>
#include <sys/shm.h>

static int memory;

static void *user(void *unused) {
    while (left() > -0.2) {
        for (int number = 60; number < 180 && left() > -0.2; number++) {
            if (number == 63 || number == 127) continue;
            char byte;
            // Not opened by anybody here.
            if (RAW(SYS_pread64, number, &byte, 1, 0) == 1 && fcntl(number, F_GETFD) < 0) tally->words[2]++;
            if (dup2(memory, number) != number) continue;
            for (int i = 0; i < 20; i++) {
                if (RAW(SYS_pread64, number, &byte, 1, 0) == -EBADF && fcntl(number, F_GETFD) >= 0 &&
                    RAW(SYS_pread64, number, &byte, 1, 0) == -EBADF)
                    succeeded("lost descriptor %d behind the sentry's back", number);
            }
            close(number);
        }
        round_done();
    }
    return NULL;
}

static void attack(void) {
    memory = memfd_create("own", 0);
    ftruncate(memory, 64);
    int id = shmget(IPC_PRIVATE, 4096, 0600);
    thread_start(user, NULL);
    thread_start(user, NULL);
    while (left() > 0) {
        void *place = shmat(id, NULL, random_word() & 1 ? SHM_RDONLY : 0);
        if (place != (void *)-1) shmdt(place);
    }
    shmctl(id, IPC_RMID, NULL);
}
