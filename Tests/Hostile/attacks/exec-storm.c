// Programs that execute themselves over and over, from leaders and from other threads, with arguments that change
// meanwhile, and are killed at any moment.
// Seconds: 2
#include "hostile.h"

static char *arguments[64], *none[] = {NULL};

static void *executor(void *unused) {
    execve("/proc/self/exe", arguments, none);
    return NULL;
}
static void *changer(void *unused) {
    for (int i = 0; i < 1000000; i++) {
        arguments[3] = (char *)(random_word() & 1 ? random_word() : (unsigned long)"text");
        arguments[4] = random_word() & 1 ? NULL : "more";
        pause_us(10);
    }
    return NULL;
}
static void rest(int argc, char **argv) {
    int count = argc > 2 ? atoi(argv[2]) : 0;
    if (count > 40) _exit(0);
    static char number[16];
    sprintf(number, "%d", count + 1);
    arguments[0] = "x", arguments[1] = "again", arguments[2] = number, arguments[3] = "text";
    switch (count % 4) {
    case 0: thread_start(changer, NULL); break;
    case 1: thread_start(executor, NULL); thread_start(executor, NULL); break;
    case 2: if (vfork() == 0) { execve("/proc/self/exe", arguments, none); _exit(1); } _exit(0);
    case 3: thread_start(executor, NULL); pause_us(random_word() % 300); _exit(0);
    }
    while (1) execve("/proc/self/exe", arguments, none);
}
void prepare(void) { again = rest; }

static void attack(void) {
    char *first[] = {"x", "again", "0", NULL};
    pid_t pids[4] = {0};
    while (left() > 0) {
        for (int i = 0; i < 4; i++) {
            if (pids[i] == 0 && (pids[i] = fork()) == 0) {
                execve("/proc/self/exe", first, none);
                _exit(1);
            }
            if (random_word() % 8 == 0) kill(pids[i], SIGKILL);
            if (waitpid(pids[i], NULL, WNOHANG) != 0) pids[i] = 0, round_done();
        }
        pause_us(random_word() % 3000);
    }
}
