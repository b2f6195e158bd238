// Random calls: which number, and which kinds of arguments.
#include "hostile.h"

// Argument kinds by number, as `argument` has them; a call that is not here takes six of any kind.
static const char *const shapes[470] = {
    [0] = "faz", "faz", "pOm", "f", "pa", "fa", "pa", "Fii", "fli", "MNixfl", "MNi", "MN", "M", "gAal", "ikal", [16] = "fla", "fazl", "fazl",
    "fVi", "fVi", "pi", "a", "iaaat", [25] = "MNNxM", "MNx", "MNa", "MNi", "wzx", "wMx", "wia", "f", "ff", [35] = "TT", "ia", [37] = "i", "iJJ",
    [40] = "ffaz", "iii", "fSs", "fSL", "fazxSs", "fazxSL", "fHx", "fHx", "fi", "fSs", "fi", "fSL", "fSL", "iiia", "fiiaz", "fiiaL",
    [56] = "xaaaa", "", "", "pvv", [61] = "Paxa", "Pg", "a", "wix", "wbi", "wiia", "M", "wx", "wazx", "wazlx", "wia", "fil", "fi", "f", "f", "pz", "fz",
    "faz", "az", "p", "f", "pp", "pm", "p", "pm", "pp", "p", "pp", "paz", "pm", "fm", "pUU", "fUU", "pUU", "m", "aa", "ia", "ia", "a", "a",
    [101] = "iPaa", "", "iaz", "", "U", "U", "", "", "PP", "", "", "", "UU", "UU", "ia", "ia", "UUU", "aaa", "UUU", "aaa", "P", "U", "U", "P", "CD", "CD",
    "al", "kaTl", "Pga", "kl", "aa", "pa", "pml", [135] = "x", [137] = "pa", "fa", [140] = "iP", "iPi", "Pa", "Pa", "Pia", "P", "i", "i", "Pa", "MN", "MN", "i", "",
    [155] = "pp", [157] = "iaaaa", "ia", [160] = "ir", "p", [165] = "pppxa", "px", [170] = "az", "az", [186] = "", "fzz", "pnazi", "pnazi", "fnazi", "pnaz", "pnaz",
    "fnaz", "paz", "paz", "faz", "pn", "pn", "fn", "Pg", "a", "aiiTai", "Pza", "Pza", [213] = "i", [216] = "MNiix", "faz", "a", "", "wbiT", "fzzi", "iea", "ixJJ",
    "ia", "i", "i", [228] = "ia", "ia", "ixTa", "", "fEii", "fifE", "PPg", "pJ", [240] = "yOmq", "y", "fazlT", "fazaT", "fe", "fqa", [247] = "iPaxa", "yyazK", "yyyK", "iKKaa",
    "iPi", "iP", "", "fpx", "fi", [257] = "dpOm", "dpm", "dpml", "dpUUx", "dpJ", "dpax", "dpx", "dpdp", "dpdpx", "pdp", "dpaz", "dpm", "dpi", "iaaaTa", "FiTkl", "Z",
    "aN", "Paa", "faflzx", "ffzx", "fVzx", [280] = "dpJx", "fEiikl", "fkl", "ix", "i", "fixz", "fxJJ", "fa", "fSLx", "fklx", "ix", "x", "ffx", "ax", "x", "fVill",
    "fVill", "PPga", [299] = "fHixT", [302] = "Pira", "dpaax", "fax", [306] = "f", "fHix", "fZ", "aaa", "PViVix", "PViVix", "PPiff", [314] = "Pax", "Paix", "dpdpx",
    [318] = "azx", "yx", [322] = "dpvvx", [324] = "iii", "MNi", "faflzx", "fVillx", "fVillx", "MNii", "ii", "i", "dpxxa", [334] = "azxi", [424] = "fgax", [428] = "dpx", "dpdpx",
    "yx", "fiyai", "fxx", "dpx", "Px", "cz", "ffx", "dpoz", "ffx", "dpix", [441] = "fEiTkl", "dpxaz", [449] = "aixTi", [452] = "dpmx", "MNx", "axii", "axxxTi", "axii",
    [462] = "MNx", "dpxnaz", "dpxnaz", "dpxaz", "dpxn",
};

static int is_clone(int n) { return n == SYS_clone || n == SYS_fork || n == SYS_vfork || n == SYS_clone3; }

// Whether the call would end the run, or fill the machine's disk or memory, rather than show anything.
static int excluded(int n, long *a) {
    switch (n) {
    case SYS_reboot: return 1;
    case SYS_exit: case SYS_exit_group: return !chance(30);
    case SYS_kill: case SYS_tkill: case SYS_rt_sigqueueinfo:
        // A worker may have joined the controller's group, and nobody would continue it.
        if ((int)a[0] <= 0 && a[1] == SIGSTOP) return 1;
        return (int)a[0] == 2 || (int)a[0] == -1 || (int)a[0] == -2;
    case SYS_pidfd_send_signal: a[3] = 0; return 0;
    case SYS_setpgid: return (int)a[1] == 2;
    case SYS_fcntl:
        if (a[1] == F_SETSIG && a[2] == SIGSTOP) return 1;
        if (a[1] == F_SETPIPE_SZ) a[2] &= 0xfffff;
        return 0;
    case SYS_tgkill: case SYS_rt_tgsigqueueinfo: return (int)a[0] == 2 || (int)a[1] == 2;
    case SYS_pidfd_open: case SYS_prlimit64: return (int)a[0] == 2;
    case SYS_process_vm_writev: return (int)a[0] == 2;
    case SYS_fallocate: a[3] &= 0xfffff; return 0;
    case SYS_sendfile: a[3] &= 0xfffff; return 0;
    case SYS_splice: case SYS_copy_file_range: a[4] &= 0xfffff; return 0;
    case SYS_mmap: case SYS_munmap: case SYS_mprotect: case SYS_mlock: case SYS_mlock2: a[1] &= 0xfffff; return 0;
    case SYS_mremap: a[1] &= 0xfffff, a[2] &= 0xfffff; return 0;
    case SYS_shmget: case 453 /* map_shadow_stack */: a[1] &= 0xfffff; return 0;
    case SYS_brk: return (u64)a[0] > 0x1000;
    case SYS_mlockall: a[0] = 0; return 0;
    default: return 0;
    }
}

// One call. Its result, which nobody looks at but for clones.
long random_call(void) {
    struct thread *me = self();
    int n = chance(50) ? (int)below(512) : chance(3) ? 257 + (int)below(213) : (int)below(335);
    const char *shape = n < 470 && shapes[n] ? shapes[n] : "llllll";
    long a[6];
    for (int at = 0; at < 6; at++) a[at] = *shape ? (long)argument(*shape++) : (long)argument('l');
    if (chance(200)) n = (int)(rnd() | 0x40000000);            // x32 and numbers that are none
    if (excluded(n, a)) return -1;
    if (is_clone(n)) {
        if (me->depth > 3 || !spare()) return -1;
        if (n == SYS_clone && (a[0] & CLONE_VM || chance(2))) a[1] = (long)new_stack(rnd(), 8);
    }
    me->number = n;
    if ((unsigned)n < 512) SHARED->by_number[n]++;
    SHARED->calls++;
    if (n == SYS_clone3 || n == SYS_clone) {
        me->private_table = 0;
        return n == SYS_clone ? child_stack_call((u64)a[0], 0, 8) : spawn((u64)a[0], 0, 0);
    }
    long result = raw(n, a[0], a[1], a[2], a[3], a[4], a[5]);
    history[next_made++ % HISTORY] = (struct made){(short)n, (int)a[0], (int)a[1], (int)a[2], (int)result};
    if (is_clone(n)) {
        if (result == 0) {
            // Also the child of a vfork, whose parent has lent it this very stack.
            int was = me->depth;
            me->depth++;
            me->random = mix(me->random + 1);
            if (n == SYS_fork) SHARED->pids[SHARED->next_pid++ % 32] = (int)CALL(SYS_getpid);
            random_calls(below(20));
            me->depth = was;
            leave(0);
        }
        if (result > 0) count_task();
        else SHARED->live--;
    }
    return result;
}

// Calls until they are used up. A fault goes on with the next one.
void random_calls(long count) {
    struct thread *me = self();
    for (volatile long left = count; left > 0 && !SHARED->stop; left--) {
        if (left % 16 == 0) catch_faults();
        if (sigsetjmp(me->jump, 0) == 0) {
            me->armed = 1;
            random_call();
        }
        me->armed = 0;
        me->in_handler = 0;
    }
}

int spare(void) {
    if (SHARED->live++ < 40) return 1;
    SHARED->live--;
    return 0;
}
