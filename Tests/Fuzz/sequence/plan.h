// What the files that make a plan share: the light model of who exists, and how a step is added.
#pragma once
#include "sequence.h"
#include <linux/capability.h>
#include <linux/sched.h>
#include <linux/securebits.h>

enum kept { NOTHING, A_NAMESPACE, A_PIDFD, A_MAP };
struct space { int parent; bool umapped, gmapped, denied; long uin, uout, ucount, gin, gout, gcount; };
struct person {
    bool exists, alive, inits, foreign, next_pid;
    int parent, space, pidspace;
    long uid, gid;
    bool caps;
    struct { enum kept kind; int type, slot; } keep[KEEPS];
};

extern struct plan *plan;
extern struct person people[TASKS];
extern struct space spaces[64];
extern int space_count, wanted_tasks, wanted_steps, pid_joins;
extern bool steady;

int pick(const int *list, unsigned count);
#define PICK(...) pick((const int[]){ __VA_ARGS__ }, sizeof((const int[]){ __VA_ARGS__ }) / sizeof(int))

// plan.c
struct step *add(int task, int op);
int someone_alive(void);
int other(int task);
int free_slot(void);
long an_id(int task, bool group);
long id_or_keep(int task, bool group);
int ns_type(void);
uint64_t ns_flags(bool with_user);
int some_keep(int task, enum kept kind);
int new_keep(int task);
int some_cap(void);
uint64_t cap_bits(void);
void become(int task, long uid);
void enter_new_space(int child, int creator);

// plan_maps.c
void fill_map(struct step *s, int writer, int target, bool valid);
void believe_map(const struct step *s, int target);
void write_setgroups(int writer, int target, int form);
void write_map(int writer, int target, int file);
void set_up_maps(int target);
void pass_map(int task);

// plan_tasks.c
int someone_below(int task);
void fork_task(int task, uint64_t flags, int how);
void random_fork(int task);
void random_unshare(int task);
void open_ns(int task, int target, int type);
void set_ns(int task);
void leave(int task);

// plan_credentials.c
void credentials(int task);
int copy_file(void);
void set_filecap(int task, int file);
void executions(int task);

// plan_waiting.c
void seed_waiting(uint64_t seed);
void maybe_wait(void);

// plan_files.c
void files(int task);
void looks(int task);
void fds(int task);
