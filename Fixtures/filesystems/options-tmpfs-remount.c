// Rules: mount-not-mount-root mount-option-unknown mount-option-value tmpfs-inode-limit tmpfs-limit-below-use tmpfs-noswap-not-permitted tmpfs-unlimited
// As: root user
// tmpfs: what its limits refuse, what statfs tells, and which options a remount changes.
#include "../mountapi/api.h"
static void fill(const char *path, int pages) {
    char page[4096] = "x";
    int fd = must(open(path, O_CREAT | O_WRONLY | O_TRUNC, 0600)), written = 0;
    for (; written < pages; written++) if (write(fd, page, 4096) != 4096) break;
    say("%s: %d pages%s", path, written, written < pages ? format_path(", then %s", errno_text(errno)) : "");
    close(fd);
}
static void space(const char *label) {
    struct statfs fs;
    must(statfs("d", &fs));
    say("%s: bsize %ld frsize %ld namelen %ld blocks %lu free %lu avail %lu files %lu ffree %lu", label, (long)fs.f_bsize, (long)fs.f_frsize, (long)fs.f_namelen,
        (long)fs.f_blocks, (long)fs.f_bfree, (long)fs.f_bavail, (long)fs.f_files, (long)fs.f_ffree);
}
static void remount(const char *options) {
    show(format_path("remount %s", options), mount(NULL, "d", NULL, MS_REMOUNT, options));
    show_mount("d");
}
static void limits(void) {
    must(mkdir("d", 0755));
    must(mount("x", "d", "tmpfs", 0, "size=32k,nr_inodes=4"));
    space("empty");
    fill("d/a", 4);
    space("4 pages");
    fill("d/b", 10);
    space("full");
    show("truncate beyond", truncate("d/b", 1 << 20));
    show("fallocate beyond", fallocate(must(open("d/a", O_RDWR)), 0, 0, 1 << 20));
    fill("d/c", 0);
    show("a fourth name", open("d/d", O_CREAT | O_WRONLY, 0600));
    show("mkdir", mkdir("d/d", 0700));
    show("symlink", symlink("a", "d/d"));
    show("mkfifo", mkfifo("d/d", 0700));
    show("O_TMPFILE", open("d", O_TMPFILE | O_RDWR, 0600));
    show("link", link("d/a", "d/d"));
    show("unlink", unlink("d/d"));
    show("unlink", unlink("d/c"));
    space("one inode free");
    show("symlink", symlink("a", "d/c"));
    must(unlink("d/c"));
    must(unlink("d/b"));
    remount("size=8k");
    remount("size=16k");
    remount("nr_inodes=1");
    remount("nr_inodes=2");
    remount("size=64k,nr_inodes=20");
    remount("size=0");
    space("no limit of size");
    remount("size=64k");
    remount("nr_inodes=0");
    remount("nr_inodes=20");
    say("ignored");
    remount("mode=700,uid=0,gid=0");
    show_owner("root", "d");
    say("nothing changes when one word is bad");
    must(umount2("d", MNT_DETACH));
    must(mount("x", "d", "tmpfs", 0, "size=32k,nr_inodes=10"));
    remount("size=64k,nonesuch");
    remount("size=64k,nr_inodes=x");
    remount("size=64k,mode=9");
    remount("noswap");
    remount("inode32");
    remount("nr_blocks=3");
    remount("");
    must(mkdir("d/sub", 0755));
    show("remount of a directory", mount(NULL, "d/sub", NULL, MS_REMOUNT, "size=1g"));
    must(umount("d"));
    say("no limits from the start");
    must(mount("x", "d", "tmpfs", 0, "size=0,nr_inodes=0"));
    space("nothing counted");
    remount("size=64k");
    remount("nr_inodes=10");
    remount("size=0,nr_inodes=0");
    must(umount("d"));
    say("the default is a limit");
    must(mount("x", "d", "tmpfs", 0, NULL));
    remount("size=0");
    remount("size=64k");
    must(umount("d"));
    must(mount("x", "d", "tmpfs", 0, NULL));
    remount("size=64k");
    remount("nr_inodes=0");
}
int main(void) { as_each(0, limits); return 0; }
