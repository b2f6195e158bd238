// Steps that make tasks, change their namespaces, and end them.
#include "plan.h"

/// Whether a task's user namespace lies below another's.
static bool lies_below(int task, int other) {
    for (int space = people[task].space; space; space = spaces[space].parent)
        if (spaces[space].parent == people[other].space) return true;
    return false;
}

int someone_below(int task) {
    int found[TASKS], n = 0;
    for (int i = 0; i < TASKS; i++) if (people[i].alive && i != task && lies_below(i, task)) found[n++] = i;
    return n ? found[below(n)] : -1;
}

void fork_task(int task, uint64_t flags, int how) {
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

void random_fork(int task) {
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

void random_unshare(int task) {
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

void open_ns(int task, int target, int type) {
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

void set_ns(int task) {
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

void leave(int task) {
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
