// Rules: key-quota sysctl-owner
// As: root
// How many keys, and bytes in them, a user may have; what counts, and when it is given back.
#include "../common/keys.h"

static const uid_t USERS_ID = 54321;

/// This user's row of /proc/key-users: keys, and bytes, that count.
static void show_use(const char *label) {
    char *row = strstr(get("/proc/key-users"), format_path("%u:", USERS_ID));
    int usage, keys, made, counted, max_keys, bytes, max_bytes;
    if (!row || sscanf(row, "54321: %d %d/%d %d/%d %d/%d", &usage, &keys, &made, &counted, &max_keys, &bytes, &max_bytes) != 7)
        say("%s: no row", label);
    else
        say("%s: %d of %d keys, %d of %d bytes", label, counted, max_keys, bytes, max_bytes);
}

int main(void) {
    new_session();
    // What an earlier run of this left goes soon.
    for (int i = 0; i < 50 && strstr(get("/proc/key-users"), format_path("%u:", USERS_ID)); i++) usleep(100 * 1000);
    show_file("maxkeys", "/proc/sys/kernel/keys/maxkeys");
    show_file("maxbytes", "/proc/sys/kernel/keys/maxbytes");
    show_file("root_maxkeys", "/proc/sys/kernel/keys/root_maxkeys");
    show_file("root_maxbytes", "/proc/sys/kernel/keys/root_maxbytes");
    show_file("gc_delay", "/proc/sys/kernel/keys/gc_delay");
    show_file("persistent_keyring_expiry", "/proc/sys/kernel/keys/persistent_keyring_expiry");
    show_put("maxkeys 0", "/proc/sys/kernel/keys/maxkeys", "0");
    show_put("maxkeys -1", "/proc/sys/kernel/keys/maxkeys", "-1");
    show_put("gc_delay 300", "/proc/sys/kernel/keys/gc_delay", "300");
    CHILD {
        become(USERS_ID, USERS_ID);
        show_put("an ordinary user's write", "/proc/sys/kernel/keys/maxkeys", "200");
        new_session();
        show_use("a session");
        int ring = new_keyring("fx:ring", SESSION);
        show_use("a keyring in it");
        int key = new_key("fx:key", ring);
        show_use("a key in that");
        must(keyctl(KEYCTL_UPDATE, key, "longer secret", 13));
        show_use("updated");
        must(keyctl(KEYCTL_LINK, key, SESSION));
        show_use("linked again");
        must(keyctl(KEYCTL_REVOKE, key));
        show_use("revoked");
        must(keyctl(KEYCTL_UNLINK, key, SESSION));
        must(keyctl(KEYCTL_CLEAR, ring));
        settle();
        show_use("unlinked");

        static char payload[32767];
        show("more than all bytes", syscall(SYS_add_key, "user", "fx:large", payload, 20000, ring));
        show_use("nothing was charged");
        key = must(syscall(SYS_add_key, "user", "fx:large", payload, 19000, ring));
        show("update with more than all", keyctl(KEYCTL_UPDATE, key, payload, 4096) == 0 ? 0 : -1);
        show_use("smaller");
        settle();
        show("add and update with more", syscall(SYS_add_key, "user", "fx:large", payload, 19990, ring));
        must(syscall(SYS_add_key, "user", "fx:large", payload, 19950, ring));
        show_use("nearly all");
        show("a keyring more", add_key("keyring", "fx:a-name-that-is-long-enough-to-pass-what-is-left-of-the-bytes-0123456789-0123456789", NULL, ring));
        must(keyctl(KEYCTL_UNLINK, key, ring));
        settle();
        show_use("unlinked");

        int count = 0;
        while (add_key("user", format_path("k%d", count), "x", ring) > 0) count++;
        say("%d keys, then %s", count, errno_text(errno));
        show("a session more", keyctl(KEYCTL_JOIN_SESSION_KEYRING, NULL));
        show("a named session more", keyctl(KEYCTL_JOIN_SESSION_KEYRING, "fx-name"));
        // What a task cannot do without is made all the same.
        ok("a thread keyring more", keyctl(KEYCTL_GET_KEYRING_ID, THREAD, 1));
        ok("a process keyring more", keyctl(KEYCTL_GET_KEYRING_ID, PROCESS, 1));
        show("the user's keyring", keyring_id(USER));
        show_use("all");
        CHILD {
            show("a child's session", keyctl(KEYCTL_JOIN_SESSION_KEYRING, NULL));
        }
        show("asked for", syscall(SYS_request_key, "user", "fx:asked", "information", 0));
        must(keyctl(KEYCTL_CLEAR, ring));
        settle();
        show_use("cleared");
    }
    settle();
    CHILD {
        new_session();
        // Giving away needs room at the receiver's.
        must(setresuid(-1, USERS_ID, -1));
        syscall(SYS_setfsuid, USERS_ID);
        int ring = new_keyring("fx:ring", SESSION);
        int count = 0;
        while (add_key("user", format_path("k%d", count), "x", ring) > 0) count++;
        say("full: %s", errno_text(errno));
        must(setresuid(0, 0, 0));
        int key = new_key("fx:gift", SESSION);
        show("given", keyctl(KEYCTL_CHOWN, key, USERS_ID, -1));
        must(keyctl(KEYCTL_CHOWN, search_key(ring, "user", "k0"), 0, 0));
        show("given when there is room", keyctl(KEYCTL_CHOWN, key, USERS_ID, -1));
    }
}
