// Steps on files, on other tasks, and on kept fds.
#include "plan.h"

static int some_file(void) { return chance(88) ? (int)below(FILES) : FILES + COPIES + (int)below(4); }

void files(int task) {
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


void looks(int task) {
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

void fds(int task) {
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
