// Rules: directory-busy mount-kinds-differ mount-other-namespace mount-place-gone mount-source-not-mounted mount-unbindable mount-without-source
// As: root user
// MS_BIND: what may be bound on what, where the source has to be, what a recursive bind copies, and binds of single files.
#include "mounts.h"
#include <sys/un.h>
static char *of(int fd) { return format_path("/proc/self/fd/%d", fd); }
static void kinds(void) {
    file("file"); file("file2"); dir("d"); dir("e");
    must(mkfifo("fifo", 0600));
    int fd = must(socket(AF_UNIX, SOCK_STREAM, 0));
    struct sockaddr_un name = {AF_UNIX, "socket"};
    must(bind(fd, (struct sockaddr *)&name, sizeof name));
    close(fd);
    TRY(mount(NULL, "d", NULL, MS_BIND, NULL));
    TRY(mount("", "d", NULL, MS_BIND, NULL));
    TRY(mount("missing", "d", NULL, MS_BIND, NULL));
    TRY(mount("d", "missing", NULL, MS_BIND, NULL));
    TRY(mount("missing", "file", NULL, MS_BIND, NULL));
    static const char *paths[] = {"d", "file", "fifo", "socket", "/dev/null"}, *targets[] = {"e", "file2", "fifo", "socket"};
    for (int i = 0; i < 5; i++)
        for (int j = 0; j < 4; j++)
            if (show(format_path("%s on %s", paths[i], targets[j]), mount(paths[i], targets[j], NULL, MS_BIND, NULL)) == 0) must(umount2(targets[j], 0));
    TRY(mount("d", "d", NULL, MS_BIND, NULL));
    TRY(mount("file", "file", NULL, MS_BIND, NULL));
    mounts("on themselves");
    TRY(umount2("d", 0));
    TRY(umount2("file", 0));
}
static void sources(void) {
    int fds[2], memory = must(syscall(SYS_memfd_create, "m", 1)), pidfd = must(pidfd_of(getpid()));
    must(pipe2(fds, O_CLOEXEC));
    show("a pipe", mount(of(fds[0]), "file", NULL, MS_BIND, NULL));
    show("a memfd", mount(of(memory), "file", NULL, MS_BIND, NULL));
    show("a pidfd", mount(of(pidfd), "file", NULL, MS_BIND, NULL));
    file("gone");
    dir("gone-directory");
    int gone = must(open("gone", O_RDONLY | O_CLOEXEC)), gone_directory = must(open("gone-directory", O_RDONLY | O_CLOEXEC));
    must(unlink("gone"));
    must(rmdir("gone-directory"));
    show("a deleted file", mount(of(gone), "file", NULL, MS_BIND, NULL));
    show("a deleted directory", mount(of(gone_directory), "d", NULL, MS_BIND, NULL));
    show("onto a deleted file", mount("file", of(gone), NULL, MS_BIND, NULL));
    show("onto a deleted directory", mount("d", of(gone_directory), NULL, MS_BIND, NULL));
    show("a new mount onto a deleted directory", mount("s", of(gone_directory), "tmpfs", 0, NULL));
    int path = must(open("d", O_PATH | O_CLOEXEC)), target = must(open("e", O_PATH | O_CLOEXEC));
    show("O_PATH to O_PATH", mount(of(path), of(target), NULL, MS_BIND, NULL));
    mounts("by descriptors");
    TRY(umount2("e", 0));
    // A detached tree may be bound from; a mount of another namespace neither be bound from nor on.
    int tree = must(clone_tree("d", 0));
    show("a detached tree", mount(of(tree), "e", NULL, MS_BIND, NULL));
    TRY(umount2("e", 0));
    tmpfs("m");
    int inside = must(open("m", O_PATH | O_CLOEXEC)), home = here();
    must(unshare(CLONE_NEWNS));
    must(chdir(world));
    show("of another namespace", mount(of(inside), "e", NULL, MS_BIND, NULL));
    show("onto another namespace's", mount("d", of(inside), NULL, MS_BIND, NULL));
    show("another's onto its own", mount(of(inside), of(inside), NULL, MS_BIND, NULL));
    show("a new mount on another namespace's", mount("s", of(inside), "tmpfs", 0, NULL));
    enter(home);
    show("after coming back", mount(of(inside), "e", NULL, MS_BIND, NULL));
    must(umount2("e", 0));
    must(close(inside));
    must(umount2("m", 0));
    must(rmdir("m"));
    close(fds[0]), close(fds[1]), close(memory), close(pidfd), close(gone), close(gone_directory), close(path), close(target), close(tree);
}
static void trees(void) {
    tmpfs("t");
    tmpfs("t/a");
    tmpfs("t/a/x");
    tmpfs("t/b");
    tmpfs("t/b/y");
    dir("t/into");
    dir("t/sub");
    make("t/b", MS_UNBINDABLE);
    mounts("a tree");
    TRY(mount("t/b", "e", NULL, MS_BIND, NULL));
    TRY(mount("t/b", "e", NULL, MS_BIND | MS_REC, NULL));
    TRY(mount("t/b/y", "e", NULL, MS_BIND, NULL));
    TRY(umount2("e", 0));
    TRY(mount("t", "e", NULL, MS_BIND, NULL));
    mounts("not recursive");
    names("e/a");
    TRY(umount2("e", 0));
    TRY(mount("t", "e", NULL, MS_BIND | MS_REC, NULL));
    mounts("recursive, without what is unbindable");
    names("e/b");
    TRY(umount2("e", MNT_DETACH));
    TRY(mount("t", "t/into", NULL, MS_BIND, NULL));
    TRY(mount("t", "t/into", NULL, MS_BIND | MS_REC, NULL));
    mounts("into itself");
    TRY(umount2("t/into", MNT_DETACH));
    TRY(umount2("t/into", MNT_DETACH));
    TRY(mount("t/sub", "t/sub", NULL, MS_BIND | MS_REC, NULL));
    TRY(mount("t/a/x", "e", NULL, MS_BIND, NULL));
    mounts("a sub directory and an inner mount");
    TRY(umount2("e", 0));
    TRY(umount2("t", MNT_DETACH));
}
static void single_files(void) {
    dir("f");
    make_file("f/source", "source", 0644);
    make_file("f/point", "point", 0644);
    make_file("f/other", "other", 0644);
    bind_to("f/source", "f/point");
    TRY(unlink("f/point"));
    TRY(rename("f/point", "f/elsewhere"));
    TRY(rename("f/other", "f/point"));
    TRY(link("f/point", "f/second"));
    TRY(link("f/source", "f/second"));
    show_text("through the bind", get("f/point"));
    TRY(rename("f/other", "f/source"));
    show_text("source", get("f/source"));
    show_text("through the bind", get("f/point"));
    mounts("another name is left");
    TRY(unlink("f/second"));
    mounts("no name is left");
    show_text("through the bind", get("f/point"));
    dir("f/sub");
    dir("f/sub/deep");
    dir("f/here");
    bind_to("f/sub/deep", "f/here");
    TRY(rename("f/sub", "f/renamed"));
    mounts("the source was renamed");
    TRY(rmdir("f/renamed/deep"));
    mounts("the source was removed");
    TRY(open("f/here/new", O_CREAT | O_WRONLY, 0600));
    TRY(mkdir("f/here/new", 0700));
    names("f/here");
    TRY(umount2("f/point", 0));
    TRY(umount2("f/here", 0));
}
static void body(void) {
    kinds();
    sources();
    trees();
    single_files();
}
int main(void) { return in_worlds(0, body); }
