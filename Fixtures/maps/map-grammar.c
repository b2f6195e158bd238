// Rules: map-already-set map-overlap map-range map-syntax
// As: root
// What the map files accept as text: one fresh namespace for each, written by root of the parent.
#include "fixture.h"
static struct { const char *text; int length; } table[] = {
    {"0 0 1"}, {"0 0 1\n"}, {"  0   0\t1  \n"}, {"0 0"}, {""}, {"\n"}, {"\n0 0 1"}, {"0 0 1\n\n"}, {"0 0 1\n\n1 1 1"},
    {"0 0 0"}, {"0 0 1 x"}, {"0 0 1x"}, {"0 0 1 2"}, {"4294967295 0 1"}, {"4294967294 0 1"}, {"4294967294 0 2"},
    {"0 4294967295 1"}, {"0 4294967294 1"}, {"0 0 1\n0 1 1"}, {"0 0 1\n1 0 1"}, {"0 0 5\n3 10 5"}, {"0 0 5\n10 3 5"},
    {"5 5 5\n0 0 5"}, {"+0 0 1"}, {"-1 0 1"}, {"0x0 0 1"}, {"00 0 01"}, {"010 0 1"}, {"4294967296 0 1"}, {"4294967301 0 1"},
    {"18446744073709551616 0 1"}, {"0 0 4294967295"}, {"0 0 4294967296"}, {"1 1 4294967295"}, {"1 1 4294967294"},
    {"0,0,1"}, {"0 0 1\r\n"}, {"0 0 1\v"}, {"0\f0\f1"}, {"0 0 1\0junk", 10}, {"\0", 1}, {"0 0 1\n\0 1", 9}, {"\xa0" "0 0 1"},
    {" \n"}, {"a b c"}, {"0 0 1\n \n"}, {"0 0 1\n1 1"}, {"0 0 1\n2 2 1\n4 4 1"}, {"2 2 1\n0 0 1"}, {"2147483648 0 2147483648"},
    {"2147483647 0 2147483648"}, {"0 2147483648 2147483647"},
};
int main(void) {
    for (size_t i = 0; i < sizeof table / sizeof *table; i++)
        for (int which = 0; which < 2; which++) {
            pid_t pid;
            struct gate end = gate_new();
            SPAWN_IN_USERNS(pid, 0, NULL, NULL) gate_wait(end);
            char *path = format_path("/proc/%d/%s", pid, which ? "gid_map" : "uid_map");
            int length = table[i].length ? table[i].length : (int)strlen(table[i].text);
            long result = put_bytes(path, table[i].text, length);
            int e = errno;
            if (which == 0) {
                char shown[100] = "";
                for (int k = 0; k < length; k++) {
                    unsigned char c = table[i].text[k];
                    sprintf(shown + strlen(shown), c == '\n' ? "/" : c < 32 || c > 126 ? "\\%02x" : "%c", c);
                }
                say("\"%s\": %s", shown, result == -1 ? errno_text(e) : "taken");
                if (result != -1 && result != length) say("  short %ld of %d", result, length);
                show_file("  reads", path);
                if (result == -1) show("  a good one after", put(path, "1 1 1"));
                else show("  a second", put(path, "1 1 1"));
            } else if (result == -1) say("  as gid map: %s", errno_text(e));
            gate_open(end);
            reap(pid);
            close(end.fds[0]);
            close(end.fds[1]);
        }
    return 0;
}
