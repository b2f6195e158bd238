// Rules: key-permission keyring-already-restricted keyring-cycle keyring-depth keyring-move-exclusive keyring-restricted
// As: root user
// Links: what a keyring holds, in which order, how deep, and what is found through it.
#include "../common/keys.h"

int main(void) {
    int session = new_session();
    int a = new_keyring("fx:a", SESSION), b = new_keyring("fx:b", SESSION), c = new_keyring("fx:c", SESSION);
    say("-- order");
    for (int i = 0; i < 8; i++) new_key(format_path("k%d", i), a);
    show_links("eight", a);
    must(keyctl(KEYCTL_UNLINK, search_key(a, "user", "k0"), a));
    must(keyctl(KEYCTL_UNLINK, search_key(a, "user", "k5"), a));
    show_links("six", a);
    new_key("k8", a);
    new_key("k9", a);
    new_key("k3", a);
    show_links("eight again", a);
    show("clear", keyctl(KEYCTL_CLEAR, a));
    show_links("none", a);

    say("-- links");
    int key = new_key("fx:key", a);
    show("link", keyctl(KEYCTL_LINK, key, b));
    show("link again", keyctl(KEYCTL_LINK, key, b));
    int twin = new_key("fx:key", c);
    show("link another of that name", keyctl(KEYCTL_LINK, twin, b));
    yes("it took the place", search_key(b, "user", "fx:key") == twin);
    show("unlink the first by its name", keyctl(KEYCTL_UNLINK, key, b));
    show_links("b", b);
    show("move", keyctl(KEYCTL_MOVE, key, a, b, 0));
    show_links("a", a);
    show_links("b", b);
    show("move what is not there", keyctl(KEYCTL_MOVE, key, a, b, 0));
    show("move onto another, exclusive", keyctl(KEYCTL_MOVE, key, b, c, KEYCTL_MOVE_EXCL));
    show("move onto another", keyctl(KEYCTL_MOVE, key, b, c, 0));
    yes("it took the place", search_key(c, "user", "fx:key") == key);
    show("search into", keyctl(KEYCTL_SEARCH, c, "user", "fx:key", a) == key ? 0 : -1);
    yes("found from the session", syscall(SYS_request_key, "user", "fx:key", NULL, b) == key);
    show_links("b", b);

    say("-- circles");
    show("into itself", keyctl(KEYCTL_LINK, a, a));
    show("a into b", keyctl(KEYCTL_LINK, a, b));
    show("b into a", keyctl(KEYCTL_LINK, b, a));
    show("b into c", keyctl(KEYCTL_LINK, b, c));
    show("c into a", keyctl(KEYCTL_LINK, c, a));
    show("session into a", keyctl(KEYCTL_LINK, session, a));
    must(keyctl(KEYCTL_UNLINK, b, c));
    show("c into a", keyctl(KEYCTL_LINK, c, a));
    show("move b under itself", keyctl(KEYCTL_MOVE, b, SESSION, c, 0));
    show_links("session", SESSION);

    say("-- depth");
    new_session();
    int chain[12];
    // All are possessed through the process's keyring; the search goes through the chain.
    for (int i = 0; i < 12; i++) {
        chain[i] = new_keyring(format_path("fx:%d", i), PROCESS);
        must(keyctl(KEYCTL_LINK, chain[i], i ? chain[i - 1] : SESSION));
    }
    for (int i = 0; i < 12; i++) {
        int deep = add_key("user", format_path("deep%d", i), "x", chain[i]);
        if (deep == -1) { say("add at %d: %s", i, errno_text(errno)); continue; }
        say("key at %d: %s", i, search_key(SESSION, "user", format_path("deep%d", i)) == deep ? "found" : errno_text(errno));
    }
    int top = new_keyring("fx:top", SESSION);
    for (int i = 0; i < 12; i++) show(format_path("link the tree at %d", i), keyctl(KEYCTL_LINK, chain[i], top));

    say("-- rights on the way");
    new_session();
    int outer = new_keyring("fx:outer", SESSION), inner = new_keyring("fx:inner", outer);
    key = new_key("fx:key", inner);
    must(keyctl(KEYCTL_SETPERM, inner, 0x37000000));
    show("through a closed keyring", search_key(SESSION, "user", "fx:key"));
    show("in a closed keyring", search_key(inner, "user", "fx:key"));
    show("possessed?", keyctl(KEYCTL_READ, key, NULL, 0));
    show("to be linked?", keyctl(KEYCTL_LINK, key, outer));
    int shut = new_key("fx:shut", outer);
    must(keyctl(KEYCTL_SETPERM, shut, 0x37000000));
    show("a closed key", search_key(SESSION, "user", "fx:shut"));
    show("a closed key, requested", syscall(SYS_request_key, "user", "fx:shut", NULL, 0));

    say("-- restriction");
    int ring = new_keyring("fx:ring", SESSION);
    key = new_key("fx:first", ring);
    show("restrict", keyctl(KEYCTL_RESTRICT_KEYRING, ring, NULL, NULL));
    show("again", keyctl(KEYCTL_RESTRICT_KEYRING, ring, NULL, NULL));
    show("add", add_key("user", "fx:second", "x", ring));
    show("update by adding", add_key("user", "fx:first", "y", ring));
    show("update", keyctl(KEYCTL_UPDATE, key, "y", 1));
    show("link", keyctl(KEYCTL_LINK, outer, ring));
    show("move into", keyctl(KEYCTL_MOVE, outer, SESSION, ring, 0));
    show("unlink", keyctl(KEYCTL_UNLINK, key, ring));
}
