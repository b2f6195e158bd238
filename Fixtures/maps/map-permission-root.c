// Rules: file-access-denied map-not-permitted map-of-root-needs-setfcap map-opener-elsewhere
// As: root
// Opener, writer and capabilities: who may map what, when the writer starts as root of the parent.
#include "fixture.h"
static struct gate end;
static pid_t fresh(void) {
    pid_t pid;
    end = gate_new();
    SPAWN_IN_USERNS(pid, 0, NULL, NULL) gate_wait(end);
    return pid;
}
static void finish(pid_t pid) { gate_open(end); reap(pid); }
static char *uid_map(pid_t pid) { return format_path("/proc/%d/uid_map", pid); }
static char *gid_map(pid_t pid) { return format_path("/proc/%d/gid_map", pid); }

int main(void) {
    pid_t pid = fresh();
    show_put("outside, wide uid map", uid_map(pid), "0 100000 65536\n65536 0 1");
    show_put("outside, wide gid map", gid_map(pid), "0 100000 65536");
    finish(pid);
    static const int lost[] = {CAP_SETUID, CAP_SETGID, CAP_SETFCAP, CAP_SYS_ADMIN};
    static const char *names[] = {"SETUID", "SETGID", "SETFCAP", "SYS_ADMIN"};
    static const char *texts[] = {"0 0 1", "0 100 1", "0 0 2", "1 1 2"};
    for (int c = 0; c < 4; c++)
        for (int t = 0; t < 4; t++) {
            pid = fresh();
            CHILD {
                drop_cap(lost[c]);
                show_put(format_path("without %s uid \"%s\"", names[c], texts[t]), uid_map(pid), texts[t]);
                show_put(format_path("without %s gid \"%s\"", names[c], texts[t]), gid_map(pid), texts[t]);
            }
            finish(pid);
        }
    for (int setfcap = 0; setfcap < 2; setfcap++)
        for (int t = 0; t < 4; t++) CHILD {
            if (!setfcap) drop_cap(CAP_SETFCAP);
            must(unshare(CLONE_NEWUSER));
            show_put(format_path("inside, made %s SETFCAP, uid \"%s\"", setfcap ? "with" : "without", texts[t]), "/proc/self/uid_map", texts[t]);
            show_put("  gid", "/proc/self/gid_map", texts[t]);
            show_put("  deny", "/proc/self/setgroups", "deny");
            show_put("  gid after deny", "/proc/self/gid_map", texts[t]);
        }
    // The file's opener counts, and the writer counts too.
    pid = fresh();
    int fd = must(open(uid_map(pid), O_WRONLY));
    CHILD { become(1000, 1000); show("opened by root, written by 1000", write(fd, "0 5 1", 5)); }
    CHILD { drop_cap(CAP_SETUID); show("opened by root, written without SETUID", write(fd, "0 5 1", 5)); }
    CHILD { drop_cap(CAP_SYS_ADMIN); show("opened by root, written without SYS_ADMIN", write(fd, "0 5 1", 5)); }
    finish(pid);
    pid = fresh();
    CHILD {
        lower_effective(CAP_SETUID);
        int without = must(open(uid_map(pid), O_WRONLY));
        raise_effective(CAP_SETUID);
        show("opened without SETUID, written with", write(without, "0 5 1", 5));
    }
    CHILD {
        must(seteuid(1000));
        int user = open(uid_map(pid), O_WRONLY);
        if (user == -1) { say("1000 opens root's child's map: %s", errno_text(errno)); _exit(0); }
    }
    finish(pid);
    // Neither the target nor its parent: a grandparent, a sibling.
    USERNS_CHILD(0, "0 0 100", "0 0 100") {
        pid = fresh();
        show_put("parent inside a namespace", uid_map(pid), "0 5 1");
        finish(pid);
    }
    struct gate made = gate_new(), stop = gate_new();
    pid_t numbers[2];
    int channel[2];
    must(pipe(channel));
    pid_t middle;
    SPAWN_IN_USERNS(middle, 0, "0 0 100", "0 0 100") {
        pid_t inner;
        SPAWN(inner) {
            must(unshare(CLONE_NEWUSER));
            pid_t self = getpid();
            must(write(channel[1], &self, sizeof self));
            gate_wait(stop);
        }
        reap(inner);
    }
    must(read(channel[0], numbers, sizeof *numbers));
    show_put("grandparent writes", uid_map(numbers[0]), "0 0 1");
    show_put("grandparent writes setgroups", format_path("/proc/%d/setgroups", numbers[0]), "deny");
    USERNS_CHILD(0, "0 0 100", "0 0 100") show_put("sibling's child", uid_map(numbers[0]), "0 0 1");
    gate_open(stop);
    reap(middle);
    return 0;
}
