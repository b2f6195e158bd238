// Rules: mount-out-of-reach mount-unknown-flags
// As: root user
// listmount: what is listed below which mount, in which order and from where on, and for whom.
#include "statmount.h"
static uint64_t ids[4096];
static long list(uint64_t id, uint64_t after, size_t count, unsigned flags) { return listmount_((&(struct mount_request){24, 0, id, after}), ids, count, flags); }
static void show_list(const char *label, uint64_t id, uint64_t after, size_t count, unsigned flags) {
    long got = list(id, after, count, flags);
    if (got == -1) { say("%s: %s", label, errno_text(errno)); return; }
    char line[1024] = "";
    for (long i = 0; i < got; i++) {
        ask(ids[i], S_SOURCE);
        sprintf(line + strlen(line), " %s", status_of->text + status_of->sb_source);
    }
    say("%s: %ld%s", label, got, line);
}
static void lists(void) {
    static const char *const names[] = {"a", "b", "c"};
    for (int i = 0; i < 3; i++) { must(mkdir(names[i], 0755)); must(mount(names[i], names[i], "tmpfs", 0, NULL)); }
    must(mkdir("a/in", 0755)); must(mkdir("a/in/deep", 0755));
    must(mount("in", "a/in", "tmpfs", 0, NULL));
    must(mkdir("a/in/deep", 0755));
    must(mount("deep", "a/in/deep", "tmpfs", 0, NULL));
    uint64_t world = mount_id("."), a = mount_id("a"), b = mount_id("b"), deep = mount_id("a/in/deep");
    show_list("the world", world, 0, 100, 0);
    show_list("reverse", world, 0, 100, 1);
    show_list("a", a, 0, 100, 0);
    show_list("a leaf", b, 0, 100, 0);
    show_list("two at most", world, 0, 2, 0);
    show_list("after the second", world, ids[1], 100, 0);
    show_list("two from the end", world, 0, 2, 1);
    show_list("before the second from the end", world, ids[1], 100, 1);
    show_list("after the last", world, deep, 100, 0);
    show_list("after one that is none", world, 1ULL << 50, 100, 0);
    show_list("before one that is none", world, 1ULL << 50, 100, 1);
    show_list("none", world, 0, 0, 0);
    must(mount(NULL, "c", NULL, MS_REMOUNT | MS_BIND | MS_NOSUID, NULL));
    must(mkdir("b/moved", 0755));
    must(mount("c", "b/moved", NULL, MS_MOVE, NULL));
    show_list("order is by age", world, 0, 100, 0);
    must(mount("over", "a", "tmpfs", 0, NULL));
    show_list("what is covered is listed", world, 0, 100, 0);
    must(umount("a"));
    say("arguments");
    show("flag 2", list(world, 0, 100, 2));
    show("too many", list(world, 0, 1000001, 0));
    show("bad room", listmount_((&(struct mount_request){24, 0, world, 0}), (void *)8, 10, 0));
    show("bad room for none", listmount_((&(struct mount_request){24, 0, world, 0}), (void *)8, 0, 0));
    show("bad request", listmount_((void *)8, ids, 10, 0));
    show("16 bytes", listmount_((&(struct mount_request){16, 0, world, 0}), ids, 10, 0));
    show("spare", listmount_((&(struct mount_request){24, 1, world, 0}), ids, 10, 0));
    show("4097 bytes", listmount_((&(struct mount_request){4097, 0, world, 0}), ids, 10, 0));
    show("id 0", list(0, 0, 100, 0));
    show("id 5", list(5, 0, 100, 0));
    show("an unknown one", list(1ULL << 60, 0, 100, 0));
    show("after 5", list(world, 5, 100, 0));
    show("after 2^31", list(world, 1ULL << 31, 100, 0));
    show("an unknown namespace", listmount_((&(struct mount_request){32, 0, world, 0, 1ULL << 60}), ids, 10, 0));
    ok("its own namespace", listmount_((&(struct mount_request){32, 0, world, 0, mnt_ns_id(must(ns_open(0, "mnt")))}), ids, 10, 0));
    show("a detached one", list(mount_id_of(fs_detached("tmpfs")), 0, 10, 0));
    say("all of them");
    int lines = 0;
    for (const char *at = get("/proc/thread-self/mountinfo"); *at; at++) lines += *at == '\n';
    yes("as many as in mountinfo", list(~0ULL, 0, 4096, 0) == lines);
    long count = list(~0ULL, 0, 4096, 0);
    bool ascending = true;
    for (long i = 1; i < count; i++) ascending &= ids[i - 1] < ids[i];
    yes("ascending", ascending && ids[0] > 1ULL << 31);
    say("in a chroot");
    for (int i = 0; i < 3; i++) CHILD {
        static const char *const roots[] = {"a", "a/in/deep", "plain"};
        mkdir("plain", 0755);
        must(chroot(roots[i]));
        must(chdir("/"));
        show_list(roots[i], ~0ULL, 0, 100, 0);
        show_list("  outside of it", world, 0, 100, 0);
        show_list("  of it", a, 0, 100, 0);
        caps_set(0, 0, 0);
        show_list("  without capabilities, outside of it", world, 0, 100, 0);
    }
    say("in other namespaces");
    CHILD { caps_set(0, 0, 0); show_list("without capabilities", world, 0, 100, 0); }
    struct gate ready = gate_new(), end = gate_new();
    pid_t pid;
    uint64_t here = mnt_ns_id(must(ns_open(0, "mnt")));
    SPAWN_IN_USERNS(pid, CLONE_NEWNS, own_uid_at(0), own_gid_at(0)) {
        show_list("the parent's", world, 0, 100, 0);
        show("the parent's by its namespace", listmount_((&(struct mount_request){32, 0, ~0ULL, 0, here}), ids, 10, 0));
        gate_open(ready);
        gate_wait(end);
    }
    gate_wait(ready);
    int ns_fd = must(ns_open(pid, "mnt"));
    uint64_t ns = mnt_ns_id(ns_fd);
    close(ns_fd);
    yes("a child's namespace", listmount_((&(struct mount_request){32, 0, ~0ULL, 0, ns}), ids, 4096, 0) == list(~0ULL, 0, 4096, 0));
    CHILD { caps_set(0, 0, 0); ok("  by its owner without capabilities", listmount_((&(struct mount_request){32, 0, ~0ULL, 0, ns}), ids, 4096, 0)); }
    if (strcmp(who, "user")) CHILD { must(setresuid(5, 5, 5)); ok("  by another", listmount_((&(struct mount_request){32, 0, ~0ULL, 0, ns}), ids, 4096, 0)); }
    gate_open(end);
    reap(pid);
}
int main(void) { as_each(0, lists); return 0; }
