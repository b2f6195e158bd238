// Makes a plan from a seed. A light model foresees who exists, in which user namespace, with which IDs, so that most
// steps mean something. The plan never depends on an answer: a step dropped by the shrinker leaves the others as they are.
#include "plan.h"

struct plan *plan;
struct person people[TASKS];
struct space spaces[64];
int space_count, wanted_tasks, wanted_steps, pid_joins;
/// The first task keeps its credentials in most plans, so that someone stays able to do things.
bool steady;

struct step *add(int task, int op) {
    static struct step scrap;
    struct step *s = plan->steps < wanted_steps ? &plan->step[plan->steps++] : &scrap;
    *s = (struct step){ .op = (uint8_t)op, .task = (uint8_t)task, .target = NOBODY };
    return s;
}

int pick(const int *list, unsigned count) { return list[below(count)]; }

int someone_alive(void) {
    int found[TASKS], n = 0;
    for (int i = 0; i < TASKS; i++) if (people[i].alive) found[n++] = i;
    return n ? found[below(n)] : 0;
}

/// A target: mostly an existing task (dead ones too), now and then the caller.
int other(int task) {
    int found[TASKS], n = 0;
    for (int i = 0; i < TASKS; i++) if (people[i].exists && i != task) found[n++] = i;
    if (!n || chance(12)) return task;
    return found[below(n)];
}

int free_slot(void) {
    for (int i = 0; i < wanted_tasks; i++) if (!people[i].exists) return i;
    return -1;
}

static long any_id(void) {
    return PICK(0, 1000, 1001, 2000, 100000, 65534, 0, 1000, 7);
}

long an_id(int task, bool group) {
    struct space *s = &spaces[people[task].space];
    if (chance(4)) return PICK(-1, -2, 65536, 5);
    if (!people[task].caps && chance(55)) return group ? people[task].gid : people[task].uid;
    if (!people[task].space) return any_id();
    bool mapped = group ? s->gmapped : s->umapped;
    if (!mapped || chance(7)) return chance(50) ? 65534 : any_id();
    long first = group ? s->gin : s->uin, count = group ? s->gcount : s->ucount;
    return first + (count > 1 ? PICK(0, 0, 1, 5, count - 1) : 0);
}

long id_or_keep(int task, bool group) { return chance(25) ? -1 : an_id(task, group); }

int ns_type(void) { return PICK(0, 0, 0, 0, 1, 2, 2, 3, 4, 4, 5, 6, 7, 8, 9); }

uint64_t ns_flags(bool with_user) {
    uint64_t flags = with_user ? CLONE_NEWUSER : 0;
    unsigned more = with_user ? below(3) : 1 + below(2);
    for (unsigned i = 0; i < more; i++) flags |= namespace_flags[PICK(1, 2, 2, 3, 4, 5, 7, 2, below(8) ? 3 : 6)];
    return flags;
}

int some_keep(int task, enum kept kind) {
    int found[KEEPS], n = 0;
    for (int i = 0; i < KEEPS; i++) if (people[task].keep[i].kind == kind) found[n++] = i;
    return n && !chance(4) ? found[below(n)] : (int)below(KEEPS);
}

int new_keep(int task) {
    for (int i = 0; i < KEEPS; i++) if (people[task].keep[i].kind == NOTHING && !chance(20)) return i;
    return (int)below(KEEPS);
}

int some_cap(void) {
    return PICK(CAP_CHOWN, CAP_SETUID, CAP_SETGID, CAP_SETPCAP, CAP_SYS_ADMIN, CAP_KILL, CAP_SETFCAP, CAP_FOWNER,
        CAP_DAC_OVERRIDE, CAP_SYS_PTRACE, CAP_NET_ADMIN, CAP_FSETID, CAP_CHECKPOINT_RESTORE, CAP_SYS_CHROOT,
        CAP_SYS_NICE, below(40));
}

uint64_t cap_bits(void) {
    if (chance(10)) return 0x1fffffffffful & ~(1ul << CAP_SYS_RESOURCE);
    uint64_t bits = 0;
    for (unsigned i = 0; i <= below(3); i++) bits |= 1ul << some_cap();
    return bits & ~(1ul << CAP_SYS_RESOURCE);
}

/// The model's view of a change of IDs: leaving user 0 ends capabilities.
void become(int task, long uid) {
    struct person *p = &people[task];
    if (uid < 0 || !p->caps) return;
    p->uid = uid;
    if (uid) p->caps = false;
}

/// The model's view of a new user namespace made by a task.
void enter_new_space(int child, int creator) {
    if (space_count == 64) return;
    spaces[space_count] = (struct space){
        
        .parent = people[creator].space, .uout = people[creator].uid, .gout = people[creator].gid, .denied = spaces[people[creator].space].denied,
    };
    people[child].space = space_count++;
    people[child].caps = true;
}

void make_plan(uint64_t seed, bool as_root, struct plan *into) {
    plan = into;
    memset(plan, 0, sizeof *plan);
    memset(people, 0, sizeof people);
    memset(spaces, 0, sizeof spaces);
    seed_random(seed * 2 + as_root);
    seed_waiting(seed * 2 + as_root);
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
        maybe_wait();
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
