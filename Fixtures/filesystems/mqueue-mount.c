// Rules: file-read-only-mount mount-type-not-permitted umount-busy
// As: root user
// A mounted mqueue: its root, queues as files, what can be made there, how long they live, what keeps it busy.
#include "../mountapi/api.h"
#include <mqueue.h>
static void all(void) {
    must(mkdir("q", 0755)); must(mkdir("r", 0755));
    must(mount("x", "q", "mqueue", 0, NULL));
    struct stat st;
    must(stat("q", &st));
    say("root mode %o uid %d gid %d size %ld nlink %d", st.st_mode, st.st_uid, st.st_gid, (long)st.st_size, (int)st.st_nlink);
    struct mq_attr attributes = {0, 5, 100, 0};
    int queue = must(mq_open("/one", O_RDWR | O_CREAT, 0640, &attributes));
    show_owner("a queue", "q/one");
    must(stat("q/one", &st));
    say("size %ld nlink %d", (long)st.st_size, (int)st.st_nlink);
    must(stat("q", &st));
    say("root size %ld", (long)st.st_size);
    show_text("text", get("q/one"));
    must(mq_send(queue, "four", 4, 1));
    must(mq_notify(queue, &(struct sigevent){.sigev_notify = SIGEV_SIGNAL, .sigev_signo = SIGUSR1}) );
    char *text = get("q/one");
    char *pid = strstr(text, "NOTIFY_PID:");
    yes("notifies this one", pid && atoi(pid + 11) == getpid());
    if (pid) pid[11] = 0;
    say("text: [%s]", text);
    must(mq_notify(queue, NULL));
    char target[64] = "";
    must(readlink(format_path("/proc/self/fd/%d", queue), target, sizeof target - 1));
    say("link: %s", target);
    say("as files");
    int fd = ok("open O_CREAT", open("q/two", O_CREAT | O_RDWR, 0600));
    show("write", write(fd, "x", 1));
    memset(target, 0, sizeof target);
    must(readlink(format_path("/proc/self/fd/%d", fd), target, sizeof target - 1));
    yes("its link is its path", strstr(target, "/world/q/two") != NULL);
    show("mknod", mknod("q/three", S_IFREG | 0600, 0));
    show("mknod of a fifo", mkfifo("q/f", 0600));
    show("mkdir", mkdir("q/d", 0700));
    show("symlink", symlink("one", "q/l"));
    show("link", link("q/one", "q/l") );
    show("rename", rename("q/one", "q/n"));
    show("truncate", truncate("q/one", 0));
    show("chmod", chmod("q/one", 0600));
    show("chown", chown("q/one", 0, 0));
    show("setxattr", setxattr("q/one", "user.x", "v", 1, 0));
    show("O_TMPFILE", open("q", O_TMPFILE | O_RDWR, 0600));
    show("unlink", unlink("q/two"));
    ok("mq_open of what mknod made", mq_open("/three", O_RDWR));
    show("mq_unlink", mq_unlink("/three"));
    show("is gone", access("q/three", F_OK));
    close(fd);
    // The message's memory is counted, whatever the mount says.
    say("busy");
    must(mount(NULL, "q", NULL, MS_REMOUNT | MS_BIND | MS_RDONLY, NULL));
    show("read-only: unlink", unlink("q/one"));
    show("read-only: create", open("q/new", O_CREAT | O_RDWR, 0600));
    ok("read-only: mq_open", mq_open("/made", O_RDWR | O_CREAT, 0600, NULL));
    show("read-only: mq_unlink", mq_unlink("/made"));
    fd = must(open("q/one", O_RDONLY));
    show("umount while a file is open through it", umount("q"));
    close(fd);
    show("umount while a queue is open", umount("q"));
    must(close(queue));
    must(mount("y", "r", "mqueue", 0, NULL));
    show_text("the queue is still there", get("r/one"));
    ok("mq_open", mq_open("/one", O_RDONLY));
    CHILD {
        if (unshare(CLONE_NEWIPC) == -1) { say("unshare: %s", errno_text(errno)); _exit(0); }
        show("another ipc namespace", access("r/one", F_OK));
        must(mkdir("s", 0755));
        must(mount("z", "s", "mqueue", 0, NULL));
        show("  its own", access("s/one", F_OK));
        ok("  makes", mq_open("/inner", O_RDWR | O_CREAT, 0600, NULL));
        show("  seen", access("s/inner", F_OK));
        show("  not seen in the other", access("r/inner", F_OK));
        must(umount("s"));
    }
    must(unlink("r/one"));
}
int main(void) {
    as_each(CLONE_NEWIPC, all);
    must(rmdir("world"));
    say("# without an ipc namespace");
    must(mkdir("world", 0755));
    USERNS_CHILD(CLONE_NEWNS, own_uid_at(0), own_gid_at(0)) {
        show("mqueue", mount("x", "world", "mqueue", 0, NULL));
        must(unshare(CLONE_NEWIPC));
        show("with its own", mount("x", "world", "mqueue", 0, NULL));
    }
    return 0;
}
