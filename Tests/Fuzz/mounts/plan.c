// Turns a seed into steps. The plan guesses where something is mounted, so that about half of what is asked for can be had;
// it never looks at an answer, so that any step can be left out.
#include "mounts.h"

const char *const places[] = {
    "/a", "/b", "/c", "/a/x", "/a/y", "/b/x", "/b/y", "/c/x", "/a/x/x", "/b/x/x", "/x", "/y",   // directories, at first
    "/f", "/a/f", "/b/f", "/x/f",                                                              // files
    "/", ".", "..", "x", "f", "/l", "/a/l", "/a/..", "/..", "/proc", "/n", "/a/n", "/b/n", "n",
};
const int place_count = sizeof places / sizeof *places;
enum { DIRECTORIES = 12, FILES = 4, ROOT = 16, HERE = 17, NEW = 26, GUESSES = 24, SPACES = 64 };
enum kept { NOTHING, A_PLACE, A_NAMESPACE, A_TREE };

static struct plan *plan;
static bool as_root;
/// Of each mount namespace: where something is believed to be mounted.
static struct space { int count, places[GUESSES]; } spaces[SPACES];
static int space_count;
static struct { int space; enum kept kept[KEEPS]; } people[TASKS];

static struct step *add(int op, int task) {
    struct step *s = &plan->step[plan->steps < STEPS ? plan->steps++ : STEPS - 1];
    *s = (struct step){ .op = (uint8_t)op, .task = (uint8_t)task };
    return s;
}

static int someone(void) { return (int)below(TASKS); }

/// A slot for a new descriptor of a kind.
static int8_t new_keep(int task, enum kept kind) {
    int keep = (int)below(KEEPS);
    people[task].kept[keep] = kind;
    return (int8_t)keep;
}

/// A kept descriptor, of this kind if the task seems to have one.
static int8_t a_keep(int task, enum kept kind) {
    int start = (int)below(KEEPS);
    for (int i = 0; i < KEEPS && chance(95); i++)
        if (people[task].kept[(start + i) % KEEPS] == kind) return (int8_t)((start + i) % KEEPS);
    return (int8_t)start;
}

static bool has(int task, enum kept kind) {
    for (int i = 0; i < KEEPS; i++) if (people[task].kept[i] == kind) return true;
    return false;
}

static void guess_mounted(int task, int place) {
    struct space *space = &spaces[people[task].space];
    if (space->count < GUESSES) space->places[space->count++] = place;
}

static void guess_gone(int task, int place) {
    struct space *space = &spaces[people[task].space];
    for (int i = space->count - 1; i >= 0; i--)
        if (space->places[i] == place) { space->places[i] = space->places[--space->count]; return; }
}

static int directory(int task) {
    unsigned which = below(100);
    if (which < 60) return (int)below(7);
    if (which < 85) return (int)below(DIRECTORIES);
    if (which < 90) return HERE + (int)below(3);
    if (which < 94) return ROOT + (int)below((unsigned)(place_count - ROOT));
    if (which < 97) return KEPT + a_keep(task, A_PLACE);
    return ROOT;
}
static int file(void) { return chance(90) ? DIRECTORIES + (int)below(FILES) : HERE + 3; }
static int mounted(int task) {
    const struct space *space = &spaces[people[task].space];
    if (space->count && chance(85)) return space->places[below((unsigned)space->count)];
    return chance(30) ? ROOT : directory(task);
}
static int new_name(int task) { return chance(50) ? NEW + (int)below(4) : directory(task); }

static uint64_t some_flags(void) {
    static const uint64_t bits[] = { MS_NOSUID, MS_NODEV, MS_NOEXEC, MS_NOATIME, MS_NODIRATIME, MS_RELATIME, MS_STRICTATIME, 256 };
    uint64_t flags = chance(12) ? MS_RDONLY : 0;
    if (chance(50)) return flags;
    for (int i = 0; i < 8; i++) if (chance(20)) flags |= bits[i];
    return flags;
}

static uint64_t propagation(void) {
    unsigned which = below(100);
    return which < 50 ? MS_SHARED : which < 78 ? MS_SLAVE : which < 93 ? MS_PRIVATE : MS_UNBINDABLE;
}

static void new_mount(int task, int to) {
    unsigned which = below(100);
    struct step *s = add(OP_MOUNT, task);
    s->other = which < 72 ? 0 : which < 80 ? 1 : which < 87 ? 2 : which < 92 ? 3 : which < 97 ? 4 : 5;
    s->keep = (int8_t)(plan->steps % 100);
    s->to = (int16_t)to;
    s->flags = chance(70) ? 0 : some_flags();
    s->more = (s->other < 2 && chance(80)) | (chance(85) ? 0 : below(6)) << 1;
    guess_mounted(task, to);
}

static void bind(int task) {
    bool of_file = chance(10);
    struct step *s = add(OP_BIND, task);
    s->from = (int16_t)(of_file ? file() : chance(35) ? mounted(task) : directory(task));
    s->to = (int16_t)(of_file && chance(95) ? file() : directory(task));
    s->flags = chance(45) ? MS_REC : 0;
    guess_mounted(task, s->to);
}

static void move(int task) {
    struct step *s = add(OP_MOVE, task);
    s->from = (int16_t)mounted(task);
    s->to = (int16_t)directory(task);
    guess_gone(task, s->from);
    guess_mounted(task, s->to);
}

static void remount(int task) {
    struct step *s = add(chance(60) ? OP_REMOUNT_BIND : OP_REMOUNT, task);
    s->to = (int16_t)mounted(task);
    s->flags = some_flags();
    s->more = s->op == OP_REMOUNT && chance(30) ? below(6) : 0;
}

static void change_type(int task) {
    struct step *s = add(OP_TYPE, task);
    s->to = (int16_t)mounted(task);
    s->flags = propagation() | (chance(40) ? MS_REC : 0) | (chance(3) ? MS_RDONLY : 0);
}

static void unmount(int task) {
    unsigned which = below(100);
    struct step *s = add(OP_UMOUNT, task);
    s->to = (int16_t)mounted(task);
    s->flags = which < 48 ? 0 : which < 82 ? MNT_DETACH : which < 90 ? MNT_EXPIRE : which < 94 ? MNT_FORCE
        : which < 98 ? UMOUNT_NOFOLLOW : 1 << below(6) | 1 << below(4);
    guess_gone(task, s->to);
}

static void leave(int task, uint64_t flags) {
    struct step *s = add(OP_UNSHARE, task);
    s->flags = flags;
    s->more = flags & CLONE_NEWUSER && chance(92);
    if (!(flags & CLONE_NEWNS) || space_count == SPACES) return;
    spaces[space_count] = spaces[people[task].space];
    people[task].space = space_count++;
}

static void join(int task, int other) {
    struct step *s = add(OP_JOIN, task);
    s->other = (int8_t)other;
    s->flags = chance(as_root ? 35 : 65) ? CLONE_NEWUSER | CLONE_NEWNS : CLONE_NEWNS;
    people[task].space = people[other].space;
}

static void namespaces(int task) {
    unsigned which = below(100);
    struct step *s;
    if (which < 30) leave(task, CLONE_NEWNS);
    else if (which < 42) leave(task, CLONE_NEWUSER | CLONE_NEWNS);
    else if (which < 45) leave(task, CLONE_NEWUSER);
    else if (which < 65) join(task, someone());
    else if (which < 80) {
        s = add(OP_OPEN_NS, task);
        s->other = (int8_t)someone();
        s->keep = new_keep(task, A_NAMESPACE);
        s->more = chance(20);
        if (chance(60)) return;
        int8_t keep = s->keep;
        s = add(OP_SETNS, task);
        s->keep = keep;
        s->flags = chance(90) ? CLONE_NEWNS : 0;
    } else if (which < 86) {
        s = add(OP_SETNS, task);
        s->keep = a_keep(task, A_NAMESPACE);
        s->flags = CLONE_NEWNS;
    } else {
        s = add(OP_BIND_NS, task);
        s->other = (int8_t)someone();
        s->to = (int16_t)(chance(95) ? file() : directory(task));
        s->more = chance(25);
        guess_mounted(task, s->to);
    }
}

static void pivot(int task) {
    int new_root = chance(80) ? (int)below(3) : mounted(task);
    if (chance(60)) {
        new_mount(task, new_root);
        plan->step[plan->steps - 1].other = 0;
        plan->step[plan->steps - 1].flags = 0;
        plan->step[plan->steps - 1].more = 1;
    }
    bool dots = chance(25);
    if (dots) add(OP_CHDIR, task)->to = (int16_t)new_root;
    struct step *s = add(OP_PIVOT, task);
    static const int16_t below_root[] = { 3, 5, 7 };    // "/a/x" and the like
    s->from = (int16_t)(dots ? HERE : new_root);
    s->to = (int16_t)(dots ? HERE : new_root < 3 && chance(85) ? below_root[new_root] : directory(task));
    if (!chance(50)) return;
    s = add(OP_UMOUNT, task);
    s->to = dots ? HERE : (int16_t)DIRECTORIES - 2;     // "/x"
    s->flags = MNT_DETACH;
}

static void where(int task) {
    unsigned which = below(100);
    struct step *s;
    if (which < 45) add(OP_CHDIR, task)->to = (int16_t)(chance(35) ? mounted(task) : directory(task));
    else if (which < 60) add(OP_CHROOT, task)->to = (int16_t)(chance(60) ? mounted(task) : directory(task));
    else if (has(task, A_PLACE) || has(task, A_TREE) || chance(10)) add(OP_FCHDIR, task)->keep = a_keep(task, chance(50) && has(task, A_PLACE) ? A_PLACE : A_TREE);
    if (plan->step[plan->steps - 1].op == OP_CHROOT && chance(50)) {     // back again, in time
        s = add(OP_JOIN, task);
        s->other = (int8_t)task;
        s->flags = CLONE_NEWNS;
    }
}

static void descriptors(int task) {
    unsigned which = below(100);
    struct step *s;
    if (which < 45 || (chance(90) && !has(task, A_PLACE) && !has(task, A_TREE))) {
        s = add(OP_OPEN, task);
        s->keep = new_keep(task, A_PLACE);
        s->more = below(6);
        s->to = (int16_t)(s->more == 2 || s->more == 5 || chance(20) ? file() : chance(50) ? mounted(task) : directory(task));
    } else if (which < 75) {
        s = add(OP_CLOSE, task);
        s->keep = a_keep(task, chance(60) && has(task, A_PLACE) ? A_PLACE : A_TREE);
        people[task].kept[s->keep] = NOTHING;
    } else add(OP_LOOK, task)->keep = a_keep(task, chance(60) && has(task, A_PLACE) ? A_PLACE : A_TREE);
}

static void files(int task) {
    static const uint8_t kinds[] = { OP_MKDIR, OP_MKDIR, OP_MKDIR, OP_RMDIR, OP_RMDIR, OP_UNLINK, OP_RENAME, OP_RENAME, OP_CREATE,
        OP_CREATE, OP_SYMLINK, OP_LINK };
    struct step *s = add(kinds[below(sizeof kinds)], task);
    bool on_file = s->op == OP_UNLINK || s->op == OP_CREATE || s->op == OP_LINK;
    s->from = (int16_t)(on_file ? file() : directory(task));
    s->to = (int16_t)(chance(s->op == OP_MKDIR || s->op == OP_SYMLINK || s->op == OP_LINK ? 85 : 30) ? NEW + (int)below(4) : chance(30) ? new_name(task) : on_file ? file() : directory(task));
    s->more = s->op == OP_MKDIR;
    if (s->op == OP_RENAME) s->flags = chance(70) ? 0 : 1 + below(2);
    if (s->op == OP_CREATE) s->flags = below(4);
}

static void new_api(int task) {
    unsigned which = below(100);
    struct step *s;
    if (which < 28) {
        s = add(OP_OPEN_TREE, task);
        s->from = (int16_t)(chance(15) ? KEPT_ITSELF + a_keep(task, A_TREE) : chance(50) ? mounted(task) : directory(task));
        s->flags = chance(85) ? 1u | (chance(55) ? 0x8000u : 0) : chance(50) ? 0 : 0x8000;
        s->keep = new_keep(task, s->flags & 1 ? A_TREE : A_PLACE);
        if (chance(45)) return;
        int8_t keep = s->keep;
        s = add(OP_MOVE_MOUNT, task);
        s->from = (int16_t)(KEPT_ITSELF + keep);
        s->to = (int16_t)directory(task);
        s->flags = chance(85) ? 0 : 0x200;
        guess_mounted(task, s->to);
    } else if (which < 52) {
        s = add(OP_MOVE_MOUNT, task);
        s->from = (int16_t)(chance(has(task, A_TREE) ? 60 : 10) ? KEPT_ITSELF + a_keep(task, A_TREE) : mounted(task));
        s->to = (int16_t)(chance(8) ? KEPT_ITSELF + a_keep(task, A_TREE) : chance(40) ? mounted(task) : directory(task));
        s->flags = (chance(40) ? chance(65) ? 0x200u : 0x100u : 0) | (chance(10) ? 0x11u : 0);
        guess_mounted(task, s->to);
    } else if (which < 70) {
        static const uint64_t bits[] = { 1, 2, 4, 8, 0x80, 0x200000 };
        uint64_t set = 0, clear = 0;
        s = add(OP_SETATTR, task);
        s->to = (int16_t)(chance(has(task, A_TREE) ? 30 : 3) ? KEPT_ITSELF + a_keep(task, A_TREE) : mounted(task));
        for (int i = 0; i < 6; i++) if (chance(20)) *(chance(50) ? &set : &clear) |= bits[i];
        if (chance(15)) { clear |= 0x70; set |= below(3) << 4; }
        s->more = set | clear << 32;
        s->flags = (chance(40) ? propagation() : 0) | (chance(40) ? 0x8000u : 0);
    } else if (which < 84) {
        s = add(OP_FSMOUNT, task);
        s->keep = new_keep(task, A_TREE);
        s->other = (int8_t)(chance(75) ? 0 : below((unsigned)type_count));
        s->flags = below(8);
        s->more = chance(70) ? 0 : 1u << below(4);
        if (chance(40)) return;
        int8_t keep = s->keep;
        s = add(OP_MOVE_MOUNT, task);
        s->from = (int16_t)(KEPT_ITSELF + keep);
        s->to = (int16_t)directory(task);
        guess_mounted(task, s->to);
    } else if (which < 88) {
        s = add(OP_FSPICK, task);
        s->to = (int16_t)mounted(task);
        s->flags = below(2);
    } else {
        s = add(chance(60) ? OP_STATMOUNT : OP_LISTMOUNT, task);
        s->to = (int16_t)(chance(has(task, A_TREE) ? 30 : 3) ? KEPT_ITSELF + a_keep(task, A_TREE) : chance(60) ? mounted(task) : directory(task));
        s->flags = below(4);
        s->more = chance(70) ? 0x3b : below(0x40);
    }
}

/// Tasks begin in one namespace: most get another relation to it first.
static void prologue(void) {
    if (!as_root) leave(0, CLONE_NEWUSER | CLONE_NEWNS);
    if (chance(65)) {
        struct step *s = add(OP_TYPE, 0);
        s->to = ROOT;
        s->flags = MS_SHARED | MS_REC;
    }
    for (int task = 1; task < TASKS; task++) {
        unsigned which = below(100);
        if (as_root) {
            if (which < 35) leave(task, CLONE_NEWNS);
            else if (which < 55) leave(task, CLONE_NEWUSER | CLONE_NEWNS);
            else if (which < 65) join(task, (int)below((unsigned)task));
        } else {
            if (which < 70) {
                join(task, (int)below((unsigned)task));
                plan->step[plan->steps - 1].flags = CLONE_NEWUSER | CLONE_NEWNS;
            } else if (which < 90) leave(task, CLONE_NEWUSER | CLONE_NEWNS);
            if (chance(50)) leave(task, CLONE_NEWNS);
            else if (chance(25)) leave(task, CLONE_NEWUSER | CLONE_NEWNS);
        }
    }
}

void make_plan(uint64_t seed, bool root, struct plan *made) {
    seed_random(seed * 2 + root);
    plan = made;
    as_root = root;
    plan->steps = 0;
    memset(people, 0, sizeof people);
    spaces[0].count = 0;
    space_count = 1;
    prologue();
    int wanted = 30 + (int)below(70), task = 0;
    while (plan->steps < wanted) {
        if (chance(55)) task = someone();
        unsigned which = below(100);
        if (which < 13) new_mount(task, directory(task));
        else if (which < 27) bind(task);
        else if (which < 32) move(task);
        else if (which < 38) remount(task);
        else if (which < 49) change_type(task);
        else if (which < 60) unmount(task);
        else if (which < 66) namespaces(task);
        else if (which < 69) pivot(task);
        else if (which < 75) where(task);
        else if (which < 81) descriptors(task);
        else if (which < 88) files(task);
        else new_api(task);
    }
}
