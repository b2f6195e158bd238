// Rules: nsfs-mount-list-needs-admin nsfs-wrong-kind socket-namespace-needs-net-admin
// As: root user
// Namespaces found without a link: the next and previous mount namespace, and that of a socket.
#include "fixture.h"
#include <sys/socket.h>
struct mount_info { uint32_t size, count; uint64_t id; };
#define INFO _IOR(0xb7, 10, struct mount_info)
#define NEXT _IOR(0xb7, 11, struct mount_info)
#define PREVIOUS _IOR(0xb7, 12, struct mount_info)
#define SOCKET_NAMESPACE 0x894c
/// Goes from `fd` by `request` until `wanted`; others may have mount namespaces too.
static bool find(int fd, unsigned long request, int wanted) {
    for (int steps = 0; steps < 10000; steps++) {
        struct mount_info info = {0};
        int next = ioctl(fd, request, &info);
        if (next == -1) return false;
        uint64_t id = 0;
        must(ioctl(next, _IOR(0xb7, 5, uint64_t), &id));
        if (info.size != 16 || info.id != id || fcntl(next, F_GETFD) != FD_CLOEXEC) return false;
        if (steps > 0) close(fd);
        fd = next;
        if (same_file(fd, wanted)) {
            close(fd);
            return true;
        }
    }
    return false;
}
int main(void) {
    int own = must(ns_open(0, "mnt")), uts = must(ns_open(0, "uts"));
    struct mount_info info = {0};
    show("info", ioctl(own, INFO, &info));
    yes("size, count, id", info.size == 16 && info.count > 0 && info.id != 0);
    show("info with room to spare", ioctl(own, _IOC(_IOC_READ, 0xb7, 10, 24), &info));
    show("info of old", ioctl(own, _IOC(_IOC_READ, 0xb7, 10, 8), &info));
    show("info to nowhere", ioctl(own, INFO, NULL));
    show("info of a UTS namespace", ioctl(uts, INFO, &info));
    show("next of a UTS namespace", ioctl(uts, NEXT, &info));
    show("next as a write", ioctl(own, _IOW(0xb7, 11, struct mount_info), &info));
    pid_t first, second;
    struct gate end = gate_new(), ready = gate_new();
    SPAWN_IN_USERNS(first, CLONE_NEWNS, own_uid_at(0), own_gid_at(0)) {
        gate_open(ready);
        gate_wait(end);
    }
    gate_wait(ready);
    SPAWN_IN_USERNS(second, CLONE_NEWNS, own_uid_at(0), own_gid_at(0)) {
        show("inside: next", ioctl(must(ns_open(0, "mnt")), NEXT, &info));
        gate_open(ready);
        gate_wait(end);
    }
    gate_wait(ready);
    int a = must(ns_open(first, "mnt")), b = must(ns_open(second, "mnt"));
    // Numbers grow on each CPU by itself, so that the later one may come first.
    bool forward = find(a, NEXT, b);
    yes("from one to the other", forward || find(a, PREVIOUS, b));
    yes("and back", find(b, forward ? PREVIOUS : NEXT, a));
    yes("from one's own to both", find(own, NEXT, a) && find(own, NEXT, b));
    if (geteuid() == 0) ok("without a place for what is told", ioctl(forward ? a : b, NEXT, NULL));

    int one = must(socket(AF_UNIX, SOCK_STREAM, 0)), two = ioctl(one, SOCKET_NAMESPACE, 0);
    ok("the socket's", two);
    if (two != -1) say("the same %d, close-on-exec %d", same_file(two, must(ns_open(0, "net"))), fcntl(two, F_GETFD));
    show("of what is no socket", ioctl(uts, SOCKET_NAMESPACE, 0));
    USERNS_CHILD(CLONE_NEWNET, own_uid_at(0), own_gid_at(0)) {
        show("inside: an outer socket's", ioctl(one, SOCKET_NAMESPACE, 0));
        int inner = must(socket(AF_UNIX, SOCK_DGRAM, 0));
        two = must(ioctl(inner, SOCKET_NAMESPACE, 0));
        yes("inside: one's own", same_file(two, must(ns_open(0, "net"))));
        lower_effective(CAP_NET_ADMIN);
        show("inside, without CAP_NET_ADMIN", ioctl(inner, SOCKET_NAMESPACE, 0));
    }
    gate_open(end);
    gate_open(end);
    reap(first);
    reap(second);
    return 0;
}
