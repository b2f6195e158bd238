// mounts: plays a random sequence of calls about mounts and prints what became of every task's view. Shared declarations.
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
#include <sys/mount.h>
#include <sys/syscall.h>

enum {
    TASKS = 5,      // A to E
    KEEPS = 4,      // numbered descriptors that a task keeps: k0 to k3
    STEPS = 160,
    ENTRIES = 90,   // of the tree, as far as it is walked
    DEPTH = 5,
    MOUNTS = 45,    // from so many in any task's view on, no step adds to them
    USER = 20000,
    COMMAND_READ = 100, COMMAND_WRITE = 110, REPLY_READ = 120, REPLY_WRITE = 130, PROC = 140, KEEP_FD = 200,
    KEPT = 100,     // as a place: 100 + k is the kept descriptor's link in /proc, 110 + k the descriptor itself
    KEPT_ITSELF = 110,
};

#define OPERATIONS(X) \
    X(MOUNT) X(BIND) X(MOVE) X(REMOUNT) X(REMOUNT_BIND) X(TYPE) X(UMOUNT) X(UNSHARE) X(JOIN) X(OPEN_NS) X(SETNS) \
    X(BIND_NS) X(PIVOT) X(CHROOT) X(CHDIR) X(FCHDIR) X(OPEN) X(CLOSE) X(LOOK) X(MKDIR) X(RMDIR) X(UNLINK) X(RENAME) \
    X(CREATE) X(SYMLINK) X(LINK) X(OPEN_TREE) X(MOVE_MOUNT) X(SETATTR) X(FSMOUNT) X(FSPICK) X(STATMOUNT) X(LISTMOUNT) \
    X(VIEW)

enum operation {
#define X(name) OP_##name,
    OPERATIONS(X)
#undef X
    OPERATION_COUNT
};

/// One step of a plan. Places are numbers in `places`, or kept descriptors.
struct step {
    uint8_t op, task;
    int8_t other, keep;
    int16_t from, to;
    uint64_t flags, more;
};

struct plan {
    int steps;
    struct step step[STEPS];
};

struct command {
    struct step step;
    int32_t pids[TASKS];
};

struct reply {
    int32_t length;
    char text[16000];       // what the call answered; after a line's end: what the task sees, one thing a line
};


// ../sequence/random.c
void seed_random(uint64_t seed);
uint64_t next_random(void);
unsigned below(unsigned limit);
bool chance(unsigned percent);

// plan.c
void make_plan(uint64_t seed, bool as_root, struct plan *plan);
extern const char *const places[];
extern const int place_count;

// render.c
const char *operation_name(int op);
void render(const struct step *step, char *out, size_t size);
extern const char *const types[];
extern const int type_count;

// task.c
extern struct command here;
void task_loop(int slot) __attribute__((noreturn));
/// The path that a step's place means.
const char *path_of(int place);
/// The descriptor and path for calls that take both.
int base_of(int place, const char **path);
/// Puts a new descriptor into a place to keep; prints 0 or the error.
void keep_fd(struct text *out, int keep, int fd);

// do_*.c: each plays the step if it is its own, and says so.
bool do_mounts(const struct step *s, struct text *out);
bool do_api(const struct step *s, struct text *out);
bool do_places(const struct step *s, struct text *out);
bool do_files(const struct step *s, struct text *out);
void furnish(const char *path);
/// Whether this is of a file system that the whole machine shares, so that its own options must stay what they are.
bool is_everybodys(const char *path);

// names.c: numbers that the kernel gives are shown in the order in which they appear.
void forget_unseen(void);
void mark_seen(const char *text);
/// Prints text with each {kind:number} as the kind's letter and a small number.
void put_named(struct text *out, const char *text);

// view.c
/// Reads what every task sees; true for those of which it changed.
void look_at_all(const int32_t *pids, bool *changed);
void mark_all_seen(void);
/// Prints how a task's view changed; a step's first task comes first.
void print_changes(int task, const char *seen, bool is_first);
int most_mounts(void);

// control.c
int control(const struct plan *plan, const bool *keep, bool as_root);
