// Makes a plan from a seed. A light model foresees who exists, in which user namespace, with which IDs, so that most
// steps mean something. The plan never depends on an answer: a step dropped by the shrinker leaves the others as they are.
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

static struct plan *plan;
static struct person people[TASKS];
static struct space spaces[64];
static int space_count, wanted_tasks, wanted_steps, pid_joins;
/// The first task keeps its credentials in most plans, so that someone stays able to do things.
static bool steady;

static struct step *add(int task, int op) {
    static struct step scrap;
    struct step *s = plan->steps < wanted_steps ? &plan->step[plan->steps++] : &scrap;
    *s = (struct step){ .op = (uint8_t)op, .task = (uint8_t)task, .target = NOBODY };
    return s;
}

static int pick(const int *list, unsigned count) { return list[below(count)]; }
#define PICK(...) pick((const int[]){ __VA_ARGS__ }, sizeof((const int[]){ __VA_ARGS__ }) / sizeof(int))

static int someone_alive(void) {
    int found[TASKS], n = 0;
    for (int i = 0; i < TASKS; i++) if (people[i].alive) found[n++] = i;
    return n ? found[below(n)] : 0;
}

/// A target: mostly an existing task (dead ones too), now and then the caller.
static int other(int task) {
    int found[TASKS], n = 0;
    for (int i = 0; i < TASKS; i++) if (people[i].exists && i != task) found[n++] = i;
    if (!n || chance(12)) return task;
    return found[below(n)];
}

static int free_slot(void) {
    for (int i = 0; i < wanted_tasks; i++) if (!people[i].exists) return i;
    return -1;
}

static long any_id(void) {
    return PICK(0, 1000, 1001, 2000, 100000, 65534, 0, 1000, 7);
}

static long an_id(int task, bool group) {
    struct space *s = &spaces[people[task].space];
    if (chance(4)) return PICK(-1, -2, 65536, 5);
    if (!people[task].caps && chance(55)) return group ? people[task].gid : people[task].uid;
    if (!people[task].space) return any_id();
    bool mapped = group ? s->gmapped : s->umapped;
    if (!mapped || chance(7)) return chance(50) ? 65534 : any_id();
    long first = group ? s->gin : s->uin, count = group ? s->gcount : s->ucount;
    return first + (count > 1 ? PICK(0, 0, 1, 5, count - 1) : 0);
}

static long id_or_keep(int task, bool group) { return chance(25) ? -1 : an_id(task, group); }

static int ns_type(void) { return PICK(0, 0, 0, 0, 1, 2, 2, 3, 4, 4, 5, 6, 7, 8, 9); }

static uint64_t ns_flags(bool with_user) {
    uint64_t flags = with_user ? CLONE_NEWUSER : 0;
    unsigned more = with_user ? below(3) : 1 + below(2);
    for (unsigned i = 0; i < more; i++) flags |= namespace_flags[PICK(1, 2, 2, 3, 4, 5, 7, 2, below(8) ? 3 : 6)];
    return flags;
}

static int some_keep(int task, enum kept kind) {
    int found[KEEPS], n = 0;
    for (int i = 0; i < KEEPS; i++) if (people[task].keep[i].kind == kind) found[n++] = i;
    return n && !chance(4) ? found[below(n)] : (int)below(KEEPS);
}

static int new_keep(int task) {
    for (int i = 0; i < KEEPS; i++) if (people[task].keep[i].kind == NOTHING && !chance(20)) return i;
    return (int)below(KEEPS);
}

static int some_cap(void) {
    return PICK(CAP_CHOWN, CAP_SETUID, CAP_SETGID, CAP_SETPCAP, CAP_SYS_ADMIN, CAP_KILL, CAP_SETFCAP, CAP_FOWNER,
        CAP_DAC_OVERRIDE, CAP_SYS_PTRACE, CAP_NET_ADMIN, CAP_FSETID, CAP_CHECKPOINT_RESTORE, CAP_SYS_CHROOT,
        CAP_SYS_NICE, below(40));
}

static uint64_t cap_bits(void) {
    if (chance(10)) return 0x1fffffffffful & ~(1ul << CAP_SYS_RESOURCE);
    uint64_t bits = 0;
    for (unsigned i = 0; i <= below(3); i++) bits |= 1ul << some_cap();
    return bits & ~(1ul << CAP_SYS_RESOURCE);
}

/// The model's view of a change of IDs: leaving user 0 ends capabilities.
static void become(int task, long uid) {
    struct person *p = &people[task];
    if (uid < 0 || !p->caps) return;
    p->uid = uid;
    if (uid) p->caps = false;
}

/// The model's view of a new user namespace made by a task.
static void enter_new_space(int child, int creator) {
    if (space_count == 64) return;
    spaces[space_count] = (struct space){
        
        .parent = people[creator].space, .uout = people[creator].uid, .gout = people[creator].gid, .denied = spaces[people[creator].space].denied,
    };
    people[child].space = space_count++;
    people[child].caps = true;
}

// MARK: maps

/// Extents for a map of the target's user namespace; as the writer might sensibly choose them.
static void fill_map(struct step *s, int writer, int target, bool valid) {
    struct person *p = &people[target];
    struct space *space = &spaces[p->space], *parent = &spaces[space->parent];
    long inside = PICK(0, 0, 0, 1000, 7), outside = s->a[0] == 1 ? space->gout : space->uout, count = 1;
    // Only a writer in the parent namespace, with capabilities there, may map more than its own ID.
    bool able = people[writer].caps && people[writer].space != p->space;
    unsigned kind = able || chance(15) ? below(10) : 0;
    if (kind >= 3 && kind < 8) {
        count = PICK(10, 1000, 65536, 2);
        outside = space->parent ? (s->a[0] == 1 ? parent->gin : parent->uin) : PICK(0, 100000, 1000);
        if (space->parent && chance(80)) count = 1 + below((unsigned)(s->a[0] == 1 ? parent->gcount : parent->ucount));
    }
    s->count = 1;
    s->a[2] = inside, s->a[3] = outside, s->a[4] = count;
    if (kind == 8) {
        s->count = 2;
        s->a[5] = inside + count + PICK(0, 1, 100), s->a[6] = PICK(outside + 1, 100000, 2000, 1000), s->a[7] = 1;
    }
    if (!valid) {
        switch (below(7)) {
        case 0: s->a[1] = 5; break;
        case 1: s->a[1] = 6; break;
        case 2: s->a[1] = 7; break;
        case 3: s->a[1] = 3; break;
        case 4: s->a[4] = 0; break;
        case 5: s->count = 2, s->a[5] = s->a[2], s->a[6] = s->a[3] + 10, s->a[7] = 1; break;
        default: s->a[3] = PICK(-1, 4294967295, 77, 0), s->a[4] = PICK(1, 4294967295, 2); break;
        }
    } else s->a[1] = chance(20) ? 1 : 0;
    if (s->a[2] < 0) s->a[2] = 4294967295;
    if (s->a[3] < 0) s->a[3] = 4294967295;
}

static void believe_map(const struct step *s, int target) {
    struct space *space = &spaces[people[target].space];
    if (!people[target].space || s->a[1] > 1) return;
    if (s->a[0] == 0 && !space->umapped) {
        space->umapped = true, space->uin = s->a[2], space->ucount = s->a[4];
        people[target].uid = s->a[2];
    } else if (s->a[0] == 1 && !space->gmapped) {
        space->gmapped = true, space->gin = s->a[2], space->gcount = s->a[4];
        people[target].gid = s->a[2];
    }
}

static void write_setgroups(int writer, int target, int form) {
    struct step *s = add(writer, OP_WRITE_SETGROUPS);
    s->target = (int8_t)target;
    s->a[0] = 3, s->a[1] = form;
    if (form == 0 || form == 2) spaces[people[target].space].denied = true;
}

static void write_map(int writer, int target, int file) {
    struct step *s = add(writer, OP_WRITE_MAP);
    s->target = (int8_t)target;
    s->a[0] = file;
    fill_map(s, writer, target, chance(88));
    believe_map(s, target);
}

/// What a careful program does after making a user namespace; each part may be missing.
static void set_up_maps(int target) {
    int writer = people[target].parent >= 0 && people[people[target].parent].alive && chance(60) ? people[target].parent
                                                                                                : target;
    bool able = people[writer].caps && people[writer].space != people[target].space;
    if (chance(able ? 25 : 88)) write_setgroups(writer, target, PICK(0, 0, 2, 0, 0, 2, 0, 1));
    if (chance(92)) write_map(writer, target, 0);
    if (chance(85)) write_map(writer, target, 1);
    if (chance(15)) write_map(writer, target, 2);
    if (chance(50)) add(target, OP_SETRESGID)->a[0] = 0;
    if (chance(50)) { add(target, OP_SETRESUID)->a[0] = 0; people[target].uid = 0; }
    if (chance(able ? 40 : 8)) { struct step *s = add(target, OP_SETGROUPS); s->count = 2; s->a[0] = 0; s->a[1] = an_id(target, true); }
}

// MARK: tasks

/// Whether a task's user namespace lies below another's.
static bool lies_below(int task, int other) {
    for (int space = people[task].space; space; space = spaces[space].parent)
        if (spaces[space].parent == people[other].space) return true;
    return false;
}

static int someone_below(int task) {
    int found[TASKS], n = 0;
    for (int i = 0; i < TASKS; i++) if (people[i].alive && i != task && lies_below(i, task)) found[n++] = i;
    return n ? found[below(n)] : -1;
}

static void fork_task(int task, uint64_t flags, int how) {
    int slot = free_slot();
    if (slot < 0) return;
    struct step *s = add(task, OP_FORK);
    s->target = (int8_t)slot;
    s->keep = (int8_t)new_keep(task);
    s->a[0] = how ? (int64_t)flags : 0;
    s->a[1] = how;
    if (how == 1) s->a[0] &= ~(int64_t)CLONE_NEWTIME;
    if (how == 2 && chance(20)) {
        s->a[2] = 1 + (chance(25) ? 1 : 0);
        s->a[3] = PICK(1, 1, 5, 300, 0, -1), s->a[4] = PICK(1, ABSENT_PID);
        // A chosen number in the outermost PID namespace might be taken on some hosts: only impossible ones there.
        if (!(flags & CLONE_NEWPID) && !people[task].pidspace) s->a[3] = PICK(0, -1, ABSENT_PID);
    }
    if (how == 2 && chance(4)) s->a[5] = PICK(63, 0, 72);
    if (s->a[5] == 72) s->a[2] = 0;
    struct person *p = &people[slot];
    *p = people[task];
    p->exists = p->alive = true;
    p->parent = task;
    p->inits = p->next_pid = false;
    if (people[task].next_pid || (s->a[0] & CLONE_NEWPID)) {
        p->inits = !people[task].next_pid || (s->a[0] & CLONE_NEWPID);
        p->pidspace = slot + 1;
    }
    if (s->a[0] & CLONE_PIDFD) {
        people[task].keep[s->keep].kind = A_PIDFD;
        people[task].keep[s->keep].slot = slot;
    }
    if (s->a[0] & CLONE_NEWUSER) {
        enter_new_space(slot, task);
        if (chance(85)) set_up_maps(slot);
    }
}

static void random_fork(int task) {
    int how = PICK(0, 1, 1, 2, 2);
    uint64_t flags = 0;
    if (chance(60)) flags |= ns_flags(chance(70));
    if (chance(15)) flags |= CLONE_PIDFD;
    if (chance(6)) flags |= CLONE_FS;
    if (chance(5)) flags |= CLONE_FILES;
    if (chance(4)) flags |= CLONE_PARENT;
    if (chance(4)) flags |= (uint64_t)PICK(CLONE_THREAD, CLONE_SIGHAND, CLONE_NEWIPC | CLONE_SYSVSEM, CLONE_NEWNS | CLONE_FS,
        CLONE_NEWUSER | CLONE_FS);
    if (how == 2 && chance(4)) flags |= (uint64_t)PICK(0x11, 0x1000, 0x400000) | (chance(30) ? 1ul << 40 : 0);
    fork_task(task, flags, how);
}

static void random_unshare(int task) {
    struct step *s = add(task, OP_UNSHARE);
    uint64_t flags = ns_flags(chance(45));
    if (chance(6)) flags |= (uint64_t)PICK(CLONE_FS, CLONE_FILES, CLONE_SYSVSEM, CLONE_THREAD, CLONE_VM, CLONE_SIGHAND);
    if (chance(4)) flags = (uint64_t)PICK(0, 1, CLONE_VFORK, CLONE_FS, CLONE_FILES);
    s->a[0] = (int64_t)flags;
    if (flags & CLONE_NEWPID) people[task].next_pid = true;
    if (flags & CLONE_NEWUSER) {
        enter_new_space(task, task);
        if (chance(85)) set_up_maps(task);
    }
    if ((flags & CLONE_NEWPID) && chance(70)) fork_task(task, 0, 0);
}

static void open_ns(int task, int target, int type) {
    struct step *s = add(task, OP_OPEN_NS);
    s->target = (int8_t)target, s->keep = (int8_t)new_keep(task), s->a[0] = type;
    s->a[2] = chance(4) ? O_PATH : chance(3) ? O_WRONLY : 0;
    people[task].keep[s->keep].kind = A_NAMESPACE;
    people[task].keep[s->keep].type = type;
    people[task].keep[s->keep].slot = target;
}

static void believe_joined(int task, int type, int target) {
    if (type == 0) people[task].space = people[target].space, people[task].caps = true;
    if (type == 4 || type == 8) pid_joins++;
}

static void set_ns(int task) {
    struct step *s;
    int type = ns_type(), target = other(task);
    // One without capabilities can at best enter a user namespace that it owns.
    bool able = people[task].caps;
    int lower = someone_below(task);
    if (lower >= 0 && chance(85)) target = lower;
    else if (lower < 0 && chance(able ? 35 : 75)) return;
    if (!able && chance(70)) type = 0;
    switch (below(3)) {
    case 0:
        s = add(task, OP_SETNS_PATH);
        s->target = (int8_t)target, s->a[0] = type;
        s->a[1] = chance(50) ? 0 : chance(85) ? (int64_t)namespace_flags[type] : CLONE_NEWUTS;
        s->a[2] = chance(3) ? O_PATH : 0;
        believe_joined(task, type, target);
        break;
    case 1: {
        int k = some_keep(task, A_NAMESPACE);
        if (people[task].keep[k].kind != A_NAMESPACE || chance(40)) {
            open_ns(task, target, type);
            k = plan->steps ? plan->step[plan->steps - 1].keep : 0;
        }
        s = add(task, OP_SETNS);
        s->keep = (int8_t)k;
        int kept = people[task].keep[k].type;
        s->a[0] = chance(50) ? 0 : chance(85) ? (int64_t)namespace_flags[kept] : CLONE_NEWNS;
        if (people[task].keep[k].kind == A_NAMESPACE) believe_joined(task, kept, people[task].keep[k].slot);
        break;
    }
    default: {
        int k = some_keep(task, A_PIDFD);
        if (people[task].keep[k].kind != A_PIDFD || chance(50)) {
            s = add(task, OP_OPEN_PIDFD);
            k = new_keep(task);
            s->target = (int8_t)target, s->keep = (int8_t)k, s->a[0] = chance(4) ? 1 : 0;
            people[task].keep[k].kind = A_PIDFD, people[task].keep[k].slot = target;
        }
        s = add(task, OP_SETNS);
        s->keep = (int8_t)k;
        uint64_t flags = 0;
        for (unsigned i = 0; i <= below(4); i++) flags |= namespace_flags[PICK(0, 0, 1, 2, 2, 3, 5, 7, 4, 6)];
        if (!able && chance(70)) flags |= CLONE_NEWUSER;
        if (chance(4)) flags = (uint64_t)PICK(0, 0x100, CLONE_FS);
        s->a[0] = (int64_t)flags;
        if (flags & CLONE_NEWPID) pid_joins++;
        if (flags & CLONE_NEWUSER) believe_joined(task, 0, people[task].keep[k].slot);
    }
    }
}

// MARK: credentials

static void credentials(int task) {
    struct step *s;
    bool mapped = !people[task].space || spaces[people[task].space].umapped;
    switch (mapped || chance(25) ? below(17) : 9 + below(8)) {
    case 0: s = add(task, OP_SETUID); s->a[0] = an_id(task, false); become(task, s->a[0]); break;
    case 1: add(task, OP_SETGID)->a[0] = an_id(task, true); break;
    case 2: s = add(task, OP_SETREUID); s->a[0] = id_or_keep(task, false), s->a[1] = id_or_keep(task, false); break;
    case 3: s = add(task, OP_SETREGID); s->a[0] = id_or_keep(task, true), s->a[1] = id_or_keep(task, true); break;
    case 4:
        s = add(task, OP_SETRESUID);
        for (int i = 0; i < 3; i++) s->a[i] = id_or_keep(task, false);
        become(task, s->a[1]);
        break;
    case 5: s = add(task, OP_SETRESGID); for (int i = 0; i < 3; i++) s->a[i] = id_or_keep(task, true); break;
    case 6: add(task, OP_SETFSUID)->a[0] = an_id(task, false); break;
    case 7: add(task, OP_SETFSGID)->a[0] = an_id(task, true); break;
    case 8:
        if ((!people[task].caps || spaces[people[task].space].denied) && chance(75)) return;
        s = add(task, OP_SETGROUPS);
        s->count = (uint8_t)below(5);
        for (int i = 0; i < s->count; i++) s->a[i] = an_id(task, true);
        break;
    case 9: case 10: {
        s = add(task, OP_CAPSET);
        static const int recipes[] = { 0, 1, 2, 4, 5, 5, 3 };
        int r = recipes[below(7)];
        s->a[r] = (int64_t)cap_bits();
        if (r == 2) s->a[0] = s->a[2];
        if (r == 4 && chance(30)) s->a[4] = -1;
        if (chance(4)) s->a[6] = 1 + below(2);
        if (chance(4)) s->target = (int8_t)other(task);
        break;
    }
    case 11: if (!people[task].caps && chance(60)) return; add(task, OP_BOUND_DROP)->a[0] = chance(6) ? 64 : some_cap(); break;
    case 12: {
        int op = PICK(2, 2, 2, 3, 4, 1, 9), cap = some_cap();
        if (op == 2 && chance(65)) add(task, OP_CAPSET)->a[5] = 1l << cap;
        s = add(task, OP_AMBIENT);
        s->a[0] = op, s->a[1] = op == 4 ? (chance(10) ? 1 : 0) : chance(4) ? 99 : cap, s->a[2] = chance(3) ? 1 : 0;
        break;
    }
    case 13:
        add(task, OP_SECUREBITS)->a[0] = PICK(0, 1, 4, 0x10, 0x15, 0x40, 3, 0xc, 0x30, 0xc0, 0x100, 0x1000, 5, 0);
        break;
    case 14: add(task, OP_KEEPCAPS)->a[0] = PICK(1, 1, 1, 0, 2); break;
    case 15: if (chance(40)) add(task, OP_NO_NEW_PRIVS)->a[0] = PICK(1, 1, 0, 2); break;
    default: add(task, OP_DUMPABLE)->a[0] = PICK(0, 0, 1, 1, 1, 2); break;
    }
}

static int copy_file(void) { return FILES + (int)below(COPIES); }

static void exec_step(int task, int file) {
    struct step *s = add(task, OP_EXEC);
    s->a[0] = file, s->a[1] = chance(15);
    if (file >= 0) plan->exec_copies = true;
    struct person *p = &people[task];
    if (p->uid || (p->space && !spaces[p->space].umapped)) p->caps = false;
}

static void set_filecap(int task, int file) {
    struct step *s = add(task, OP_SET_FILECAP);
    s->a[0] = file, s->a[1] = chance(15) ? 0 : (int64_t)cap_bits(), s->a[2] = chance(30) ? (int64_t)cap_bits() : 0;
    s->a[3] = chance(8) ? PICK(1, 7) : PICK(2, 2, 3), s->a[4] = chance(60), s->a[5] = chance(70) ? spaces[people[task].space].uin : PICK(0, 1000, 100000, 65534);
}

static void executions(int task) {
    struct step *s;
    if (people[task].space && !spaces[people[task].space].umapped && chance(70)) return;
    int file = copy_file();
    switch (below(6)) {
    case 0: exec_step(task, -1); return;
    case 1:     // keep capabilities across a change of IDs, then over exec by the ambient set
        add(task, OP_KEEPCAPS)->a[0] = 1;
        s = add(task, OP_SETRESUID);
        s->a[0] = s->a[1] = s->a[2] = an_id(task, false);
        become(task, s->a[0]);
        s = add(task, OP_CAPSET);
        s->a[1] = s->a[5] = (int64_t)cap_bits();
        s = add(task, OP_AMBIENT);
        s->a[0] = 2, s->a[1] = some_cap();
        exec_step(task, -1);
        return;
    case 2: case 3:     // set-user-id and set-group-id
        if (chance(70)) {
            s = add(task, OP_CHOWN);
            s->a[0] = file, s->a[1] = id_or_keep(task, false), s->a[2] = id_or_keep(task, true);
        }
        s = add(task, OP_CHMOD);
        s->a[0] = file, s->a[1] = PICK(04755, 04755, 02755, 06755, 02745, 0111, 04711, 0700);
        break;
    default: set_filecap(task, file); if (chance(20)) add(task, OP_GET_FILECAP)->a[0] = file;
    }
    plan->exec_copies = true;
    int runner = chance(40) ? task : someone_alive();
    if (steady && runner == 0 && chance(80)) runner = task;
    if (!(steady && runner == 0) && chance(60)) {
        s = add(runner, OP_SETRESUID);
        s->a[0] = s->a[1] = s->a[2] = an_id(runner, false);
        become(runner, s->a[0]);
    }
    if (chance(12)) add(runner, OP_NO_NEW_PRIVS)->a[0] = 1;
    exec_step(runner, file);
}

// MARK: files

static int some_file(void) { return chance(88) ? (int)below(FILES) : FILES + COPIES + (int)below(4); }

static void files(int task) {
    struct step *s;
    int file = some_file();
    switch (below(11)) {
    case 0: case 1:
        s = add(task, OP_CHOWN);
        s->a[0] = file, s->a[1] = id_or_keep(task, false), s->a[2] = id_or_keep(task, true);
        if (!people[task].caps && chance(60)) s->a[0] = 1, s->a[1] = -1;
        break;
    case 2:
        s = add(task, OP_CHMOD);
        s->a[0] = file, s->a[1] = PICK(0644, 0600, 02755, 0777, 04755, 0, 01777, 02644);
        break;
    case 3: case 4: add(task, OP_STAT)->a[0] = file; break;
    case 5: s = add(task, OP_ACCESS); s->a[0] = file, s->a[1] = below(8), s->a[2] = chance(50) ? 0x200 : 0; break;
    case 6:
        s = add(task, OP_OPEN);
        s->a[0] = file, s->a[1] = PICK(O_RDONLY, O_WRONLY, O_RDWR, O_RDONLY | O_NOATIME), s->a[2] = chance(30);
        break;
    case 7:
        s = add(task, OP_CREATE);
        s->a[0] = FILES + COPIES + 1 + below(4), s->a[1] = PICK(0, 0, 0, 1, 2, 3, 4), s->a[2] = PICK(0644, 0755, 0600);
        break;
    case 8: if (chance(60)) return; s = add(task, OP_UNLINK); s->a[0] = FILES + COPIES + 1 + below(4), s->a[1] = chance(10); break;
    case 9: {
        int on = chance(60) ? (people[task].space ? 1 : file) : copy_file();
        set_filecap(task, on);
        int reader = someone_alive();
        if (chance(70)) add(reader, chance(80) ? OP_GET_FILECAP : OP_REMOVE_FILECAP)->a[0] = on;
        break;
    }
    default: if (chance(30)) add(task, chance(75) ? OP_GET_FILECAP : OP_REMOVE_FILECAP)->a[0] = file;
    }
}

// MARK: others

static void looks(int task) {
    struct step *s;
    switch (below(18)) {
    case 0: s = add(task, OP_KILL); s->a[0] = PICK(0, 0, SIGCONT, 65); break;
    case 1: s = add(task, OP_KILL); s->a[0] = PICK(0, SIGCONT); break;
    case 2:
        for (int i = 0; i < KEEPS; i++) if (people[task].keep[i].kind == A_PIDFD) goto has;
        if (chance(80)) return;
    has:
        s = add(task, OP_PIDFD_KILL); s->keep = (int8_t)some_keep(task, A_PIDFD), s->a[0] = PICK(0, SIGCONT); break;
    case 3: s = add(task, OP_ENVIRON); s->a[0] = PICK(0, 0, 1, 2, 3); break;
    case 4: s = add(task, OP_STATUS); break;
    case 5: s = add(task, OP_STAT_PROC); s->a[0] = below(7); break;
    case 6:
        s = add(task, OP_PRLIMIT);
        s->a[0] = below(2), s->a[1] = chance(60), s->a[2] = s->a[0] ? PICK(512, 1024) : 0, s->a[3] = s->a[0] ? 4096 : 0;
        break;
    case 7: s = add(task, OP_GETPRIORITY); break;
    case 8: s = add(task, OP_SETPRIORITY); s->a[0] = PICK(0, 1, 5, -1); break;
    case 9: s = add(task, chance(60) ? OP_SETHOSTNAME : OP_GETHOSTNAME); s->a[0] = PICK(1, 3, 8, 0, 65); break;
    case 10: s = add(task, OP_WHO); break;
    case 11: s = add(task, OP_READ_MEMORY); break;
    case 12: s = add(task, OP_READ_NS); s->a[0] = ns_type(); break;
    case 13: s = add(task, OP_CAPGET); break;
    case 14: case 15:
        s = add(task, OP_SEND_CREDS);
        s->a[0] = an_id(task, false), s->a[1] = an_id(task, true);
        if (chance(70)) s->a[0] = people[task].uid;
        if (chance(50)) s->a[1] = people[task].gid;
        if (chance(people[task].caps ? 60 : 90)) return;
        break;
    case 16: s = add(task, chance(60) ? OP_READ_MAP : OP_READ_SETGROUPS); s->a[0] = s->op == OP_READ_MAP ? below(3) : 3; break;
    default: s = add(task, OP_SETSID); if (!chance(25)) s->op = OP_READ_NS; break;
    }
    s->target = (int8_t)other(task);
}

static void fds(int task) {
    struct step *s;
    int target = other(task), choice = (int)below(10);
    bool has_namespace = false, has_pidfd = false, has_map = false;
    for (int i = 0; i < KEEPS; i++) {
        has_namespace |= people[task].keep[i].kind == A_NAMESPACE;
        has_pidfd |= people[task].keep[i].kind == A_PIDFD;
        has_map |= people[task].keep[i].kind == A_MAP;
    }
    if ((choice == 3 || choice == 4) && !has_namespace && chance(85)) choice = 0;
    if ((choice == 5 || choice == 6) && !has_pidfd && chance(85)) choice = 2;
    if (choice == 8 && !has_map && chance(85)) choice = 7;
    if (choice < 3 && chance(40)) { int lower = someone_below(task); if (lower >= 0) target = lower; }
    switch (choice) {
    case 0: case 1: open_ns(task, target, ns_type()); break;
    case 2:
        s = add(task, OP_OPEN_PIDFD);
        s->target = (int8_t)target, s->keep = (int8_t)new_keep(task), s->a[0] = chance(5) ? 4 : 0;
        people[task].keep[s->keep].kind = A_PIDFD, people[task].keep[s->keep].slot = target;
        break;
    case 3: case 4:
        s = add(task, OP_NS_IOCTL);
        s->keep = (int8_t)some_keep(task, A_NAMESPACE), s->keep2 = (int8_t)new_keep(task), s->target = (int8_t)target;
        s->a[0] = PICK(1, 1, 2, 2, 3, 4, 4, 6, 7, 8, 9, 10), s->a[1] = PICK(1, 1, 2, 3);
        break;
    case 5: case 6:
        s = add(task, OP_PIDFD_IOCTL);
        s->keep = (int8_t)some_keep(task, A_PIDFD), s->keep2 = (int8_t)new_keep(task);
        s->a[0] = PICK(11, 11, 9, 10, 5, 6, 2, 1 + below(10)), s->a[1] = s->a[0] != 11 && chance(5) ? 1 : 0;
        break;
    case 7:
        s = add(task, OP_OPEN_MAP);
        s->target = (int8_t)target, s->keep = (int8_t)new_keep(task), s->a[0] = PICK(0, 0, 1, 1, 2, 3);
        s->a[1] = PICK(O_RDWR, O_RDWR, O_WRONLY, O_RDONLY);
        people[task].keep[s->keep].kind = A_MAP, people[task].keep[s->keep].slot = target;
        people[task].keep[s->keep].type = (int)s->a[0];
        break;
    case 8: {
        int k = some_keep(task, A_MAP);
        if (people[task].keep[k].kind == A_MAP && chance(65)) {
            s = add(task, OP_WRITE_MAP_FD);
            s->a[0] = people[task].keep[k].type;
            if (s->a[0] == 3) s->a[1] = below(8); else { fill_map(s, task, people[task].keep[k].slot, chance(90));
                believe_map(s, people[task].keep[k].slot); }
        } else s = add(task, OP_READ_MAP_FD);
        s->keep = (int8_t)k;
        break;
    }
    default:
        if (chance(50)) {
            s = add(task, OP_GETFD);
            s->keep = (int8_t)some_keep(task, A_PIDFD), s->keep2 = (int8_t)below(KEEPS);
        } else {
            s = add(task, OP_CLOSE);
            s->keep = (int8_t)below(KEEPS);
            people[task].keep[s->keep].kind = NOTHING;
        }
    }
}

/// A map opened by one task and written by another that inherited the fd.
static void pass_map(int task) {
    struct step *s = add(task, OP_OPEN_MAP);
    int target = someone_below(task), k = new_keep(task);
    if (target < 0 || chance(20)) target = other(task);
    s->target = (int8_t)target, s->keep = (int8_t)k, s->a[0] = PICK(0, 0, 1), s->a[1] = O_RDWR;
    people[task].keep[k].kind = A_MAP, people[task].keep[k].slot = target, people[task].keep[k].type = (int)s->a[0];
    if (chance(60)) fork_task(task, chance(50) ? CLONE_NEWUSER : 0, 1);
    if (chance(40)) { s = add(task, OP_SETRESUID); s->a[0] = s->a[1] = s->a[2] = an_id(task, false); }
    int writer = someone_alive();
    if (people[writer].keep[k].kind != A_MAP && chance(85)) writer = task;
    s = add(writer, OP_WRITE_MAP_FD);
    s->keep = (int8_t)k, s->a[0] = people[task].keep[k].type;
    fill_map(s, writer, target, true);
    believe_map(s, target);
}

static void leave(int task) {
    int living = 0;
    for (int i = 0; i < TASKS; i++) living += people[i].alive;
    if (living < 2 || task == 0) return;
    // An init waits for members whose parents live outside its namespace: not while there may be any.
    if (people[task].inits && pid_joins) return;
    if (people[task].inits || people[task].pidspace)
        for (int i = 0; i < TASKS; i++) if (people[i].alive && people[i].foreign) return;
    add(task, OP_EXIT)->a[0] = below(4);
    people[task].alive = false;
    if (people[task].inits)
        for (int i = 0; i < TASKS; i++) if (people[i].alive && people[i].pidspace == people[task].pidspace) people[i].alive = false;
    int parent = people[task].parent;
    if (parent >= 0 && people[parent].alive && chance(50)) add(parent, OP_WAIT)->target = (int8_t)(chance(70) ? task : NOBODY);
}

void make_plan(uint64_t seed, bool as_root, struct plan *into) {
    plan = into;
    memset(plan, 0, sizeof *plan);
    memset(people, 0, sizeof people);
    memset(spaces, 0, sizeof spaces);
    seed_random(seed * 2 + as_root);
    space_count = 1;
    pid_joins = 0;
    wanted_tasks = 1 + (int)below(TASKS);
    wanted_steps = 30 + (int)below(STEPS - 30 + 1);
    plan->tasks = wanted_tasks;
    people[0] = (struct person){ .exists = true, .alive = true, .parent = -1, .caps = as_root };
    if (!as_root) people[0].uid = people[0].gid = 1000;
    spaces[0] = (struct space){ .umapped = true, .gmapped = true };
    steady = chance(70);
    // Each plan has a bent: everything, maps, credentials, tasks, files.
    static const int bents[5][10] = {
        { 4, 2, 4, 2, 2, 9, 3, 6, 7, 4 }, { 6, 5, 5, 5, 5, 3, 1, 2, 3, 5 }, { 2, 2, 1, 0, 0, 20, 8, 2, 2, 0 },
        { 8, 3, 6, 0, 0, 3, 1, 1, 12, 8 }, { 4, 2, 1, 0, 0, 5, 4, 16, 1, 0 },
    };
    const int *bent = bents[below(5)];
    int total = 2;
    for (int i = 0; i < 10; i++) total += bent[i];
    while (plan->steps < wanted_steps) {
        int task = someone_alive(), choice = (int)below((unsigned)total), kind = 0;
        if (plan->steps < 8 && chance(40) && wanted_tasks > 1) { random_fork(task); continue; }
        while (kind < 10 && choice >= bent[kind]) choice -= bent[kind++];
        if (steady && task == 0 && (kind == 5 || kind == 6 || (kind == 1 && chance(50))) && wanted_tasks > 1) task = someone_alive();
        if (steady && task == 0 && (kind == 5 || kind == 6) && chance(60)) continue;
        switch (kind) {
        case 0: random_fork(task); break;
        case 1: random_unshare(task); break;
        case 2: set_ns(task); break;
        case 3: {
            int target = chance(40) ? task : other(task), file = PICK(0, 1, 2);
            struct space *space = &spaces[people[target].space];
            bool fresh = people[target].space && (file == 0 ? !space->umapped : file == 1 ? !space->gmapped : true);
            if (fresh || chance(20)) write_map(task, target, file);
            break;
        }
        case 4: if (chance(20)) write_setgroups(task, other(task), (int)below(8)); else pass_map(task); break;
        case 5: credentials(task); break;
        case 6: executions(task); break;
        case 7: files(task); break;
        case 8: looks(task); break;
        case 9: fds(task); break;
        default: if (chance(35)) leave(task); else if (chance(30)) {
                int child = NOBODY;
                for (int i = 0; i < TASKS; i++) if (people[i].exists && people[i].parent == task && chance(60)) child = i;
                if (child != NOBODY || chance(30)) add(task, OP_WAIT)->target = (int8_t)(chance(80) ? child : NOBODY);
            }
            break;
        }
    }
}
