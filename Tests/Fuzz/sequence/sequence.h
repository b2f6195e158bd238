// sequence: plays a random sequence of identity system calls and prints what it saw. Shared declarations.
#pragma once
#define _GNU_SOURCE
#include "../common/text.h"
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <sys/syscall.h>

/// PROC_PID_INIT_INO.
#define OUTERMOST_PID_NAMESPACE 0xeffffffcu

enum {
    TASKS = 6,      // slots for tasks, named A to F
    KEEPS = 8,      // numbered fds that a task keeps: k0 to k7
    FILES = 5,      // files of the scratch directory: f0 to f4
    COPIES = 2,     // copies of this program that steps may make set-user-id or give capabilities
    STEPS = 200,
    LEVELS = 8,     // of nested PID namespaces, as far as they are shown
    // Every task holds all of these, so that any task can become the parent of any slot.
    COMMAND_READ = 100, COMMAND_WRITE = 110, REPLY_READ = 120, REPLY_WRITE = 130,
    KEEP_FD = 200,
    NOBODY = -1,    // as a step's target: the caller itself is written "self"
    ABSENT_PID = 4194400,   // above the largest pid_max, so never a process
};

#define OPERATIONS(X) \
    X(FORK) X(UNSHARE) X(SETNS) X(SETNS_PATH) X(OPEN_NS) X(READ_NS) X(OPEN_PIDFD) X(NS_IOCTL) X(PIDFD_IOCTL) \
    X(WRITE_MAP) X(OPEN_MAP) X(WRITE_MAP_FD) X(READ_MAP) X(READ_MAP_FD) X(WRITE_SETGROUPS) X(READ_SETGROUPS) \
    X(SETUID) X(SETGID) X(SETREUID) X(SETREGID) X(SETRESUID) X(SETRESGID) X(SETFSUID) X(SETFSGID) X(SETGROUPS) \
    X(CAPSET) X(CAPGET) X(BOUND_DROP) X(AMBIENT) X(SECUREBITS) X(KEEPCAPS) X(NO_NEW_PRIVS) X(DUMPABLE) \
    X(EXEC) X(CHOWN) X(CHMOD) X(STAT) X(ACCESS) X(OPEN) X(CREATE) X(UNLINK) X(SET_FILECAP) X(GET_FILECAP) \
    X(REMOVE_FILECAP) X(KILL) X(PIDFD_KILL) X(ENVIRON) X(STATUS) X(STAT_PROC) X(PRLIMIT) X(GETPRIORITY) \
    X(SETPRIORITY) X(SETHOSTNAME) X(GETHOSTNAME) X(SETSID) X(WHO) X(READ_MEMORY) X(GETFD) X(SEND_CREDS) \
    X(CLOSE) X(EXIT) X(WAIT) X(MEANWHILE)

enum operation {
#define X(name) OP_##name,
    OPERATIONS(X)
#undef X
    OPERATION_COUNT
};

/// One step of a plan. What a[] means depends on the operation (see render.c).
struct step {
    uint8_t op, task;
    int8_t target, keep, keep2;
    uint8_t count;
    int64_t a[10];
};

struct plan {
    int steps, tasks;
    bool exec_copies;
    struct step step[STEPS];
};

/// What the controller knows of a task; sent along with every step.
struct peer {
    int32_t outer;              // its pid in the controller's PID namespace; 0: never made
    int32_t levels;
    int32_t number[LEVELS];     // its pids, outermost first
};

struct command {
    struct step step;
    struct peer peers[TASKS];
};

struct reply {
    int32_t length;
    int32_t created;            // a child was made in the step's slot
    char text[3800];
};

/// What a task needs everywhere; survives exec through the environment.
extern struct context {
    int slot;
    char scratch[200];
    struct peer peers[TASKS];
} here;

extern const uint32_t magic_word;

// random.c
void seed_random(uint64_t seed);
uint64_t next_random(void);
unsigned below(unsigned limit);
bool chance(unsigned percent);

// plan.c
void make_plan(uint64_t seed, bool as_root, struct plan *plan);

// render.c
/// Whether steps are written as their fields, for programs to read.
extern bool raw_steps;
void render(const struct step *step, char *out, size_t size);
const char *operation_name(int op);
extern const char *const namespace_names[10];
extern const unsigned namespace_flags[10];
const char *keep_name(int keep);
void map_text(const struct step *step, char *out, size_t size, size_t *length);

// task.c
int number_of(int slot);
const char *name_of_number(int number, char *buffer);
int own_level(void);
void task_loop(int slot) __attribute__((noreturn));
void begin_task(int slot, bool after_exec);
void put_view(struct text *text, bool always);
void put_namespaces(struct text *text, bool always);

// do_*.c: each plays the step if it is its own, and says so.
bool do_namespaces(const struct step *step, struct text *out, struct reply *reply);
bool do_maps(const struct step *step, struct text *out);
bool do_credentials(const struct step *step, struct text *out);
bool do_files(const struct step *step, struct text *out);
bool do_processes(const struct step *step, struct text *out);
bool do_waiting(const struct step *step, struct text *out);
void file_path(int index, char *out, size_t size);
void proc_path(int slot, const char *rest, char *out, size_t size);

// control.c
int control(uint64_t seed, const struct plan *plan, const bool *keep, bool as_root, const char *base, int number);
