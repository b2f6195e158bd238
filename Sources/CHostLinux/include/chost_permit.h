// Host calls that a task makes in the sentry's name: the permit, the pages that no guest can write, and the pseudo
// calls (docs/host-layer.md).
#ifndef CHOST_PERMIT_H
#define CHOST_PERMIT_H

#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

// The instruction pointer of a permitted call. It is canonical on no x86-64 processor, so no code can be there.
#define CHOST_PERMIT 0x8000000000004e53ull

// Pseudo calls. The loader stub asks for its steps, and tells that it has carried them out.
#define CHOST_CALL_LOAD 1000
#define CHOST_CALL_LOADED 1001
// A permitted notification, in which the listener works for the tracer.
#define CHOST_CALL_NOTIFY 1002
// What a chain of calls enters the kernel with; the tracer replaces it.
#define CHOST_CALL_CHAIN 1003

// Where the loader stub lies, and where the sealed pages lie in every task.
#define CHOST_STUB_BASE 0x7e0000000000ull
#define CHOST_SEALED_BASE 0x7dff00000000ull
#define CHOST_SEALED_SIZE 0x200000ull
// They begin with a `syscall` instruction.
#define CHOST_SEALED_DATA 0x1000ull

// The memory of the sealed pages, as the sentry has it.
typedef struct chost_sealed chost_sealed;
// Makes it, for as long as the process lives; NULL and an errno in `tasks` where that fails. `tasks` receives the
// read-only descriptor that tasks map.
chost_sealed *chost_sealed_create(int *tasks);
void chost_sealed_write(chost_sealed *memory, size_t offset, const void *bytes, size_t count);
// 0 where the host can seal mappings (mseal(2), Linux 6.10).
int chost_sealing_supported(void);
// 0 where a call stopped at its entry can be given the permit, and a filter sees it.
int chost_permit_supported(void);

#endif
