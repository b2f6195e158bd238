// Rules: user-namespace-chrooted user-namespace-creator-unmapped
// As: user root
// Creation is refused to a chrooted caller and to one whose own ids are not mapped; a capability is never needed.
#include "fixture.h"
int main(void) {
    CHILD {
        show("unshare", unshare(CLONE_NEWUSER));
        show("again, without maps", unshare(CLONE_NEWUSER));
        show("clone, without maps", syscall(SYS_clone, CLONE_NEWUSER | SIGCHLD, 0, 0, 0, 0));
        show("with others too", unshare(CLONE_NEWUSER | CLONE_NEWUTS));
        show("uts alone", unshare(CLONE_NEWUTS));
    }
    USERNS_CHILD(0, own_uid_at(0), NULL) show("uid map only", unshare(CLONE_NEWUSER));
    USERNS_CHILD(0, NULL, own_gid_at(0)) show("gid map only", unshare(CLONE_NEWUSER));
    USERNS_CHILD(0, own_uid_at(0), own_gid_at(0)) {
        show("both maps", unshare(CLONE_NEWUSER));
        show_uids("there");
    }
    USERNS_CHILD(0, own_uid_at(0), own_gid_at(0)) {
        must(mkdir("jail", 0755));
        must(chroot("jail"));
        show("chrooted", unshare(CLONE_NEWUSER));
        show("chrooted, clone", syscall(SYS_clone, CLONE_NEWUSER | SIGCHLD, 0, 0, 0, 0));
        show("chrooted, others", unshare(CLONE_NEWUTS));
        must(chroot("/"));
    }
    USERNS_CHILD(0, own_uid_at(0), own_gid_at(0)) {
        must(chroot("/"));
        show("chroot to the root itself", unshare(CLONE_NEWUSER));
    }
    CHILD {
        must(prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0));
        show("no_new_privs", unshare(CLONE_NEWUSER));
        show("still set", prctl(PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0));
    }
    return 0;
}
