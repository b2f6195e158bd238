// A small generator (splitmix64), so that a seed means the same on every machine.
#include "sequence.h"

static uint64_t state;

void seed_random(uint64_t seed) { state = seed; }

uint64_t next_random(void) {
    uint64_t z = (state += 0x9e3779b97f4a7c15u);
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
    return z ^ (z >> 31);
}

unsigned below(unsigned limit) { return limit ? (unsigned)((next_random() >> 16) % limit) : 0; }

bool chance(unsigned percent) { return below(100) < percent; }
