// Rules: key-chown-needs-admin key-permission key-setperm-of-other-user
// As: root
// Who has which right over a key: owner, group and others by file-system IDs, possessors besides.
#include "../common/keys.h"

static void as(const char *who, int key, uid_t uid, gid_t gid, gid_t group) {
    CHILD {
        new_session();
        if (group) must(setgroups(1, &group));
        else must(setgroups(0, NULL));
        must(setresgid(gid, gid, gid));
        must(setresuid(uid, uid, uid));
        new_session();
        say("%s: %s", who, rights(key));
    }
}

/// A key in the session; who changes its mask afterwards may have lost the right to.
static int other_users_key(unsigned mask) {
    int key = new_key(format_path("fx:%08x", mask), SESSION);
    must(keyctl(KEYCTL_CHOWN, key, 3000, 4000));
    must(keyctl(KEYCTL_SETPERM, key, mask));
    return key;
}

int main(void) {
    new_session();
    static const unsigned masks[] = {0x3f3f3f3f, 0x00010204, 0x00040201, 0x3f000000, 0x00003f00, 0x00000008, 0x00100020,
                                     0x003f003f, 0x0000083f};
    for (unsigned i = 0; i < sizeof masks / sizeof *masks; i++) {
        int key = other_users_key(masks[i]);
        say("-- mask %08x", masks[i]);
        as("owner", key, 3000, 5, 0);
        as("group", key, 5, 4000, 0);
        as("member", key, 5, 5, 4000);
        as("owner in group", key, 3000, 4000, 0);
        as("other", key, 5, 5, 0);
        as("root without possession", key, 0, 0, 0);
        CHILD {
            // Possession needs the right to search the key itself.
            new_session();
            must(keyctl(KEYCTL_SETPERM, SESSION, 0x3f3f3f3f));
            int kept = new_keyring("fx:kept", SESSION);
            int own = new_key("fx:own", kept);
            must(keyctl(KEYCTL_SETPERM, own, masks[i]));
            say("possessor: %s", rights(own));
        }
    }

    say("-- file-system IDs");
    int key = other_users_key(0x00030100);
    CHILD {
        new_session();
        must(setgroups(0, NULL));
        say("root: %s", rights(key));
        syscall(SYS_setfsuid, 3000);
        say("fsuid: %s", rights(key));
        syscall(SYS_setfsuid, 7);
        say("other fsuid: %s", rights(key));
        syscall(SYS_setfsgid, 4000);
        say("fsgid: %s", rights(key));
        show_key("a key made so", new_key("fx:made", SESSION));
    }

    say("-- owner and mask");
    key = other_users_key(0x3f3f3f3f);
    CHILD {
        // Still the session of root: the key is possessed.
        gid_t group = 4001;
        must(setgroups(1, &group));
        must(setresgid(4000, 4000, 4000));
        must(setresuid(3000, 3000, 3000));
        show("to another user", keyctl(KEYCTL_CHOWN, key, 3001, -1));
        show("to its user", keyctl(KEYCTL_CHOWN, key, 3000, -1));
        show("to a foreign group", keyctl(KEYCTL_CHOWN, key, -1, 4002));
        show("to an own group", keyctl(KEYCTL_CHOWN, key, -1, 4001));
        show("to the own group", keyctl(KEYCTL_CHOWN, key, -1, 4000));
        show("mask", keyctl(KEYCTL_SETPERM, key, 0x3f3f3f3f));
    }
    CHILD {
        become(3001, 4000);
        show("mask of another's", keyctl(KEYCTL_SETPERM, key, 0x3f3f3f3f));
        show("timeout of another's", keyctl(KEYCTL_SET_TIMEOUT, key, 0));
    }
    CHILD {
        lower_effective(CAP_SYS_ADMIN);
        show("root without CAP_SYS_ADMIN: mask", keyctl(KEYCTL_SETPERM, key, 0x3f3f3f3f));
        show("root without CAP_SYS_ADMIN: owner", keyctl(KEYCTL_CHOWN, key, 0, -1));
    }
    show("root: owner", keyctl(KEYCTL_CHOWN, key, 0, 0));
    must(keyctl(KEYCTL_SETPERM, key, 0x3f000000));
    show_key("key", key);
    say("-- revoking");
    must(keyctl(KEYCTL_SETPERM, key, 0x2b000000));
    show("with the right to set attributes", keyctl(KEYCTL_REVOKE, key));
}
