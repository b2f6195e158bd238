// Processes and threads that multiply while others kill them; bounded by a common count.
// Seconds: 2
#include "hostile.h"

static void *nothing(void *unused) { pause_us(random_word() % 3000); return NULL; }

static void multiply(int depth) {
    while (left() > 0) {
        if (tally->words[0] < 60) {
            tally->words[0]++;
            pid_t pid = random_word() % 4 ? fork() : (pid_t)RAW(SYS_clone, CLONE_PARENT | SIGCHLD);
            if (pid == 0) {
                if (depth < 6 && random_word() % 3) multiply(depth + 1);
                if (random_word() & 1) setsid();
                for (int i = 0; i < 3; i++) thread_start(nothing, NULL);
                pause_us(random_word() % 5000);
                tally->words[0]--;
                if (random_word() & 1) kill(getpid(), SIGKILL);
                _exit(0);
            }
            if (pid < 0) tally->words[0]--;
            else if (random_word() % 3 == 0) kill(pid, random_word() & 1 ? SIGKILL : SIGSTOP), tally->words[0]--;
            round_done();
        } else if (random_word() % 50 == 0) {
            tally->words[0] = 0;
        }
        while (waitpid(-1, NULL, WNOHANG) > 0) {}
        pause_us(200);
    }
}

static void attack(void) { multiply(0); }
