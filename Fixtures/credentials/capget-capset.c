// Rules: capset-effective-not-permitted capset-inheritable-bounded capset-inheritable-not-permitted capset-other-task capset-permitted-grows
// As: root user
// capget and capset: versions, arguments, targets, and what may be gained.
#include "fixture.h"
static void versions(void) {
    static const unsigned list[] = {_LINUX_CAPABILITY_VERSION_1, _LINUX_CAPABILITY_VERSION_2, _LINUX_CAPABILITY_VERSION_3, 0, 0x12345678};
    for (int i = 0; i < 5; i++) {
        struct __user_cap_header_struct header = {list[i], 0};
        struct __user_cap_data_struct data[2] = {{7, 7, 7}, {7, 7, 7}};
        show(format_path("capget %x", list[i]), syscall(SYS_capget, &header, data));
        say("  version %x data %x %x %x / %x %x %x", header.version, data[0].effective, data[0].permitted, data[0].inheritable,
            data[1].effective, data[1].permitted, data[1].inheritable);
        header = (struct __user_cap_header_struct){list[i], 0};
        show("  no data", syscall(SYS_capget, &header, NULL));
        header = (struct __user_cap_header_struct){list[i], 0};
        show("  bad data", syscall(SYS_capget, &header, (void *)8));
        header = (struct __user_cap_header_struct){list[i], 0};
        show("  capset no data", syscall(SYS_capset, &header, NULL));
    }
    show("bad header", syscall(SYS_capget, (void *)8, NULL));
    show("capset bad header", syscall(SYS_capset, (void *)8, NULL));
}
static void targets(void) {
    const int pids[] = {0, getpid(), getppid(), -1, 4000000};
    static const char *names[] = {"0", "self", "parent", "-1", "unknown"};
    for (int i = 0; i < 5; i++) {
        struct __user_cap_header_struct header = {_LINUX_CAPABILITY_VERSION_3, pids[i]};
        struct __user_cap_data_struct data[2] = {0};
        show(format_path("capget of %s", names[i]), syscall(SYS_capget, &header, data));
        CHILD {
            header.pid = i == 1 ? getpid() : pids[i];
            show(format_path("capset of %s", names[i]), syscall(SYS_capset, &header, data));
        }
    }
}
static void gains(const char *who) {
    const uint64_t P = caps_permitted(), kill_bit = BIT(CAP_KILL);
    say("%s", who);
    CHILD { show("P+", caps_set(P | BIT(CAP_SYS_RESOURCE) | kill_bit, 0, 0)); show_caps("  now"); }
    CHILD { show("E > P", caps_set(0, kill_bit, 0)); show_caps("  now"); }
    CHILD { show("I", caps_set(P, P, kill_bit)); show_caps("  now"); }
    CHILD { show("I outside bounding", caps_set(P, P, BIT(CAP_SYS_RESOURCE))); show_caps("  now"); }
    CHILD { show("unknown bits", caps_set(P | 1ULL << 45, P | 1ULL << 60, 1ULL << 63)); show_caps("  now"); }
    CHILD { show("drop all", caps_set(0, 0, 0)); show("raise again", caps_set(P, P, 0)); show_caps("  now"); }
    CHILD { show("E only", caps_set(P, 0, 0)); show("again", caps_set(P, P, 0)); show_caps("  now"); }
    CHILD {
        struct __user_cap_header_struct header = {_LINUX_CAPABILITY_VERSION_1, 0};
        struct __user_cap_data_struct data = {P, P, 0};
        show("version 1", syscall(SYS_capset, &header, &data));
        show_caps("  now");
    }
    CHILD {
        if (P) {
            must(caps_set(P, P, kill_bit));
            must(prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_RAISE, CAP_KILL, 0, 0));
            show("I without kill", caps_set(P, P, 0));
            show_caps("  ambient gone too");
        }
    }
}
int main(void) {
    versions();
    targets();
    gains("as started");
    if (geteuid() == 0) CHILD { drop_cap(CAP_SETPCAP); gains("without SETPCAP"); }
    if (geteuid() == 0) CHILD {
        must(caps_set(caps_permitted(), caps_effective(), BIT(CAP_KILL)));
        must(prctl(PR_CAPBSET_DROP, CAP_CHOWN));
        must(prctl(PR_CAPBSET_DROP, CAP_KILL));
        drop_cap(CAP_SETPCAP);
        show("keep inheritable", caps_set(caps_permitted(), caps_effective(), BIT(CAP_KILL)));
        show("add chown", caps_set(caps_permitted(), caps_effective(), BIT(CAP_KILL) | BIT(CAP_CHOWN)));
    }
    CHILD { must(unshare(CLONE_NEWUSER)); gains("in a new namespace"); }
    return 0;
}
