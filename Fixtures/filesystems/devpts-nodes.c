// Rules:
// As: root user
// devpts: its nodes, what can be made and removed there, and who may open ptmx where.
#include "../mountapi/api.h"
static void nodes(void) {
    must(mkdir("pts", 0755));
    must(mount("x", "pts", "devpts", 0, "ptmxmode=666"));
    show_owner("root", "pts");
    show_owner("ptmx", "pts/ptmx");
    struct stat st;
    must(stat("pts/ptmx", &st));
    say("%u:%u nlink %d size %ld", major(st.st_rdev), minor(st.st_rdev), (int)st.st_nlink, (long)st.st_size);
    struct statfs fs;
    must(statfs("pts", &fs));
    say("magic %lx", (long)fs.f_type);
    say("refused");
    show("unlink", unlink("pts/ptmx"));
    show("rename", rename("pts/ptmx", "pts/other"));
    show("mkdir", mkdir("pts/d", 0755));
    show("mknod of a device", mknod("pts/n", S_IFCHR | 0600, makedev(5, 2)));
    show("mknod of a fifo", mkfifo("pts/f", 0600));
    show("mknod of a file", mknod("pts/f", S_IFREG | 0600, 0));
    show("mknod of what is there", mknod("pts/ptmx", S_IFREG | 0600, 0));
    show("symlink", symlink("ptmx", "pts/l"));
    show("link", link("pts/ptmx", "pts/l"));
    show("create", open("pts/new", O_CREAT | O_RDWR, 0600));
    show("O_TMPFILE", open("pts", O_TMPFILE | O_RDWR, 0600));
    show("unlink of nothing", unlink("pts/none"));
    show("rmdir", rmdir("pts/ptmx"));
    show("user.x", setxattr("pts/ptmx", "user.x", "v", 1, 0));
    say("allowed");
    show("chmod", chmod("pts/ptmx", 0640));
    show("chmod of the root", chmod("pts", 0711));
    show("utimes", utimensat(AT_FDCWD, "pts/ptmx", (struct timespec[]){{1, 0}, {1, 0}}, 0));
    show("chown", chown("pts/ptmx", 0, 0));
    show_owner("ptmx", "pts/ptmx");
    show_owner("root", "pts");
    // The next remount sets the mode anew.
    show("remount", mount(NULL, "pts", NULL, MS_REMOUNT, "ptmxmode=600"));
    show_owner("ptmx", "pts/ptmx");
    must(chmod("pts/ptmx", 0));
    ok("root opens mode 0", open("pts/ptmx", O_RDWR | O_NOCTTY));
    if (strcmp(who, "user")) for (int mode = 0; mode < 2; mode++) CHILD {
        must(chmod("pts/ptmx", mode ? 0666 : 0600));
        must(setresgid(5, 5, 5));
        must(setresuid(5, 5, 5));
        ok(mode ? "5 opens mode 666" : "5 opens mode 600", open("pts/ptmx", O_RDWR | O_NOCTTY));
    }
    say("by its mount");
    must(chmod("pts/ptmx", 0666));
    must(mount(NULL, "pts", NULL, MS_REMOUNT | MS_BIND | MS_NODEV, NULL));
    ok("nodev", open("pts/ptmx", O_RDWR | O_NOCTTY));
    must(mount(NULL, "pts", NULL, MS_REMOUNT | MS_BIND | MS_RDONLY, NULL));
    ok("read-only", open("pts/ptmx", O_RDWR | O_NOCTTY));
    show("chmod on a read-only mount", chmod("pts/ptmx", 0600));
    say("two instances");
    must(mkdir("pts2", 0755));
    must(mount("y", "pts2", "devpts", 0, "ptmxmode=600"));
    show_owner("ptmx of the other", "pts2/ptmx");
    show_owner("ptmx of the first", "pts/ptmx");
}
int main(void) { as_each(0, nodes); return 0; }
