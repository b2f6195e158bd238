// The parts of the test of vDSO images.
#pragma once
#include "chost_vdso.h"
#include <stdbool.h>

_Noreturn void fail(const char *what);
// What the tracer says that the clocks are shifted by. It is written to the traced program, so both must be one file,
// linked at a fixed address.
extern volatile chost_clock_offsets check_offsets;
int check_clocks(void);
int fuzz_image(long rounds);
