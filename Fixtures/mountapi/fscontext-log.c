// Rules: file-system-exists mount-option-unknown mount-option-value mount-source-not-text mount-source-twice
// As: root user
// The messages that a file system context keeps for its reader, and what else its descriptor can do.
#include "api.h"
static void logs(void) {
    int fd = must(fsopen_("tmpfs", 0));
    char text[256];
    show("read when empty", read(fd, text, sizeof text));
    show("read of nothing when empty", read(fd, text, 0));
    struct pollfd poll_fd = {fd, POLLIN | POLLOUT | POLLPRI, 0};
    show("poll", poll(&poll_fd, 1, 0));
    say("  %x", poll_fd.revents);
    show("write", write(fd, "x", 1));
    show("lseek", lseek(fd, 0, SEEK_SET));
    show("ftruncate", ftruncate(fd, 0));
    show("mmap", (long)mmap(NULL, 4096, PROT_READ, MAP_SHARED, fd, 0));
    say("F_GETFL %x", fcntl(fd, F_GETFL));
    say("messages");
    show("unknown", set_flag(fd, "nonesuch"));
    show_log(fd);
    show("unknown with a value", set_string(fd, "nonesuch", "1"));
    show_log(fd);
    show("bad size", set_string(fd, "size", "x"));
    show_log(fd);
    show("bad mode", set_string(fd, "mode", "9"));
    show_log(fd);
    show("bad uid", set_string(fd, "uid", "70000"));
    show_log(fd);
    show("uid -1", set_string(fd, "uid", "-1"));
    show_log(fd);
    show("bad gid", set_string(fd, "gid", "x"));
    show_log(fd);
    show("a flag for a value", set_flag(fd, "size"));
    show_log(fd);
    must(set_string(fd, "source", "one"));
    show("two sources", set_string(fd, "source", "two"));
    show_log(fd);
    show("a path as source", fsconfig_(fd, SET_PATH, "source", ".", AT_FDCWD));
    show_log(fd);
    say("short buffers");
    must(set_flag(fd, "nonesuch") == -1 ? 0 : -1);
    show("8 bytes", read(fd, text, 8));
    show("0 bytes", read(fd, text, 0));
    long length = show("all", read(fd, text, sizeof text));
    must(set_flag(fd, "nonesuch") == -1 ? 0 : -1);
    show("one too few", read(fd, text, length - 1));
    show("just enough", read(fd, text, length));
    must(set_flag(fd, "nonesuch") == -1 ? 0 : -1);
    show("bad buffer", read(fd, (char *)8, sizeof text));
    show("then", read(fd, text, sizeof text));
    say("at most 8");
    for (int i = 0; i < 11; i++) set_flag(fd, format_path("word%d", i));
    show_log(fd);
    say("several as one");
    set_flag(fd, "first");
    set_flag(fd, "second");
    show("readv", readv(fd, (struct iovec[]){{text, 10}, {text + 10, 200}}, 2));
    show_log(fd);
    say("read by another");
    set_flag(fd, "nonesuch");
    CHILD show_log(fd);
    show_log(fd);
    show("create", fs_create(fd));
    show_log(fd);
    close(fd);
    say("other types");
    fd = must(fsopen_("proc", 0));
    set_string(fd, "hidepid", "7"); show_log(fd);
    set_string(fd, "subset", "all"); show_log(fd);
    set_string(fd, "gid", "-1"); show_log(fd);
    close(fd);
    fd = must(fsopen_("devpts", 0));
    set_string(fd, "max", "-1"); show_log(fd);
    set_flag(fd, "nonesuch"); show_log(fd);
    close(fd);
    fd = must(fsopen_("mqueue", 0));
    set_flag(fd, "nonesuch"); show_log(fd);
    close(fd);
    fd = must(fsopen_("ramfs", 0));
    show("ramfs takes anything", set_flag(fd, "nonesuch"));
    set_string(fd, "mode", "9"); show_log(fd);
    close(fd);
    fd = must(fsopen_("sysfs", 0));
    show("create exclusively what is there", fsconfig_(fd, CREATE_EXCL, NULL, NULL, 0));
    show_log(fd);
    close(fd);
    fd = must(fsopen_("tmpfs", 0));
    show("create exclusively what is new", fsconfig_(fd, CREATE_EXCL, NULL, NULL, 0));
    show_log(fd);
}
static void with_sysfs(void) {
    // So that a sysfs of this network namespace is there to be used again.
    must(mkdir("s", 0755));
    must(mount("x", "s", "sysfs", 0, NULL));
    logs();
}
int main(void) { as_each(CLONE_NEWNET | CLONE_NEWIPC, with_sysfs); return 0; }
