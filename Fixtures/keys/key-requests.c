// Rules: key-no-authority key-permission key-revoked request-key-of-keyring
// As: root user
// request_key: what is found, and what becomes of a key that nobody has.
#include "../common/keys.h"

static long request(const char *type, const char *name, const char *information, int keyring) {
    return syscall(SYS_request_key, type, name, information, keyring);
}

/// Asking for a key, and whether the negative key that stands for it is in `keyring`. Why the first question fails
/// depends on whether the machine has a program for it.
static void ask(const char *name, int target, int keyring) {
    say("%s: %s", name, request("user", name, "information", target) == -1 ? "not to be had" : "there");
    show("asked again", request("user", name, NULL, 0));
    show("searched", search_key(keyring, "user", name));
    int32_t keys[64];
    char text[128];
    int found = 0;
    for (long i = 0, count = keyctl(KEYCTL_READ, keyring, keys, sizeof keys) / 4; i < count; i++)
        if (keyctl(KEYCTL_DESCRIBE, keys[i], text, sizeof text) != -1 && !strcmp(strrchr(text, ';') + 1, name)) {
            found = keys[i];
            say("there: %s", text);
        }
    if (!found) { say("no key of that name"); return; }
    show("read", keyctl(KEYCTL_READ, found, NULL, 0));
    show("id", keyctl(KEYCTL_GET_KEYRING_ID, found, 0));
    show("link", keyctl(KEYCTL_LINK, found, keyring));
    show("update", keyctl(KEYCTL_UPDATE, found, "x", 1));
    show("invalidate", keyctl(KEYCTL_INVALIDATE, found));
    show("setperm", keyctl(KEYCTL_SETPERM, found, 0x3f010000));
    show("authority", keyctl(KEYCTL_ASSUME_AUTHORITY, found));
    show("instantiate", keyctl(KEYCTL_INSTANTIATE, found, "x", 1, 0));
    yes("adding makes it good", add_key("user", name, "x", keyring) == found);
    show_payload("payload", found);
}

int main(void) {
    new_session();
    int ring = new_keyring("fx:ring", SESSION);
    say("-- what is there");
    int key = new_key("fx:key", SESSION);
    yes("found", request("user", "fx:key", NULL, 0) == key);
    yes("found though information is given", request("user", "fx:key", "information", ring) == key);
    show_links("ring", ring);
    show("of another type", request("logon", "fx:key", NULL, 0));
    yes("a keyring", request("keyring", "fx:ring", NULL, 0) == ring);
    show("a keyring that is not there", request("keyring", "fx:none", NULL, 0));
    show("a keyring that is not there, asked for", request("keyring", "fx:none", "information", 0));
    must(keyctl(KEYCTL_SETPERM, key, 0x0f010000));
    show("without the right to link", request("user", "fx:key", NULL, ring));
    yes("only looked for", request("user", "fx:key", NULL, 0) == key);

    say("-- the order of search");
    int in_session = new_key("fx:order", SESSION), in_process = new_key("fx:order", PROCESS);
    yes("process before session", request("user", "fx:order", NULL, 0) == in_process);
    int in_thread = new_key("fx:order", THREAD);
    yes("thread before process", request("user", "fx:order", NULL, 0) == in_thread);
    must(keyctl(KEYCTL_REVOKE, in_thread));
    yes("a revoked one is passed over", request("user", "fx:order", NULL, 0) == in_process);
    must(keyctl(KEYCTL_REVOKE, in_process));
    yes("so is the next", request("user", "fx:order", NULL, 0) == in_session);
    must(keyctl(KEYCTL_REVOKE, in_session));
    show("all revoked", request("user", "fx:order", NULL, 0));
    show("all revoked, asked for", request("user", "fx:order", "information", 0));

    say("-- what is not there");
    ask("fx:given", ring, ring);
    ask("fx:thread", 0, THREAD);
    must(keyctl(KEYCTL_CLEAR, THREAD));
    show("the default was", keyctl(KEYCTL_SET_REQKEY_KEYRING, KEY_REQKEY_DEFL_PROCESS_KEYRING));
    ask("fx:process", 0, PROCESS);
    show("the default was", keyctl(KEYCTL_SET_REQKEY_KEYRING, KEY_REQKEY_DEFL_SESSION_KEYRING));
    ask("fx:session", 0, SESSION);
    show("no change", keyctl(KEYCTL_SET_REQKEY_KEYRING, KEY_REQKEY_DEFL_NO_CHANGE));
    show("group", keyctl(KEYCTL_SET_REQKEY_KEYRING, KEY_REQKEY_DEFL_GROUP_KEYRING));
    show("8", keyctl(KEYCTL_SET_REQKEY_KEYRING, 8));
    show("-2", keyctl(KEYCTL_SET_REQKEY_KEYRING, -2));
    CHILD show("a child's default", keyctl(KEYCTL_SET_REQKEY_KEYRING, KEY_REQKEY_DEFL_NO_CHANGE));
    new_session();
    must(keyctl(KEYCTL_SETPERM, SESSION, 0x3b3b0000));
    show("into a keyring that may not be written", request("user", "fx:unwritable", "information", 0));
    show("logon of no service", request("logon", "fx", "information", THREAD));
    show("into a key", request("user", "fx:none", "information", new_key("fx:no-ring", THREAD)));
}
