// Rules: file-access-denied kernel-log-closed
// As: root user
// /proc/kmsg: who may open it, without CAP_SYSLOG, and that something can be mounted on it.
#include "fixture.h"
#define TRY(call) show(#call, call)
int main(void) {
    struct stat st;
    must(lstat("/proc/kmsg", &st));
    say("mode %o, owner %u:%u, size %lld", st.st_mode, st.st_uid, st.st_gid, (long long)st.st_size);
    bool is_root = geteuid() == 0;
    lower_effective(34); // CAP_SYSLOG
    TRY(open("/proc/kmsg", O_RDONLY));
    TRY(open("/proc/kmsg", O_WRONLY));
    TRY(access("/proc/kmsg", R_OK));
    ok("as a place", open("/proc/kmsg", O_PATH));
    if (!is_root) must(unshare(CLONE_NEWUSER));
    must(unshare(CLONE_NEWNS));
    TRY(open("/proc/kmsg", O_RDONLY));
    must(mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL));
    must(close(must(open("file", O_RDWR | O_CREAT, 0644))));
    TRY(mount("file", "/proc/kmsg", NULL, MS_BIND, NULL));
    TRY(mount("/dev/null", "/proc/kmsg", NULL, MS_BIND, NULL));
    must(stat("/proc/kmsg", &st));
    yes("covered", S_ISCHR(st.st_mode));
    TRY(umount2("/proc/kmsg", 0));
    TRY(umount2("/proc/kmsg", 0));
}
