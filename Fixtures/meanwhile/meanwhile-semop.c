// Rules: ipc-access-denied
// As: root user
// While semop waits: its array and timeout change or go, the set is removed, its mode changes, others look and give.
#include "waiting.h"
#include <sys/ipc.h>
#include <sys/sem.h>
static int set;
static struct sembuf *array;
static long value(int number) { return semctl(set, number, GETVAL); }
static void give(int number, int count) { must(semop(set, &(struct sembuf){number, count, 0}, 1)); }
static void values(const char *label) { say("%s: values %ld %ld", label, value(0), value(1)); }
static void start(void) {
    set = must(semget(IPC_PRIVATE, 2, 0600));
    array = a_page();
    array[0] = (struct sembuf){0, -1, 0};
}
#define CASE(label) CHILD for (bool once_ = (start(), say("-- %s", label), true); once_; once_ = (must(semctl(set, 0, IPC_RMID)), false))
static void cases(void) {
    CASE("the array is changed") {
        struct waiter *w = begin(SYS_semop, set, array, 1L);
        array[0] = (struct sembuf){1, 3, 0};
        waits("changed", w);
        give(0, 1);
        finish("semop", w);
        values("after");
    }
    CASE("the array is unmapped") {
        struct waiter *w = begin(SYS_semop, set, array, 1L);
        take_away(array);
        give(0, 1);
        finish("semop", w);
        values("after");
    }
    CASE("the timeout is shortened") {
        struct timespec *limit = a_page();
        *limit = (struct timespec){10, 0};
        struct waiter *w = begin(SYS_semtimedop, set, array, 1L, limit);
        *limit = (struct timespec){0, 0};
        waits("shortened", w);
        take_away(limit);
        give(0, 1);
        finish("semtimedop", w);
    }
    CASE("the timeout is lengthened") {
        struct timespec *limit = a_page();
        *limit = (struct timespec){0, 120000000};
        struct waiter *w = begin(SYS_semtimedop, set, array, 1L, limit);
        *limit = (struct timespec){10, 0};
        finish("semtimedop", w);
        say("waiting: %d", semctl(set, 0, GETNCNT));
    }
    CHILD {
        start();
        say("-- the set is removed");
        struct waiter *w = begin(SYS_semop, set, array, 1L);
        struct waiter *zero = begin(SYS_semop, set, (give(1, 1), &(struct sembuf){1, 0, 0}), 1L);
        must(semctl(set, 0, IPC_RMID));
        int old = set;
        set = must(semget(IPC_PRIVATE, 2, 0600));
        give(0, 1);
        finish("semop", w);
        finish("semop for zero", zero);
        values("the new set");
        yes("another number", old != set);
        must(semctl(set, 0, IPC_RMID));
    }
    CASE("the mode is changed") {
        lower_effective(CAP_IPC_OWNER);
        struct waiter *w = begin(SYS_semop, set, (array[0].sem_op = -2, array), 1L);
        raise_effective(CAP_IPC_OWNER);
        struct semid_ds state;
        must(semctl(set, 0, IPC_STAT, &state));
        state.sem_perm.mode = 0;
        must(semctl(set, 0, IPC_SET, &state));
        give(0, 1);
        waits("half", w);
        give(0, 1);
        finish("semop", w);
        lower_effective(CAP_IPC_OWNER);
        show("another", semop(set, array, 1));
        raise_effective(CAP_IPC_OWNER);
    }
    CASE("counts and SETALL") {
        array[1] = (struct sembuf){1, 0, 0};
        give(1, 1);
        struct waiter *take = begin(SYS_semop, set, (array[0].sem_op = -2, array), 1L), *zero = begin(SYS_semop, set, array + 1, 1L);
        say("counts: %d %d, %d %d", semctl(set, 0, GETNCNT), semctl(set, 0, GETZCNT), semctl(set, 1, GETNCNT), semctl(set, 1, GETZCNT));
        unsigned short all[2] = {1, 1};
        must(semctl(set, 0, SETALL, all));
        waits("take", take);
        waits("zero", zero);
        all[0] = 3;
        all[1] = 0;
        must(semctl(set, 0, SETALL, all));
        finish("take", take);
        finish("zero", zero);
        values("after");
        say("counts: %d %d, %d %d", semctl(set, 0, GETNCNT), semctl(set, 0, GETZCNT), semctl(set, 1, GETNCNT), semctl(set, 1, GETZCNT));
    }
    CASE("two operations at once") {
        array[1] = (struct sembuf){1, -1, 0};
        struct waiter *w = begin(SYS_semop, set, array, 2L);
        say("counts: %d %d", semctl(set, 0, GETNCNT), semctl(set, 1, GETNCNT));
        give(0, 1);
        waits("the first given", w);
        say("counts: %d %d", semctl(set, 0, GETNCNT), semctl(set, 1, GETNCNT));
        values("meanwhile");
        array[1] = (struct sembuf){1, 5, 0};
        give(1, 1);
        finish("semop", w);
        values("after");
    }
    CASE("two wait") {
        struct waiter *first = begin(SYS_semop, set, array, 1L), *second = begin(SYS_semop, set, array, 1L);
        say("waiting: %d", semctl(set, 0, GETNCNT));
        give(0, 1);
        finish("first", first);
        waits("second", second);
        say("waiting: %d", semctl(set, 0, GETNCNT));
        give(0, 1);
        finish("second", second);
        values("after");
    }
    CASE("the later one asks for less") {
        array[1] = (struct sembuf){0, -3, 0};
        struct waiter *first = begin(SYS_semop, set, array + 1, 1L), *second = begin(SYS_semop, set, array, 1L);
        give(0, 2);
        waits("first", first);
        finish("second", second);
        give(0, 2);
        finish("first", first);
        values("after");
    }
    CASE("undo") {
        CHILD {
            struct waiter *w = begin(SYS_semop, set, (array[0].sem_flg = SEM_UNDO, array), 1L);
            array[0].sem_flg = 0;
            give(0, 3);
            finish("semop", w);
            values("held");
        }
        values("undone");
        CHILD {
            struct waiter *w = begin(SYS_semop, set, (array[0] = (struct sembuf){0, -9, 0}, array), 1L);
            array[0] = (struct sembuf){0, -9, SEM_UNDO};
            give(0, 6);
            finish("semop", w);
        }
        values("nothing to undo");
        CHILD {
            struct waiter *w = begin(SYS_semop, set, array, 1L);
            waits("at exit", w);
        }
        values("exit while waiting");
        say("waiting: %d", semctl(set, 0, GETNCNT));
    }
    CASE("another thread leaves the namespace") {
        pid_t giver;
        struct gate left = gate_new();
        SPAWN(giver) { gate_wait(left); give(0, 1); }
        struct waiter *w = begin(SYS_semop, set, array, 1L);
        int home = ns_open(0, "ipc");
        show("unshare", unshare(CLONE_NEWIPC));
        show("there", semctl(set, 0, GETVAL));
        gate_open(left);
        finish("semop", w);
        reap(giver);
        show("back", setns(home, CLONE_NEWIPC));
        values("after");
    }
    CASE("signals") {
        struct waiter *w = begin(SYS_semop, set, array, 1L);
        interrupt(w, 0);
        finish("plain", w);
        w = begin(SYS_semop, set, array, 1L);
        interrupt(w, SA_RESTART);
        finish("SA_RESTART", w);
        w = begin(SYS_semtimedop, set, array, 1L, &(struct timespec){10, 0});
        interrupt(w, SA_RESTART);
        finish("with a timeout", w);
        say("waiting: %d", semctl(set, 0, GETNCNT));
        w = begin(SYS_semop, set, array, 1L);
        give(0, 1);
        signal_to(w, SIGUSR1);
        finish("woken, then a signal", w);
        say("handled: %d", handled);
    }
}
int main(void) {
    USERNS_CHILD(CLONE_NEWIPC, own_uid_at(0), own_gid_at(0)) cases();
    return 0;
}
