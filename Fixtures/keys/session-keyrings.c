// Rules: key-permission session-keyring-of-other-user session-parent-multithreaded session-parent-other-ids
// As: root
// Session, process and thread keyrings: who inherits which, joining by name, and giving a session to the parent.
#include "../common/keys.h"

static void *in_thread(void *unused) {
    (void)unused;
    yes("a thread's thread keyring is its own", keyring_id(THREAD) != search_key(SESSION, "keyring", "_tid"));
    ok("a thread has a thread keyring if its maker has", keyring_id(THREAD));
    show("a key of the maker's thread", search_key(THREAD, "user", "fx:thread"));
    ok("a key of the process", search_key(PROCESS, "user", "fx:process"));
    ok("a key of the session", search_key(SESSION, "user", "fx:session"));
    new_session();
    return NULL;
}

static void *idle(void *gate) { gate_wait(*(struct gate *)gate); return NULL; }

static void inheritance(void) {
    say("-- inheritance");
    int session = new_session();
    new_key("fx:session", SESSION);
    show_key("session", SESSION);
    show("thread keyring", keyring_id(THREAD));
    new_key("fx:thread", THREAD);
    new_key("fx:process", PROCESS);
    show_key("thread", THREAD);
    show_key("process", PROCESS);
    pthread_t thread;
    pthread_create(&thread, NULL, in_thread, NULL);
    pthread_join(thread, NULL);
    yes("a thread's new session is its own", keyring_id(SESSION) == session);
    CHILD {
        show("a child's thread keyring", keyring_id(THREAD));
        show("a child's process keyring", keyring_id(PROCESS));
        yes("a child's session is its parent's", keyring_id(SESSION) == session);
        new_session();
    }
    yes("a child's new session is its own", keyring_id(SESSION) == session);
    say("-- who is the thread's owner");
    CHILD {
        new_key("fx:thread", THREAD);
        new_key("fx:process", PROCESS);
        must(syscall(SYS_setresgid, 2001, 2001, 2001));
        must(syscall(SYS_setresuid, 2000, 2000, 2000));
        show_key("thread", THREAD);
        show_key("process", PROCESS);
        show_key("session", SESSION);
        ok("a key is still found", search_key(PROCESS, "user", "fx:process"));
        show_key("a new session", new_session());
    }
}

static void names(void) {
    say("-- names");
    new_session();
    ok("new name", keyctl(KEYCTL_JOIN_SESSION_KEYRING, "fx-named"));
    int named = keyring_id(SESSION);
    show_key("named", SESSION);
    show("join it again", keyctl(KEYCTL_JOIN_SESSION_KEYRING, "fx-named") == named);
    must(keyctl(KEYCTL_SETPERM, SESSION, 0x3f1b0000));
    CHILD show("joining one's own", keyctl(KEYCTL_JOIN_SESSION_KEYRING, "fx-named") == named);
    named = keyring_id(SESSION);
    CHILD {
        new_session();
        yes("searchable by its user: joined", keyctl(KEYCTL_JOIN_SESSION_KEYRING, "fx-named") == named);
    }
    CHILD {
        become(2000, 2000);
        new_session();
        yes("not searchable by others: another", keyctl(KEYCTL_JOIN_SESSION_KEYRING, "fx-named") != named);
    }
    must(keyctl(KEYCTL_SETPERM, SESSION, 0x3f130008));
    CHILD {
        become(2000, 2000);
        new_session();
        yes("searchable by others: joined", keyctl(KEYCTL_JOIN_SESSION_KEYRING, "fx-named") == named);
        show("it can be searched only", search_key(SESSION, "user", "fx:none"));
        // Whoever joined possesses it.
        ok("and yet", add_key("user", "fx:none", "x", SESSION));
    }
    int ring = new_keyring("fx-linked", SESSION);
    must(keyctl(KEYCTL_SETPERM, ring, 0x3f3f0000));
    CHILD yes("any keyring can be joined", keyctl(KEYCTL_JOIN_SESSION_KEYRING, "fx-linked") == ring);
    must(keyctl(KEYCTL_REVOKE, ring));
    CHILD yes("no revoked one", keyctl(KEYCTL_JOIN_SESSION_KEYRING, "fx-linked") != ring);
}

static void parents(void) {
    say("-- to the parent");
    int before = new_session();
    CHILD show("the same", keyctl(KEYCTL_SESSION_TO_PARENT));
    CHILD {
        new_session();
        new_key("fx:given", SESSION);
        show("another", keyctl(KEYCTL_SESSION_TO_PARENT));
    }
    yes("the parent has it", keyring_id(SESSION) != before && search_key(SESSION, "user", "fx:given") > 0);
    before = keyring_id(SESSION);
    CHILD {
        new_session();
        must(keyctl(KEYCTL_SETPERM, SESSION, 0x2f010000));
        show("without the right to link", keyctl(KEYCTL_SESSION_TO_PARENT));
    }
    CHILD {
        new_session();
        must(keyctl(KEYCTL_CHOWN, SESSION, 2000, -1));
        show("a keyring of another user", keyctl(KEYCTL_SESSION_TO_PARENT));
    }
    CHILD {
        become(2000, 2000);
        new_session();
        show("from another user", keyctl(KEYCTL_SESSION_TO_PARENT));
    }
    CHILD {
        new_session();
        must(setresgid(-1, 2000, -1));
        show("from another effective group", keyctl(KEYCTL_SESSION_TO_PARENT));
    }
    CHILD {
        must(setresgid(2000, 0, 0));
        CHILD {
            new_session();
            show("to another real group", keyctl(KEYCTL_SESSION_TO_PARENT));
        }
    }
    struct gate gate = gate_new();
    pthread_t thread;
    pthread_create(&thread, NULL, idle, &gate);
    CHILD {
        new_session();
        show("to several threads", keyctl(KEYCTL_SESSION_TO_PARENT));
    }
    gate_open(gate);
    pthread_join(thread, NULL);
    yes("the parent's is unchanged", keyring_id(SESSION) == before);
}

static void defaults(void) {
    say("-- without a session of one's own");
    CHILD {
        // The user's session keyring stands in for one, until something is to be put into it.
        become(2345, 2345);
        new_session();
        int user_session = keyring_id(USER_SESSION);
        show_key("user", USER);
        show_key("user session", USER_SESSION);
        show_links("user session links", USER_SESSION);
        must(keyctl(KEYCTL_SETPERM, USER_SESSION, 0x1f3f0000));
        yes("joined by name", keyctl(KEYCTL_JOIN_SESSION_KEYRING, "_uid_ses.2345") == user_session);
        yes("looked at: still it", keyring_id(SESSION) == user_session);
        ok("added to: another", add_key("user", "fx:key", "x", SESSION));
        yes("is another", keyring_id(SESSION) != user_session);
        show_links("links", SESSION);
    }
}

int main(int argc, char **argv) {
    if (argc > 1) {
        show("an executed program's thread keyring", keyring_id(THREAD));
        show("its process keyring", keyring_id(PROCESS));
        ok("a key of the session", search_key(SESSION, "user", "fx:session"));
        return 0;
    }
    after_others("fx-named");
    inheritance();
    CHILD {
        new_session();
        new_key("fx:session", SESSION);
        new_key("fx:process", PROCESS);
        new_key("fx:thread", THREAD);
        execl("/proc/self/exe", argv[0], "again", NULL);
    }
    names();
    parents();
    defaults();
}
