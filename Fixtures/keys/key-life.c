// Rules: key-expired key-revoked
// As: root user
// A key's payload, and its end: by time, revocation or invalidation.
#include "../common/keys.h"

static void states(const char *what, int key) {
    say("-- %s", what);
    show_payload("read", key);
    show("update", keyctl(KEYCTL_UPDATE, key, "again", 5));
    ok("describe", keyctl(KEYCTL_DESCRIBE, key, NULL, 0));
    ok("search", search_key(SESSION, "user", "fx:key"));
    ok("request", syscall(SYS_request_key, "user", "fx:key", NULL, 0));
    show("link", keyctl(KEYCTL_LINK, key, SESSION));
    show("setperm", keyctl(KEYCTL_SETPERM, key, 0x3f010000));
    show("chown", keyctl(KEYCTL_CHOWN, key, geteuid(), -1));
    ok("id", keyctl(KEYCTL_GET_KEYRING_ID, key, 0));
    show("revoke", keyctl(KEYCTL_REVOKE, key));
}

static void keyring_states(const char *what, int ring, int key) {
    say("-- keyring %s", what);
    show_links("links", ring);
    show("add", add_key("user", "fx:new", "x", ring) > 0 ? 0 : -1);
    show("link", keyctl(KEYCTL_LINK, key, ring));
    show("unlink", keyctl(KEYCTL_UNLINK, key, ring));
    show("clear", keyctl(KEYCTL_CLEAR, ring));
    show("search in it", search_key(ring, "user", "fx:in") > 0 ? 0 : -1);
    show("search through it", search_key(SESSION, "user", "fx:in") > 0 ? 0 : -1);
    show("restrict", keyctl(KEYCTL_RESTRICT_KEYRING, ring, NULL, NULL));
}

int main(void) {
    new_session();
    int key = new_key("fx:key", SESSION);
    show_payload("payload", key);
    yes("add again updates", add_key("user", "fx:key", "more secret", SESSION) == key);
    show_payload("payload", key);
    show("update", keyctl(KEYCTL_UPDATE, key, "less", 4));
    show_payload("payload", key);
    char text[8] = "-------";
    show("read into too little", keyctl(KEYCTL_READ, key, text, 3));
    say("untouched: %s", text);
    show_key("key", key);
    show_key("logon", must(add_key("logon", "fx:logon", "x", SESSION)));
    show_key("keyring", new_keyring("fx:ring", SESSION));
    yes("a keyring of the same name is a new one", new_keyring("fx:ring", SESSION) != search_key(SESSION, "keyring", "x"));
    int32_t links[8];
    show("links", keyctl(KEYCTL_READ, SESSION, links, sizeof links) / 4);
    yes("adding to an updated key ends its time",
        keyctl(KEYCTL_SET_TIMEOUT, key, 1000) == 0 && add_key("user", "fx:key", "x", SESSION) == key);

    must(keyctl(KEYCTL_SET_TIMEOUT, key, 1));
    int expiring = new_keyring("fx:expiring", SESSION), inner = new_key("fx:in", expiring);
    must(keyctl(KEYCTL_SET_TIMEOUT, expiring, 1));
    usleep(2100 * 1000);
    states("expired", key);
    yes("adding makes it good", add_key("user", "fx:key", "x", SESSION) == key);
    show_payload("payload", key);
    keyring_states("expired", expiring, inner);
    must(keyctl(KEYCTL_UNLINK, expiring, SESSION));

    must(keyctl(KEYCTL_REVOKE, key));
    states("revoked", key);
    int other = must(add_key("user", "fx:key", "x", SESSION));
    yes("adding makes another", other != key);
    settle();
    show("the old one is gone", keyctl(KEYCTL_DESCRIBE, key, NULL, 0));

    int revoked = new_keyring("fx:revoked", SESSION);
    inner = new_key("fx:in", revoked);
    must(keyctl(KEYCTL_LINK, inner, SESSION));
    must(keyctl(KEYCTL_REVOKE, revoked));
    must(keyctl(KEYCTL_UNLINK, inner, SESSION));
    keyring_states("revoked", revoked, other);

    must(keyctl(KEYCTL_INVALIDATE, other));
    settle();
    states("invalidated", other);
}
