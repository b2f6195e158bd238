// Steps in which a call waits and other things change meanwhile. They are drawn from a stream of their own, so that all
// other steps of a seed stay what they are without them.
#include "plan.h"
#include "waiting.h"

static uint64_t state;

static unsigned draw(unsigned limit) {
    // xorshift64*
    state ^= state >> 12;
    state ^= state << 25;
    state ^= state >> 27;
    return (unsigned)((state * 2685821657736338717ull) >> 33) % limit;
}

void seed_waiting(uint64_t seed) { state = (seed + 1) * 0x9e3779b97f4a7c15ull | 1; }

/// a[0] the call, a[1] how it ends, a[2] and on the changes, `count` of them.
void maybe_wait(void) {
    if (draw(60) || plan->steps >= STEPS - 1) return;
    int found[TASKS], n = 0;
    for (int i = 0; i < TASKS; i++) if (people[i].alive) found[n++] = i;
    if (!n) return;
    wanted_steps += wanted_steps < STEPS;
    struct step *s = add(found[draw((unsigned)n)], OP_MEANWHILE);
    s->a[0] = draw(WAITING_CALLS);
    s->a[1] = draw(WAITING_ENDS);
    if (s->a[1] == END_BOTH && (s->a[0] == CALL_CONNECT || s->a[0] == CALL_MSGSND)) s->a[1] = END_WAKE;
    s->count = (uint8_t)draw(4);
    for (int i = 0; i < s->count; i++) {
        s->a[2 + i] = draw(WAITING_CHANGES);
        // A known limit: poll finds a number ready that another thread has closed (README.md).
        if (s->a[0] == CALL_POLL && s->a[2 + i] == CHANGE_CLOSE) s->a[2 + i] = CHANGE_REPLACE;
    }
}
