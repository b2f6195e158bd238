// What Swift cannot say about the host: variadic calls, kernel structures, fork and the loader stub.
// Every function returns a non-negative result or a negated errno, and takes no decision of its own.
#ifndef CHOST_H
#define CHOST_H

#include <linux/filter.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/signalfd.h>
#include <sys/types.h>
#include <sys/stat.h>
#include <sys/user.h>

// MARK: seccomp notification (seccomp_unotify(2))

typedef struct {
    uint64_t id;
    uint32_t tid;
    uint32_t number;
    uint64_t instruction_pointer;
    uint64_t arguments[6];
} chost_notification;

int chost_notification_receive(int listener, chost_notification *out);
// Ends a call with a value or a negated errno.
int chost_notification_answer(int listener, uint64_t id, int64_t value, int32_t error);
int chost_notification_continue(int listener, uint64_t id);
// Puts `source` at `target` of the notifying task, replacing what is there. With `answers` the task's call returns `target`
// then; where it fails, the call still waits for its answer.
int chost_notification_install(int listener, uint64_t id, int source, int target, int close_on_exec, int answers);
// Whether the task still waits in that notification.
int chost_notification_is_valid(int listener, uint64_t id);
// Whether no task is left that has the filter.
int chost_notification_is_hung_up(int listener);
// Asks for same-CPU wake-ups; fails on hosts older than 6.6.
int chost_notification_wake_on_same_cpu(int listener);

// Makes the calling process one that others of its user may not look into.
int chost_hide_self(void);

// Gives the host back the memory that the allocator keeps though nothing is in it.
void chost_return_memory(void);

// MARK: ptrace (ptrace(2))

int chost_trace_seize(pid_t tid);
// `request`: 0 continue, 1 continue to the next system call stop, 2 listen (stay group-stopped).
int chost_trace_resume(pid_t tid, int request, int signal);
int chost_trace_interrupt(pid_t tid);
int chost_trace_get_registers(pid_t tid, struct user_regs_struct *out);
int chost_trace_set_registers(pid_t tid, const struct user_regs_struct *registers);
int64_t chost_trace_event_message(pid_t tid);

// The beginning of siginfo_t as the kernel lays it out for what one task sends to another: kill, queue and child
// records. `value` is si_value, or si_status in its lower half; the ticks are si_utime and si_stime.
typedef struct {
    int32_t signal;
    int32_t error;
    int32_t code;
    int32_t reserved;
    int32_t pid;
    uint32_t uid;
    uint64_t value;
    uint64_t user_ticks;
    uint64_t system_ticks;
} chost_siginfo;

int chost_trace_get_siginfo(pid_t tid, chost_siginfo *out);
// Replaces the siginfo of the signal at whose delivery the thread is stopped.
int chost_trace_set_siginfo(pid_t tid, const chost_siginfo *info);
// The signals that a stopped thread blocks.
uint64_t chost_trace_blocked(pid_t tid);
int chost_trace_block(pid_t tid, uint64_t mask);
// Queues a signal to a process (`tid` 0) or a thread; `error` travels in si_errno.
int chost_signal_queue(pid_t tgid, pid_t tid, const chost_siginfo *info);

// What a dead process used: microseconds, kilobytes and counts.
typedef struct {
    uint64_t user_microseconds, system_microseconds, resident_kilobytes;
    uint64_t minor_faults, major_faults, voluntary_switches, involuntary_switches;
} chost_usage;

// Sets a process's soft limit, no higher than its hard one, which stays (prlimit(2)); without `soft` only tells it.
// `user` and `group` are the process's IDs where they are not the caller's, else -1.
int chost_limit(pid_t pid, int resource, int user, int group, const uint64_t *soft, uint64_t *present);
// A child of which there is something to tell, without blocking; 0 when there is none. It is told by the next function.
pid_t chost_wait_next(int *has_ended);
// What there is to tell of `tid`, without blocking; 0 when there is nothing. `usage`, unless NULL, is filled for a child
// that has ended.
pid_t chost_wait_for(pid_t tid, int *status, chost_usage *usage);

// The five signal sets of a thread, from its /proc status.
int chost_signal_sets(pid_t tid, uint64_t *pending, uint64_t *shared, uint64_t *blocked, uint64_t *ignored,
                      uint64_t *caught);

// MARK: memory and descriptors of other processes

// The head of a thread's robust list; 0 without one (get_robust_list(2)).
uint64_t chost_robust_list(pid_t tid);
ssize_t chost_memory_read(pid_t tid, uint64_t address, void *buffer, size_t count);
ssize_t chost_memory_write(pid_t tid, uint64_t address, const void *buffer, size_t count);
// A pidfd of a thread where the host has them (PIDFD_THREAD, Linux 6.9), else of its process.
int chost_pidfd_open(pid_t tid, pid_t tgid);
int chost_pidfd_getfd(int pidfd, int fd);

// Writes in a stopped task's memory where the task itself may not, as a debugger does (PTRACE_POKEDATA).
ssize_t chost_trace_poke(pid_t tid, uint64_t address, const void *buffer, size_t count);

// MARK: clocks

// The host's clock of that number.
int chost_clock(int clock, int64_t *seconds, int64_t *nanoseconds);
// Where a task's vDSO begins; 0 when there is none.
uint64_t chost_vdso_address(pid_t tid);

// MARK: starting the first task

typedef struct {
    const struct sock_filter *filter;
    unsigned short filter_length;
    int stub;                // the loader stub's descriptor
    int stub_target;         // where the task keeps it
    int drop_uid;            // host uid and gid to take on, or -1
    int drop_gid;
    uint64_t open_files;     // RLIMIT_NOFILE of the tasks
    int empty_directory;     // becomes the working directory, and the root where the IDs are dropped; or -1
    int landlock;            // whether the tasks get a Landlock domain
    const char *path;        // the first program, as the guest names it
    const char *const *arguments;
    const char *const *environment;
} chost_first_task;

// Forks a child that waits until it is traced, installs the filter and executes the first program.
// `listener` receives the notification descriptor. Returns the child's pid.
pid_t chost_start(const chost_first_task *task, int *listener);

// MARK: the loader stub (its address and pseudo calls are in chost_permit.h)

// Writes the stub as an ELF executable to a memory file; returns its descriptor.
int chost_stub_create(void);
// One step of the stub: a kind, a system call number or address, and arguments.
typedef struct {
    uint64_t kind;
    uint64_t words[7];
} chost_stub_step;
enum { CHOST_STEP_CALL = 0, CHOST_STEP_ZERO = 1, CHOST_STEP_JUMP = 2 };
#define CHOST_STUB_STEPS 256

// MARK: files, threads and time

// UTIME_OMIT, which Swift cannot import.
enum { chost_utime_omit = (1 << 30) - 2 };
// FICLONE, which ioctl_ficlone(2) takes.
enum { chost_ficlone = 0x40049409 };
/// Device and inode of an open file, as far as they are known without asking a network or another process.
int chost_identity(int fd, uint64_t *device, uint64_t *inode);
/// f_type of fstatfs(2), or a negative errno.
int64_t chost_file_system_type(int fd);
int chost_open_beneath(int directory, const char *path, int flags, int in_root);
int chost_memory_file(const char *name, int close_on_exec);
int chost_memory_file_with_flags(const char *name, unsigned flags);
int chost_pipe(int ends[2], int flags);
int chost_socket_pair(int type, int ends[2]);
int chost_eventfd(unsigned initial, int flags);
int chost_epoll(void);
int chost_timerfd(int clock, int flags);
// A new signalfd where `fd` is -1, else that one with another mask.
int chost_signalfd(int fd, uint64_t mask, int flags);
int chost_ioctl_value(int fd, unsigned long request, unsigned long argument);
ssize_t chost_get_attribute(const char *path, const char *name, void *value, size_t size);
ssize_t chost_list_directory(int fd, void *buffer, size_t size);
// How many bytes of the heap are in use.
size_t chost_heap_used(void);
// CPU time in nanoseconds: of a process's threads, and of the children that were waited for. 0 where there is none.
uint64_t chost_process_time(pid_t pid);
uint64_t chost_ended_children_time(void);
// Gives whole pages of the heap that are free back to the host.
void chost_heap_trim(void);
int chost_thread_start(void (*body)(void *), void *context);
int chost_pin_to_cpu(pid_t tid, int cpu);
int chost_current_cpu(void);
// The numbers of the CPUs that the calling thread may use; returns how many.
int chost_allowed_cpus(int32_t *cpus, int capacity);
pid_t chost_current_thread(void);
int chost_cpu_count(void);
uint64_t chost_now_nanoseconds(void);
// Blocks the signals that the sentry waits for, in all threads started later.
int chost_signals_block(void);
// The next blocked signal, or 0 after `timeout_milliseconds` (-1: none). `ready` has its code,
// and all of it for CHOST_SIGNAL_READY.
typedef struct {
    int32_t fd, code;
    uint64_t band;
} chost_readiness;
int chost_signals_wait(int timeout_milliseconds, chost_readiness *ready);
// The signal by which the host tells that a file of a task is ready.
enum { CHOST_SIGNAL_READY = 40 };
// The signal by which the sentry's threads wake the tracer.
enum { CHOST_SIGNAL_WAKE = 41 };
// Makes thread `tid` of the sentry the owner of a description's signals (F_SETOWN_EX, F_SETSIG).
int chost_own_signals(int fd, pid_t tid);
// What poll(2) says of a file now.
uint32_t chost_ready_events(int fd);
// Signals a thread, or with `tid` 0 the process.
int chost_signal_thread(pid_t tgid, pid_t tid, int signal);
int chost_filter_supported(void);

#endif
