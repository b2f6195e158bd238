// Rules: mount-option-unknown mount-option-value tmpfs-noswap-not-permitted
// As: root user
// tmpfs: what sizes, modes and owners may be written how, and how they are shown.
#include "../mountapi/api.h"
#define EACH(...) for (const char *list[] = {__VA_ARGS__, NULL}, **one = list; *one; one++) try_options("tmpfs", 0, *one)
static void texts(void) {
    must(mkdir("d", 0755));
    EACH("size=8k", "size=8K", "size=1m", "size=1M", "size=1g", "size=1t", "size=8192", "size=1", "size=4097", "size=0", "size=0k", "size=0x2000",
        "size=0x2k", "size=010k", "size=020000", "size=-1", "size=-4096", "size=x", "size=8kk", "size=8k8", "size=8b", "size=+8k", "size=08k",
        "size=18446744073709551616", "size=18446744073709551615", "size=8p", "size=1.5k", "size=0%", "size=%");
    EACH("nr_blocks=2", "nr_blocks=1k", "nr_blocks=0", "nr_blocks=0x10", "nr_blocks=-1", "nr_blocks=x", "nr_blocks=", "nr_blocks=2,size=64k", "size=64k,nr_blocks=2");
    EACH("nr_inodes=3", "nr_inodes=1k", "nr_inodes=1K", "nr_inodes=0", "nr_inodes=0x10", "nr_inodes=010", "nr_inodes=-1", "nr_inodes=x", "nr_inodes=",
        "nr_inodes=1", "nr_inodes");
    EACH("mode=700", "mode=0700", "mode=1777", "mode=777", "mode=0", "mode=7777", "mode=17777", "mode=8", "mode=-1", "mode=", "mode=x", "mode=0x1ff", "mode=755,mode=711");
    EACH("uid=0", "gid=0", "uid=5", "gid=5", "uid=0x5", "gid=05", "uid=05,gid=0x5", "uid=70000", "gid=70000", "uid=1000", "uid=999", "uid=-1", "gid=-1",
        "uid=4294967295", "uid=x", "gid=x", "uid=", "gid=", "uid", "uid=0k");
    // All that is shown, in its order.
    EACH("gid=0,uid=0,mode=711,nr_inodes=100,size=64k", "mode=711,size=64k,nr_inodes=100");
    EACH("inode32", "inode32=1", "noinode64", "noswap=1", "noswap,size=8k", "swap");
    if (!is_init()) EACH("noswap");
    say("its root");
    must(mount("x", "d", "tmpfs", 0, "mode=2710"));
    show_owner("mode=2710", "d");
    must(umount("d"));
    must(mount("x", "d", "tmpfs", 0, "uid=0,gid=0,mode=17777"));
    show_owner("uid=0,gid=0,mode=17777", "d");
    must(umount("d"));
    if (!strcmp(who, "user")) return;
    must(mount("x", "d", "tmpfs", 0, "uid=3,gid=4"));
    show_owner("uid=3,gid=4", "d");
    show_mount("d");
}
int main(void) {
    as_each(0, texts);
    if (geteuid() != 0) return 0;
    // How root of init and one with other IDs see the same mount's owner.
    pid_t pid;
    struct gate ready = gate_new(), end = gate_new();
    SPAWN_IN_USERNS(pid, CLONE_NEWNS, "0 1000 10", "0 1000 10") {
        become_root_inside();
        world_here();
        must(mkdir("d", 0755));
        must(mount("x", "d", "tmpfs", 0, "uid=3,gid=4"));
        say("inside: %s", mount_line("d"));
        gate_open(ready);
        gate_wait(end);
    }
    gate_wait(ready);
    must(chdir("world"));
    must(getcwd(world_path, sizeof world_path) ? 0 : -1);
    show_mounts_of("outside", format_path("/proc/%d/mountinfo", pid));
    gate_open(end);
    reap(pid);
    return 0;
}
