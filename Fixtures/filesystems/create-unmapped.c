// Rules: chmod-not-owner chown-user-not-permitted file-access-denied file-create-unmapped-id utime-not-owner
// As: root user
// Making things on a file system whose user namespace has no ID for the maker, and what else its foreign owners mean.
#include "../mountapi/api.h"
#include <sys/un.h>
static void attempts(const char *where) {
    must(chdir(where));
    show("create", open("new", O_CREAT | O_RDWR, 0644) >= 0 ? 0 : -1);
    show("create exclusively what is there", open("there", O_CREAT | O_EXCL | O_RDWR, 0644));
    show("open what is there with O_CREAT", open("there", O_CREAT | O_RDWR, 0644) >= 0 ? 0 : -1);
    show("open and truncate", open("there", O_RDWR | O_TRUNC) >= 0 ? 0 : -1);
    show("open what is closed to others", open("closed", O_RDONLY) >= 0 ? 0 : -1);
    show("mkdir", mkdir("dir", 0755));
    show("mkdir of what is there", mkdir("there", 0755));
    show("symlink", symlink("x", "link"));
    show("mkfifo", mkfifo("fifo", 0600));
    show("device 0:0", mknod("white", S_IFCHR | 0600, 0));
    show("regular by mknod", mknod("regular", S_IFREG | 0600, 0));
    show("O_TMPFILE", open(".", O_TMPFILE | O_RDWR, 0600) >= 0 ? 0 : -1);
    int socket_fd = must(socket(AF_UNIX, SOCK_STREAM, 0));
    show("bind of a socket", bind(socket_fd, (struct sockaddr *)&(struct sockaddr_un){AF_UNIX, "socket"}, sizeof(struct sockaddr_un)));
    show("link", link("there", "second"));
    show("rename", rename("victim", "renamed"));
    show("rename over", rename("victim", "there2"));
    show("exchange", syscall(SYS_renameat2, AT_FDCWD, "there", AT_FDCWD, "there2", 2));
    show("write", ({ int fd = open("there", O_RDWR); long result = write(fd, "x", 1); close(fd); result; }));
    show("truncate", truncate("there", 3));
    show("user.x", setxattr("there", "user.x", "v", 1, 0));
    show("utimes now", utimensat(AT_FDCWD, "there", NULL, 0));
    show("utimes", utimensat(AT_FDCWD, "there", (struct timespec[]){{1, 0}, {1, 0}}, 0));
    show("chmod", chmod("there", 0666));
    show("unlink", unlink("victim2"));
    show("rmdir", rmdir("empty"));
}
static void fill(const char *where) {
    must(chdir(where));
    must(chmod(".", 0777));
    umask(0);
    make_file("there", "text", 0666); make_file("there2", "", 0666); make_file("closed", "", 0600); make_file("victim", "", 0600); make_file("victim2", "", 0600);
    must(mkdir("empty", 0700));
}
int main(void) {
    must(mkdir("world", 0755));
    // A tmpfs of a namespace of one ID (0→20000 by root, 0→1000 by the user), entered by others.
    bool root = geteuid() == 0;
    struct gate ready = gate_new(), end = gate_new();
    pid_t pid;
    SPAWN_IN_USERNS(pid, CLONE_NEWNS, root ? "0 20000 3" : own_uid_at(0), root ? "0 20000 3" : own_gid_at(0)) {
        if (root) become_root_inside();
        world_here();
        fill(".");
        gate_open(ready);
        gate_wait(end);
        say("inside, afterwards");
        static const char *const names[] = {"there", "given", "new", "by-root"};
        for (int i = 0; i < 4; i++) show_owner(names[i], names[i]);
        ok("opens given", open("given", O_RDWR));
        show("chowns given", chown("given", 0, 0));
        show("unlinks given", unlink("given"));
    }
    gate_wait(ready);
    const char *where = format_path("/proc/%d/cwd", pid);
    if (root) {
        say("init's root, whose ID is not there");
        CHILD attempts(where);
        CHILD {
            must(chdir(where));
            show_owner("there", "there");
            show("chown to an ID outside", chown("there2", 7, 7));
            show_owner("then", "there2");
            ok("open", open("there2", O_RDWR));
            show("write", ({ int fd = must(open("there2", O_RDWR)); write(fd, "x", 1); }));
            show("trusted.x", setxattr("there2", "trusted.x", "v", 1, 0));
            show("security.x", setxattr("there2", "security.x", "v", 1, 0));
            show("rename", rename("there2", "given"));
            say("with mapped fs IDs");
            syscall(SYS_setfsgid, 20001); syscall(SYS_setfsuid, 20001);
            must(caps_set(caps_permitted(), caps_permitted(), 0));
            show("rename", rename("there2", "given"));
            show("link", link("given", "given2"));
            show("unlink", unlink("given2"));
            show("chown to an ID outside", chown("given", 8, -1));
            show_owner("then", "given");
            ok("create with mapped fs IDs", open("by-root", O_CREAT | O_RDWR, 0600));
            syscall(SYS_setfsgid, 0);
            must(caps_set(caps_permitted(), caps_permitted(), 0));
            ok("create with only the user mapped", open("half", O_CREAT | O_RDWR, 0600));
        }
        say("a user whose ID is not there");
        CHILD {
            // The descriptor leads there; search permission is given.
            int fd = must(open(where, O_PATH | O_DIRECTORY));
            must(prctl(PR_SET_DUMPABLE, 1));
            become(1000, 1000);
            attempts(format_path("/proc/self/fd/%d", fd));
        }
    } else {
        say("the same user, outside");
        CHILD {
            must(chdir(where));
            ok("create", open("new", O_CREAT | O_RDWR, 0644));
            show_owner("new", "new");
            show("chmod", chmod("there", 0644));
        }
        say("the user in a namespace without maps");
        CHILD { int fd = must(open(where, O_PATH | O_DIRECTORY)); must(unshare(CLONE_NEWUSER)); attempts(format_path("/proc/self/fd/%d", fd)); }
    }
    gate_open(end);
    reap(pid);
    return 0;
}
