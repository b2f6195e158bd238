// Rules: id-unmapped key-chown-needs-admin key-permission persistent-keyring-of-other-user
// As: root user
// Keys seen from a child user namespace: the session stays, names and users' keyrings are the namespace's own.
#include "../common/keys.h"

int main(void) {
    after_others("fx-outside");
    after_others("fx:ns-key");
    bool root = geteuid() == 0;
    new_session();
    must(keyctl(KEYCTL_JOIN_SESSION_KEYRING, "fx-outside"));
    must(keyctl(KEYCTL_SETPERM, SESSION, 0x3f3f0000));
    int outside = keyring_id(SESSION), key = new_key("fx:ns-key", SESSION);
    int user = keyring_id(USER);
    say("mine in /proc/keys: %d", proc_keys_with("fx:ns-key"));

    USERNS_CHILD(0, NULL, NULL) {
        say("-- without maps");
        yes("the session stays", keyring_id(SESSION) == outside);
        show_key("key", key);
        show_payload("payload", key);
        say("in /proc/keys: %d", proc_keys_with("fx:ns-key"));
        show("to user 0", keyctl(KEYCTL_CHOWN, key, 0, -1));
        show("to group 0", keyctl(KEYCTL_CHOWN, key, -1, 0));
        show("to nobody", keyctl(KEYCTL_CHOWN, key, -1, -1));
        show("persistent of 0", keyctl(KEYCTL_GET_PERSISTENT, 0, SESSION));
        show_key("a key made here", new_key("fx:made", SESSION));
        must(keyctl(KEYCTL_UNLINK, search_key(SESSION, "user", "fx:made"), SESSION));
    }
    USERNS_CHILD(0, own_uid_at(0), own_gid_at(0)) {
        say("-- with maps");
        yes("the session stays", keyring_id(SESSION) == outside);
        show_key("session", SESSION);
        show_key("key", key);
        say("in /proc/keys: %d", proc_keys_with("fx:ns-key"));
        yes("the user's keyring is another", keyring_id(USER) != user);
        show_key("user", USER);
        show_links("user session", USER_SESSION);
        show_key("the outer user's keyring", user);
        yes("the outer user's is not possessed", keyctl(KEYCTL_READ, user, NULL, 0) >= 0);
        new_session();
        yes("a name from outside means nothing", keyctl(KEYCTL_JOIN_SESSION_KEYRING, "fx-outside") != outside);
        int inside = keyring_id(SESSION);
        show_key("session", SESSION);
        must(keyctl(KEYCTL_SETPERM, SESSION, 0x3f3f0000));
        show("the key, not possessed", keyctl(KEYCTL_READ, key, NULL, 0));
        show("the outer session, by its number", keyctl(KEYCTL_READ, outside, NULL, 0) > 0);
        show("to user 0", keyctl(KEYCTL_CHOWN, SESSION, 0, 0));
        show("to user 1", keyctl(KEYCTL_CHOWN, SESSION, 1, -1));
        ok("persistent", keyctl(KEYCTL_GET_PERSISTENT, -1, SESSION));
        show_links("links", SESSION);
        show("persistent of 1", keyctl(KEYCTL_GET_PERSISTENT, 1, SESSION));
        USERNS_CHILD(0, own_uid_at(0), own_gid_at(0)) {
            new_session();
            yes("nor one namespace further down", keyctl(KEYCTL_JOIN_SESSION_KEYRING, "fx-outside") != inside);
        }
    }
    say("-- unsharing keeps thread and process keyrings");
    CHILD {
        new_key("fx:thread", THREAD);
        new_key("fx:process", PROCESS);
        must(unshare(CLONE_NEWUSER));
        ok("thread", search_key(THREAD, "user", "fx:thread"));
        ok("process", search_key(PROCESS, "user", "fx:process"));
        show_key("thread", THREAD);
    }
    if (root) {
        USERNS_CHILD(0, "0 0 10", "0 0 10") {
            say("-- ten users");
            // CAP_SYS_ADMIN here is not enough.
            show("to user 1", keyctl(KEYCTL_CHOWN, key, 1, -1));
            CHILD {
                must(setresuid(3, 3, 3));
                new_session();
                show_key("user", USER);
                show("mask of another's key", keyctl(KEYCTL_SETPERM, outside, 0x3f3f0000));
            }
        }
    }
    say("-- persistent keyrings");
    ok("one's own", keyctl(KEYCTL_GET_PERSISTENT, -1, SESSION));
    ok("the same", keyctl(KEYCTL_GET_PERSISTENT, geteuid(), SESSION));
    show_key("it", search_key(SESSION, "keyring", format_path("_persistent.%u", geteuid())));
    CHILD {
        if (root) lower_effective(CAP_SETUID);
        show("another user's", keyctl(KEYCTL_GET_PERSISTENT, 4711, SESSION));
    }
}
