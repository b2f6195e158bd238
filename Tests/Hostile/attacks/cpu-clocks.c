// CPU clocks are named by process numbers. Those of the host's must mean nothing: its processes' times, or only which
// numbers are in use, are not the guest's to know.
// Alone: yes
#include "hostile.h"

static clockid_t process_clock(pid_t pid, int kind) { return (clockid_t)(~(unsigned)pid << 3 | kind); }

static void look(pid_t pid, const char *who) {
    struct timespec time;
    for (int kind = 0; kind < 8; kind++) {
        if (kind == 3 || kind == 7) continue;
        clockid_t clock = process_clock(pid, kind);
        if (RAW(SYS_clock_gettime, clock, &time) == 0) succeeded("read %s CPU clock", who);
        if (RAW(SYS_clock_getres, clock, &time) == 0) succeeded("%s number is known to clock_getres", who);
        struct sigevent none = {.sigev_notify = SIGEV_NONE};
        int timer = 0;
        if (RAW(SYS_timer_create, clock, &none, &timer) == 0) {
            succeeded("made a timer on %s CPU clock", who);
            RAW(SYS_timer_delete, timer);
        }
        // A time long past: returns at once where the clock exists.
        struct timespec past = {0, 1};
        if (kind == 2 && RAW(SYS_clock_nanosleep, clock, TIMER_ABSTIME, &past, 0) == 0) succeeded("slept by %s CPU clock", who);
    }
    round_done();
}

static void attack(void) {
    if (arena.victim < 800) { say("note: the host's numbers are as small as the guest's"); pause_us(100000); return; }
    look(arena.victim, "the host process's");
    for (pid_t pid = arena.victim - 40; pid < arena.victim + 40; pid++) look(pid, "a host process's");
    pause_us(50000);
}
