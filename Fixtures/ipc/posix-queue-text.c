// Rules:
// As: user
// read(2) of a message queue by the fd of mq_open shows its state, and takes nothing.
#include "fixture.h"
#include <mqueue.h>
int main(void) {
    USERNS_CHILD(CLONE_NEWIPC, own_uid_at(0), own_gid_at(0)) {
        char text[128] = "";
        struct mq_attr attr = {.mq_maxmsg = 2, .mq_msgsize = 16};
        mqd_t queue = must(syscall(SYS_mq_open, "text", O_RDWR | O_CREAT | O_NONBLOCK, 0600, &attr));
        must(mq_send(queue, "four", 4, 0));
        show("read", read(queue, text, sizeof text - 1));
        say("%.5s", text);
        show("read again", read(queue, text, sizeof text));
        show("receive", mq_receive(queue, text, 16, NULL));
    }
    return 0;
}
