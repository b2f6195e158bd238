#define _GNU_SOURCE
#include "chost.h"
#include "chost_landlock.h"
#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <linux/seccomp.h>
#include <sched.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#ifndef SECCOMP_FILTER_FLAG_WAIT_KILLABLE_RECV
#define SECCOMP_FILTER_FLAG_WAIT_KILLABLE_RECV (1UL << 5)
#endif

// Where the child keeps its ends of the hand-shake while it prepares: above anything it inherits.
enum { READY = 70, GO = 71 };

// Closes the host's file tree: no name leads anywhere from here.
static int leave_tree(const chost_first_task *task) {
    if (task->empty_directory < 0) return 0;
    if (fchdir(task->empty_directory) < 0) return -errno;
    // Root in a container may lack CAP_SYS_CHROOT; a file tree is then closed by Landlock alone.
    if (task->drop_uid >= 0 && chroot(".") < 0 && errno != EPERM) return -errno;
    return 0;
}

// The task's own Landlock domain, inside the sentry's: it may open, make and change nothing by name, and signal and
// connect to nobody outside. Descriptors that the sentry installs keep the rights they were opened with.
static int raise_wall(const chost_first_task *task) {
    if (!task->landlock) return 0;
    int ruleset = chost_landlock_create();
    return ruleset < 0 ? ruleset : chost_landlock_enforce(ruleset);
}

// Runs in the child: only async-signal-safe calls. Ends in execve, whose traced stop tells the parent that the filter
// works; a failure before that is the exit status, an errno.
static void child(const chost_first_task *task, const int ready[2], const int go[2]) {
    // A session of its own: the terminal's signals reach the sentry, which knows the model's process groups.
    setsid();
    sigset_t none;
    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, NULL);
    for (int s = 1; s < 65; s++) signal(s, SIG_DFL);
    int error = leave_tree(task);
    if (error) _exit(-error);
    if (dup3(ready[1], READY, O_CLOEXEC) < 0 || dup3(go[0], GO, O_CLOEXEC) < 0) _exit(errno);
    if (dup3(task->stub, task->stub_target, 0) < 0) _exit(errno);
    // Only the standard streams, the stub and the hand-shake remain.
    syscall(SYS_close_range, 3, task->stub_target - 1, 0);
    syscall(SYS_close_range, task->stub_target + 1, READY - 1, 0);
    syscall(SYS_close_range, GO + 1, ~0u, 0);
    struct rlimit files = {task->open_files, task->open_files};
    setrlimit(RLIMIT_NOFILE, &files);
    // Of a limit of 1 neither a file nor a program that takes core dumps gets one (core(5)): they would leave the sandbox.
    struct rlimit core = {1, 1};
    setrlimit(RLIMIT_CORE, &core);
    if (task->drop_uid >= 0) {
        if (setgroups(0, NULL) < 0 || setresgid(task->drop_gid, task->drop_gid, task->drop_gid) < 0 ||
            setresuid(task->drop_uid, task->drop_uid, task->drop_uid) < 0)
            _exit(errno);
        // Dropping IDs clears the flag that lets the sentry read this task's memory.
        prctl(PR_SET_DUMPABLE, 1);
    }
    if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) < 0) _exit(errno);
    error = raise_wall(task);
    if (error) _exit(-error);
    char byte = 0;
    if (write(READY, &byte, 1) != 1 || read(GO, &byte, 1) != 1) _exit(EPIPE);
    struct sock_fprog program = {task->filter_length, (struct sock_filter *)task->filter};
    if (syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER,
                SECCOMP_FILTER_FLAG_NEW_LISTENER | SECCOMP_FILTER_FLAG_WAIT_KILLABLE_RECV, &program) < 0)
        _exit(errno);
    execve(task->path, (char *const *)task->arguments, (char *const *)task->environment);
    _exit(127);
}

pid_t chost_start(const chost_first_task *task, int *listener) {
    int ready[2], go[2];
    if (pipe2(ready, O_CLOEXEC) < 0) return -errno;
    if (pipe2(go, O_CLOEXEC) < 0) {
        int error = errno;
        close(ready[0]), close(ready[1]);
        return -error;
    }
    pid_t pid = fork();
    if (pid == 0) {
        child(task, ready, go);
        _exit(125);
    }
    int error = pid < 0 ? errno : 0;
    close(ready[1]), close(go[0]);
    char byte = 0;
    int status = 0;
    if (!error && read(ready[0], &byte, 1) == 1) {
        error = -chost_trace_seize(pid);
        if (!error && write(go[1], &byte, 1) != 1) error = errno;
    }
    close(ready[0]), close(go[1]);
    while (!error) {
        if (waitpid(pid, &status, __WALL) < 0) {
            error = errno;
        } else if (WIFEXITED(status)) {
            return -(WEXITSTATUS(status) ? WEXITSTATUS(status) : EIO);
        } else if (WIFSIGNALED(status)) {
            return -EIO;
        } else if (status >> 8 == (SIGTRAP | PTRACE_EVENT_SECCOMP << 8)) {
            // The listener is the lowest descriptor, as everything above the standard streams was closed.
            int pidfd = chost_pidfd_open(pid, pid);
            *listener = pidfd < 0 ? pidfd : chost_pidfd_getfd(pidfd, 3);
            if (pidfd >= 0) close(pidfd);
            if (*listener >= 0) return pid;
            error = -*listener;
        } else {
            error = -chost_trace_resume(pid, 0, 0);
        }
    }
    if (pid > 0) {
        kill(pid, SIGKILL);
        waitpid(pid, &status, __WALL);
    }
    return -error;
}

int chost_filter_supported(void) {
    // Asking with a null program tells an unknown flag (EINVAL) from a bad pointer (EFAULT).
    long result = syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER,
                          SECCOMP_FILTER_FLAG_NEW_LISTENER | SECCOMP_FILTER_FLAG_WAIT_KILLABLE_RECV, NULL);
    return result < 0 && errno == EFAULT ? 0 : -errno;
}
