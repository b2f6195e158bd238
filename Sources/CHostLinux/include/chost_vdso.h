// A vDSO image for tasks whose monotonic and boot-time clocks are shifted (time_namespaces(7)).
//
// The host's own vDSO is moved elsewhere, and the image built here takes its place: each exported function begins with
// a jump. clock_gettime jumps to code of ours, which calls the moved function and adds an offset; the others jump to
// the moved functions. A page with this code, the jumps' targets and the offsets takes the place of the vDSO's first data
// page. It does not touch the image: debuggers look for a mapping that begins where AT_SYSINFO_EHDR says.
#ifndef CHOST_VDSO_H
#define CHOST_VDSO_H

#include <stddef.h>
#include <stdint.h>

// The sentry's own vDSO, which has the bytes of every task's, and its size in whole pages; NULL when there is none.
const uint8_t *chost_vdso_self(size_t *size);

// Where the function of that name is in an image; 0 when there is none.
uint64_t chost_vdso_function(const uint8_t *image, size_t size, const char *name);

// What is added to the clocks, as it lies in memory. Nanoseconds are from 0 to 999,999,999, seconds may be negative.
typedef struct {
    int64_t monotonic_seconds, monotonic_nanoseconds;
    int64_t boottime_seconds, boottime_nanoseconds;
} chost_clock_offsets;

// The size of the page of code.
#define CHOST_VDSO_CODE_SIZE 4096
// Where in this page the offsets are.
size_t chost_vdso_offsets_position(void);

// Fills `page` (CHOST_VDSO_CODE_SIZE bytes), which will be `gap` bytes before the image, and `copy` (`size` bytes), for a
// vDSO that has been moved to `moved`. Where they lie themselves does not matter. Returns 0, or -ENOEXEC for an image in
// which a function cannot begin with a jump.
int chost_vdso_replace(const uint8_t *image, size_t size, uint64_t moved, uint64_t gap,
                       const chost_clock_offsets *offsets, uint8_t *page, uint8_t *copy);

#endif
