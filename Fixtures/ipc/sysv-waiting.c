// Rules:
// As: user
// SysV calls that sleep: woken, interrupted, removed under the sleeper; SEM_UNDO at exit.
#include "fixture.h"
#include <signal.h>
#include <sys/ipc.h>
#include <sys/msg.h>
#include <sys/sem.h>
static void nothing(int signal) { (void)signal; }
static void pause_a_little(void) { usleep(50000); }
int main(void) {
    USERNS_CHILD(CLONE_NEWIPC, own_uid_at(0), own_gid_at(0)) {
        int sem = must(semget(IPC_PRIVATE, 2, 0600)), queue = must(msgget(IPC_PRIVATE, 0600));
        struct { long type; char text[8]; } message = {3, "hello"};
        struct sembuf take = {0, -1, 0}, give = {0, 1, 0}, zero = {0, 0, 0}, held = {1, 1, SEM_UNDO};
        pid_t child = must(fork());
        if (!child) { show("taken", semop(sem, &take, 1)); exit(0); }
        pause_a_little();
        show("sleepers", semctl(sem, 0, GETNCNT));
        int given = semop(sem, &give, 1);
        wait(NULL);
        show("give", given);
        must(semctl(sem, 0, SETVAL, 1));
        child = must(fork());
        if (!child) { show("zero", semop(sem, &zero, 1)); exit(0); }
        pause_a_little();
        show("sleepers for zero", semctl(sem, 0, GETZCNT));
        must(semop(sem, &take, 1));
        wait(NULL);
        child = must(fork());
        if (!child) {
            must(semop(sem, &held, 1));
            show("held", semctl(sem, 1, GETVAL));
            exit(0);
        }
        wait(NULL);
        show("undone", semctl(sem, 1, GETVAL));
        child = must(fork());
        if (!child) { show("received", msgrcv(queue, &message, 8, 3, 0)); exit(0); }
        pause_a_little();
        must(msgsnd(queue, &message, 6, 0));
        wait(NULL);
        signal(SIGALRM, nothing);
        ualarm(50000, 0);
        show("semop interrupted", semop(sem, &take, 1));
        struct sigaction action = {.sa_handler = nothing};
        sigaction(SIGALRM, &action, NULL);
        ualarm(50000, 0);
        show("msgrcv interrupted", msgrcv(queue, &message, 8, 3, 0));
        child = must(fork());
        if (!child) { show("semop, removed", semop(sem, &take, 1)); exit(0); }
        pause_a_little();
        must(semctl(sem, 0, IPC_RMID));
        wait(NULL);
        child = must(fork());
        if (!child) { show("msgrcv, removed", msgrcv(queue, &message, 8, 3, 0)); exit(0); }
        pause_a_little();
        must(msgctl(queue, IPC_RMID, NULL));
        wait(NULL);
    }
    return 0;
}
