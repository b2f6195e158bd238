// A program that makes random system calls with hostile arguments, alone and against itself. See docs/fuzzing.md.
#pragma once
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <setjmp.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdint.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

typedef uint64_t u64;
typedef uint32_t u32;

// What all processes of a run share, at one address, in a file that a program finds again after execve.
struct shared {
    u64 seed;
    _Atomic u64 calls, tasks, execs, faults, checks, checked, mismatches;
    _Atomic int stop;
    _Atomic int live;          // tasks made and not seen to end; the controller corrects it
    _Atomic u32 next_pid;
    int pids[32];              // whom signals go to
    _Atomic u32 next_report;
    char reports[16][200];
    _Atomic u64 by_number[512];
};
#define SHARED ((struct shared *)0x3a5c0000000)
#define SHARED_SIZE 0x4000
#define SHARED_FILE "/tmp/hostile-shared"

// Memory for arguments: pages of all kinds at a fixed address.
#define PAGE 4096ul
#define ARENA 0x200000000ul
#define ARENA_PAGES 64ul
#define STRUCT_PAGES 16ul      // plain memory where structures are laid, which a second thread rewrites
#define FILE_PAGE 24ul         // four pages of a file that is truncated at times

// A thread's own data lie at the bottom of its stack, where the stack pointer finds them.
#define STACK 0x10000ul
struct thread {
    u64 random;
    long budget;               // calls left
    int depth;                 // how many clones stand between this and a worker
    int armed;                 // whether `jump` may be taken
    int in_handler;
    int quiet;                 // handlers make no calls, as what is open is being compared
    int number;                // of the call being made
    u32 slot;                  // next place in the arena
    int private_table;         // no other task has had this descriptor table
    sigjmp_buf jump;
};
static inline struct thread *self(void) {
    return (struct thread *)((uintptr_t)__builtin_frame_address(0) & ~(STACK - 1));
}

static inline long raw(long n, long a, long b, long c, long d, long e, long f) {
    register long r10 __asm__("r10") = d;
    register long r8 __asm__("r8") = e;
    register long r9 __asm__("r9") = f;
    long result;
    __asm__ volatile("syscall" : "=a"(result) : "0"(n), "D"(a), "S"(b), "d"(c), "r"(r10), "r"(r8), "r"(r9)
                     : "rcx", "r11", "memory");
    return result;
}
#define RAW6(n, a, b, c, d, e, f, ...) raw(n, (long)(a), (long)(b), (long)(c), (long)(d), (long)(e), (long)(f))
#define CALL(...) RAW6(__VA_ARGS__, 0, 0, 0, 0, 0, 0, 0)

static inline u64 mix(u64 x) {
    x = (x ^ x >> 30) * 0xbf58476d1ce4e5b9;
    x = (x ^ x >> 27) * 0x94d049bb133111eb;
    return x ^ x >> 31;
}
static inline u64 rnd(void) { return mix(self()->random += 0x9e3779b97f4a7c15); }
static inline u64 below(u64 n) { return n ? rnd() % n : 0; }
static inline int chance(u64 n) { return below(n) == 0; }
#define PICK(array) (array)[below(sizeof(array) / sizeof((array)[0]))]

// pools.c
u64 argument(char kind);
long any_fd(void);
const char *any_path(void);
int any_pid(void);
void open_files(void);
void make_arena(void);
void mutate(void);
// calls.c
long random_call(void);
void random_calls(long count);
int spare(void);               // whether one more task may be made
// tasks.c
void *new_stack(u64 seed, long budget);
long spawn(u64 flags, void *stack, int (*body)(void));
int child_stack_call(u64 flags, int (*body)(void), long budget);
void catch_faults(void);
void arm_timer(void);
void count_task(void);
_Noreturn void leave(int code);
// check.c
struct made {                  // a random call that was made, for reports
    short number;
    int a, b, c, result;
};
#define HISTORY 512
extern struct made history[HISTORY];
extern u32 next_made;
void check_table(const char *where);
void descriptor_race(void);
// storms.c
void storm(u64 kind);
int storm_kinds(void);
void report(const char *text, long a, long b, long c, long d);
extern char **environ;
