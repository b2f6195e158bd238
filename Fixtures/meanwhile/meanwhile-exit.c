// Rules:
// As: user
// Another thread exits, is killed or executes a program while every kind of call waits: what is left of the waits.
#include "every-wait.h"
static void values(const char *label) {
    struct msqid_ds state;
    say("%s: %d wait for the semaphore of %d", label, semctl(semaphores, 0, GETNCNT), semctl(semaphores, 0, GETVAL));
    must(msgctl(queue_full, IPC_STAT, &state));
    say("messages: %ld", (long)state.msg_qnum);
    say("removed: %d %d", msgctl(queue_empty, IPC_RMID, NULL), msgctl(queue_full, IPC_RMID, NULL));
    must(semctl(semaphores, 0, IPC_RMID));
    int full = must(syscall(SYS_mq_open, "full", O_RDWR | O_NONBLOCK, 0, NULL)), empty = must(syscall(SYS_mq_open, "empty", O_RDWR | O_NONBLOCK, 0, NULL));
    char text[8];
    show("the full queue has", syscall(SYS_mq_timedreceive, full, text, 8L, NULL, NULL));
    show("then", syscall(SYS_mq_timedreceive, full, text, 8L, NULL, NULL));
    show("a message", syscall(SYS_mq_timedsend, empty, "x", 1L, 0L, NULL));
    show("stays", syscall(SYS_mq_timedreceive, empty, text, 8L, NULL, NULL));
    clean_up();
    say("the FIFOs: %s, %s", open("reader", O_WRONLY | O_NONBLOCK) == -1 ? errno_text(errno) : "open",
        open("writer", O_WRONLY | O_NONBLOCK) == -1 ? errno_text(errno) : "open");
    int file = must(open("locked", O_RDWR));
    struct flock whole = {.l_type = F_WRLCK};
    show("record lock", fcntl(file, F_SETLK, &whole));
    show("flock", flock(file, LOCK_EX | LOCK_NB));
    struct sockaddr_un address = {.sun_family = AF_UNIX, .sun_path = "one"};
    show("the listener", connect(must(socket(AF_UNIX, SOCK_STREAM, 0)), (struct sockaddr *)&address, sizeof address));
}
/// What the numbers of a process that ended are kept in, for who looks afterwards.
static struct numbers { int semaphores, full, empty; pid_t helper; } *numbers;
static void keep_numbers(void) { *numbers = (struct numbers){semaphores, queue_full, queue_empty, helper}; }
static void recall(void) {
    semaphores = numbers->semaphores;
    queue_full = numbers->full;
    queue_empty = numbers->empty;
    helper = numbers->helper;
}
static void *leave(void *unused) {
    a_little();
    syscall(SYS_exit_group, 7);
    return NULL;
}
int main(int count, char **arguments) {
    if (count > 1) {
        say("executed: %s thread", field("/proc/self/status", "Threads") + 9);
        yes("a pid of its own thread", getpid() == gettid());
        must(kill(atoi(arguments[1]), SIGKILL));
        reap(atoi(arguments[1]));
        return 0;
    }
    numbers = a_page();
    USERNS_CHILD(CLONE_NEWIPC, own_uid_at(0), own_gid_at(0)) {
        pid_t pid;
        int status;
        prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0);
        for (int how = 0; how < 4; how++) {
            say("-- %s", (const char *[]){"exit_group", "exit_group by a thread beside a waiting first", "SIGKILL", "execve"}[how]);
            struct gate ready = gate_new();
            pid = must(fork());
            if (pid == 0) {
                wait_everywhere();
                keep_numbers();
                pthread_t thread;
                if (how == 0) syscall(SYS_exit_group, 7);
                if (how == 1) {
                    must(pthread_create(&thread, NULL, leave, NULL));
                    semop(semaphores, &(struct sembuf){0, -1, 0}, 1);
                }
                if (how == 2) { gate_open(ready); pause(); }
                char number[16], *own[] = {arguments[0], number, NULL};
                sprintf(number, "%d", helper);
                execve("/proc/self/exe", own, (char *[]){NULL});
                _exit(96);
            }
            if (how == 2) {
                gate_wait(ready);
                must(kill(pid, SIGKILL));
            }
            reap(pid);
            recall();
            if (how < 3) {
                must(kill(helper, SIGKILL));
                wait_status(helper);
            }
            values("after");
        }
    }
    return 0;
}
