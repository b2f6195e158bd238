// Steps that write and read ID maps and setgroups.
#include "plan.h"

/// Extents for a map of the target's user namespace; as the writer might sensibly choose them.
void fill_map(struct step *s, int writer, int target, bool valid) {
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

void believe_map(const struct step *s, int target) {
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

void write_setgroups(int writer, int target, int form) {
    struct step *s = add(writer, OP_WRITE_SETGROUPS);
    s->target = (int8_t)target;
    s->a[0] = 3, s->a[1] = form;
    if (form == 0 || form == 2) spaces[people[target].space].denied = true;
}

void write_map(int writer, int target, int file) {
    struct step *s = add(writer, OP_WRITE_MAP);
    s->target = (int8_t)target;
    s->a[0] = file;
    fill_map(s, writer, target, chance(88));
    believe_map(s, target);
}

/// What a careful program does after making a user namespace; each part may be missing.
void set_up_maps(int target) {
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

/// A map opened by one task and written by another that inherited the fd.
void pass_map(int task) {
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
