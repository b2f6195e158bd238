// Rules: hostname-needs-admin sysctl-owner
// As: root user
// Host and domain names: permission, lengths, namespaces, their sysctl files.
#include "fixture.h"
static void names(const char *label) {
    struct utsname name;
    must(uname(&name));
    say("%s: \"%s\" \"%s\"", label, name.nodename, name.domainname);
}
int main(void) {
    if (geteuid()) show("sethostname outside", sethostname("x", 1));
    USERNS_CHILD(0, own_uid_at(0), own_gid_at(0)) {
        show("in the initial uts namespace", sethostname("x", 1));
        must(unshare(CLONE_NEWUTS));
        show("in its own", sethostname("inner", 5));
        show("domain", setdomainname("domain.example", 14));
        names("now");
        show("empty", sethostname("", 0));
        names("now");
        char long_name[70];
        memset(long_name, 'n', 70);
        show("64", sethostname(long_name, 64));
        show("65", sethostname(long_name, 65));
        show("negative", sethostname(long_name, -1));
        show("bad pointer", sethostname((void *)8, 5));
        show("after it, negative first", sethostname((void *)8, -5));
        names("now");
        show("kernel.hostname", put("/proc/sys/kernel/hostname", "bysysctl\n"));
        show_file("hostname file", "/proc/sys/kernel/hostname");
        show_file("domainname file", "/proc/sys/kernel/domainname");
        must(sethostname("copied", 6));
        CHILD {
            must(unshare(CLONE_NEWUTS));
            names("a copy");
            must(sethostname("changed", 7));
        }
        names("unchanged");
        CHILD {
            must(caps_set(0, 0, 0));
            show("without capabilities", sethostname("x", 1));
        }
        CHILD {
            must(unshare(CLONE_NEWUSER));
            show("in a deeper user namespace", sethostname("x", 1));
        }
        show("uname bad pointer", uname((void *)8));
    }
    struct utsname name;
    must(uname(&name));
    say("%s %s", name.sysname, name.machine);
    return 0;
}
