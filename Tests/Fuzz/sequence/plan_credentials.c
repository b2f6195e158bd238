// Steps that change IDs and capabilities, or execute a program.
#include "plan.h"

void credentials(int task) {
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

int copy_file(void) { return FILES + (int)below(COPIES); }

static void exec_step(int task, int file) {
    struct step *s = add(task, OP_EXEC);
    s->a[0] = file, s->a[1] = chance(15);
    if (file >= 0) plan->exec_copies = true;
    struct person *p = &people[task];
    if (p->uid || (p->space && !spaces[p->space].umapped)) p->caps = false;
}

void set_filecap(int task, int file) {
    struct step *s = add(task, OP_SET_FILECAP);
    s->a[0] = file, s->a[1] = chance(15) ? 0 : (int64_t)cap_bits(), s->a[2] = chance(30) ? (int64_t)cap_bits() : 0;
    s->a[3] = chance(8) ? PICK(1, 7) : PICK(2, 2, 3), s->a[4] = chance(60), s->a[5] = chance(70) ? spaces[people[task].space].uin : PICK(0, 1000, 100000, 65534);
}

void executions(int task) {
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
