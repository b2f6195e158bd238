// Rules:
// As: user
// A descriptor is closed by another thread while poll waits for it.
#include "waiting.h"
int main(void) {
    int fds[2];
    must(pipe(fds));
    struct pollfd array = {fds[0], POLLIN, 0};
    struct waiter *w = begin(SYS_poll, &array, 1L, -1L);
    int kept = dup(fds[0]);
    must(close(fds[0]));
    waits("closed", w);
    must(write(fds[1], "x", 1));
    finish("poll", w);
    yes("the number is not open", array.revents == POLLNVAL);
    return 0;
}
