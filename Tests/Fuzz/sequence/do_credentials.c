// Steps on a task's own IDs, capabilities and flags.
#include "sequence.h"
#include <linux/capability.h>
#include <linux/securebits.h>
#include <sys/prctl.h>

static void change_caps(const struct step *s, struct text *out) {
    struct __user_cap_header_struct header = { _LINUX_CAPABILITY_VERSION_3, 0 };
    struct __user_cap_data_struct d[2];
    if (syscall(SYS_capget, &header, d) < 0) { put_result(out, -1); return; }
    uint64_t e = d[0].effective | (uint64_t)d[1].effective << 32, p = d[0].permitted | (uint64_t)d[1].permitted << 32,
             i = d[0].inheritable | (uint64_t)d[1].inheritable << 32;
    e = (e & ~(uint64_t)s->a[0]) | (uint64_t)s->a[1];
    p = (p & ~(uint64_t)s->a[2]) | (uint64_t)s->a[3];
    i = (i & ~(uint64_t)s->a[4]) | (uint64_t)s->a[5];
    d[0] = (struct __user_cap_data_struct){ (uint32_t)e, (uint32_t)p, (uint32_t)i };
    d[1] = (struct __user_cap_data_struct){ (uint32_t)(e >> 32), (uint32_t)(p >> 32), (uint32_t)(i >> 32) };
    if (s->a[6] == 1) header.version = _LINUX_CAPABILITY_VERSION_1;
    if (s->a[6] == 2) header.version = 0x12345678;
    header.pid = s->target == NOBODY ? 0 : number_of(s->target);
    put_result(out, syscall(SYS_capset, &header, d));
}

static void show_caps(const struct step *s, struct text *out) {
    struct __user_cap_header_struct header = { _LINUX_CAPABILITY_VERSION_3, number_of(s->target) };
    struct __user_cap_data_struct d[2] = { 0 };
    long result = syscall(SYS_capget, &header, d);
    if (result < 0) put_result(out, result);
    else put(out, "E=%x:%08x P=%x:%08x I=%x:%08x", d[1].effective, d[0].effective, d[1].permitted, d[0].permitted,
             d[1].inheritable, d[0].inheritable);
}

bool do_credentials(const struct step *s, struct text *out) {
    const int64_t *a = s->a;
    gid_t groups[8];
    switch (s->op) {
    case OP_SETUID: put_result(out, syscall(SYS_setuid, (int)a[0])); return true;
    case OP_SETGID: put_result(out, syscall(SYS_setgid, (int)a[0])); return true;
    case OP_SETREUID: put_result(out, syscall(SYS_setreuid, (int)a[0], (int)a[1])); return true;
    case OP_SETREGID: put_result(out, syscall(SYS_setregid, (int)a[0], (int)a[1])); return true;
    case OP_SETRESUID: put_result(out, syscall(SYS_setresuid, (int)a[0], (int)a[1], (int)a[2])); return true;
    case OP_SETRESGID: put_result(out, syscall(SYS_setresgid, (int)a[0], (int)a[1], (int)a[2])); return true;
    case OP_SETFSUID: put_result(out, syscall(SYS_setfsuid, (int)a[0])); return true;
    case OP_SETFSGID: put_result(out, syscall(SYS_setfsgid, (int)a[0])); return true;
    case OP_SETGROUPS:
        for (int i = 0; i < s->count && i < 8; i++) groups[i] = (gid_t)a[i];
        put_result(out, syscall(SYS_setgroups, (long)s->count, groups));
        return true;
    case OP_CAPSET: change_caps(s, out); return true;
    case OP_CAPGET: show_caps(s, out); return true;
    case OP_BOUND_DROP: put_result(out, prctl(PR_CAPBSET_DROP, a[0])); return true;
    case OP_AMBIENT: put_result(out, prctl(PR_CAP_AMBIENT, a[0], a[1], a[2], 0)); return true;
    case OP_SECUREBITS: put_result(out, prctl(PR_SET_SECUREBITS, a[0])); return true;
    case OP_KEEPCAPS: put_result(out, prctl(PR_SET_KEEPCAPS, a[0])); return true;
    case OP_NO_NEW_PRIVS: put_result(out, prctl(PR_SET_NO_NEW_PRIVS, a[0], 0, 0, 0)); return true;
    case OP_DUMPABLE: put_result(out, prctl(PR_SET_DUMPABLE, a[0])); return true;
    default: return false;
    }
}
